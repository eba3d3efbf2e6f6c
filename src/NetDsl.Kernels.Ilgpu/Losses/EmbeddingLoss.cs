using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Losses;

namespace NetDsl.Kernels.Ilgpu.Losses;

/// <summary>What losses that compare embeddings row by row have in common: a group for each row.</summary>
internal static class EmbeddingLoss
{
    /// <summary>Launches a loss and adds up its rows.</summary>
    public static void Launch<T, TKernel>(LossTarget<T> target, int rows, LossReduction reduction, in TKernel kernel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TKernel : struct, IKernel
    {
        target.Device.Core.Launch(Work.Grid(rows), Softmax.Threads, kernel);
        target.SumWeighted(rows, T.CreateTruncating(RowLoss.Scale(reduction, rows)));
    }

    /// <summary>|a − b + epsilon| of a row, which all threads of its group get.</summary>
    public static T Distance<T>(ArrayView<T> a, ArrayView<T> b, int start, int columns, T epsilon, ArrayView<T> shared)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        for (var c = Group.IdxX; c < columns; c += Softmax.Threads)
        {
            var difference = a[start + c] - b[start + c] + epsilon;
            sum += difference * difference;
        }

        return T.Sqrt(GroupSum.Sum(sum, shared, Softmax.Threads));
    }

    /// <summary>Σ a·b of a row, which all threads of its group get.</summary>
    public static T Dot<T>(ArrayView<T> a, ArrayView<T> b, int start, int columns, ArrayView<T> shared)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        for (var c = Group.IdxX; c < columns; c += Softmax.Threads)
            sum += a[start + c] * b[start + c];
        return GroupSum.Sum(sum, shared, Softmax.Threads);
    }

    /// <summary>max(0, x); NaN if x is NaN.</summary>
    public static T Positive<T>(T x)
        where T : unmanaged, INumber<T>
        => x <= T.Zero ? T.Zero : x;
}

/// <summary>Where a row's loss goes: to be added up, and to the caller where he wants it.</summary>
internal readonly struct RowTerms<T>(LossTarget<T> target, int rows)
    where T : unmanaged, INumber<T>
{
    private readonly ArrayView<T> _summed = target.Weighted(rows);
    private readonly ArrayView<T> _wanted = target.Terms(rows);

    public void Write(int row, T loss)
    {
        if (Group.IdxX != 0)
            return;
        _summed[row] = loss;
        if (_wanted.Length > 0)
            _wanted[row] = loss;
    }
}
