using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Normalization;

/// <summary>Mean and squared deviations of many numbers.</summary>
/// <param name="Count">How many numbers.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="SquaredDeviations">Σ (x − mean)².</param>
/// <remarks>
/// Pieces that fit the first cache are read twice, first for the mean and then for the deviations from it, and joined by the formulas of T. F. Chan,
/// G. H. Golub and R. J. LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979): memory is read once, and
/// nothing cancels however far the mean is from 0.
/// </remarks>
internal readonly record struct Moments(double Count, double Mean, double SquaredDeviations)
{
    /// <summary>The biased variance.</summary>
    public double Variance => SquaredDeviations / Count;

    /// <summary>The unbiased variance, for two numbers and more.</summary>
    public double UnbiasedVariance => SquaredDeviations / (Count - 1);

    /// <summary>The moments of <paramref name="rows"/> rows of <paramref name="columns"/> elements that start <paramref name="stride"/> apart.</summary>
    public static Moments Of<T>(ReadOnlySpan<T> x, int rows, int columns, int stride)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var total = default(Moments);
        var (rowStep, columnStep) = (PairSums.PieceRows(columns), PairSums.PieceColumns(columns));
        for (var row = 0; row < rows; row += rowStep)
        {
            for (var column = 0; column < columns; column += columnStep)
                total = total.With(OfPiece(x, row, Math.Min(row + rowStep, rows), column, Math.Min(column + columnStep, columns), stride));
        }
        return total;
    }

    /// <summary>Σ x² of neighbouring elements.</summary>
    public static double Squares<T>(ReadOnlySpan<T> x)
        where T : unmanaged
        => PairSums.Run<T, DeviationTerm<T>>(1, x.Length, new(x, x.Length, default)).Second;

    private static Moments OfPiece<T>(ReadOnlySpan<T> x, int rowStart, int rowEnd, int columnStart, int columnEnd, int stride)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var count = (double)(rowEnd - rowStart) * (columnEnd - columnStart);
        var sum = PairSums.Piece<T, SumTerm<T>>(rowStart, rowEnd, columnStart, columnEnd, new(x, stride)).First;
        var near = T.CreateTruncating(sum / count);
        // What the mean is off by, being rounded, the deviations tell.
        var (deviations, squares) = PairSums.Piece<T, DeviationTerm<T>>(rowStart, rowEnd, columnStart, columnEnd, new(x, stride, near));
        var rest = deviations / count;
        // A variance is not negative; NaN stays.
        return new Moments(count, double.CreateTruncating(near) + rest, Math.Max(0, squares - deviations * rest));
    }

    private Moments With(Moments other)
    {
        if (Count == 0)
            return other;
        var count = Count + other.Count;
        var difference = other.Mean - Mean;
        return new Moments(
            count,
            Mean + difference * (other.Count / count),
            SquaredDeviations + other.SquaredDeviations + difference * difference * (Count * (other.Count / count)));
    }

    /// <summary>x alone.</summary>
    private readonly ref struct SumTerm<T>(ReadOnlySpan<T> x, int stride) : ITermPair<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly int _stride = stride;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add<V>(int row, int column, ref V first, ref V second)
            where V : struct, ISimd<V, T>
            => first += V.Load(_x, row * _stride + column);
    }

    /// <summary>d = x − origin and d².</summary>
    private readonly ref struct DeviationTerm<T>(ReadOnlySpan<T> x, int stride, T origin) : ITermPair<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly int _stride = stride;
        private readonly T _origin = origin;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add<V>(int row, int column, ref V first, ref V second)
            where V : struct, ISimd<V, T>
        {
            var d = V.Load(_x, row * _stride + column) - V.Create(_origin);
            first += d;
            second = V.FusedMultiplyAdd(d, d, second);
        }
    }
}
