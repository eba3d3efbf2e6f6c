using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Losses;

/// <summary>Products of two rows, added up in doubles; what the losses of embeddings share. Lengths are the callers' business.</summary>
internal static class RowProducts
{
    /// <summary>Σ a·b.</summary>
    public static double Dot<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : unmanaged
    {
        var term = new ProductTerm<T>(a, b);
        return Lanes.Sum<T, ProductTerm<T>>(0, 1, 0, a.Length, in term);
    }

    /// <summary>√Σ (a − b + ε)².</summary>
    public static double Distance<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, T epsilon)
        where T : unmanaged
    {
        var term = new SquaredDifferenceTerm<T>(a, b, epsilon);
        return Math.Sqrt(Lanes.Sum<T, SquaredDifferenceTerm<T>>(0, 1, 0, a.Length, in term));
    }

    private readonly ref struct SquaredDifferenceTerm<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, T epsilon) : ILaneTerm<T>
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _a = a;
        private readonly ReadOnlySpan<T> _b = b;
        private readonly T _epsilon = epsilon;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var difference = V.Load(_a, column) - V.Load(_b, column) + V.Create(_epsilon);
            return difference * difference;
        }
    }
}
