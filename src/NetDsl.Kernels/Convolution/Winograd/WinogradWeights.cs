using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>The weights of a plan, transformed once a call, or once a task where there are few: [tile of rows, ξ, row of the tile, source], so that neither those who write nor those who read skip far.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="V">The vector.</typeparam>
internal readonly unsafe struct WinogradWeights<T, V>(WinogradPlan plan, T* weight, T* transformed) : IParallelBody
    where T : unmanaged
    where V : struct, ISimd<V, T>
{
    /// <summary>Kernels of one task at least, some 3 µs.</summary>
    private const int TaskKernels = 1024;

    private readonly T* _weight = weight;
    private readonly T* _transformed = transformed;

    private int Tasks => (int)Math.Clamp((long)plan.Rows * plan.Sources / TaskKernels, 1, plan.Rows);

    /// <summary>From ξ to ξ.</summary>
    public static nint Stride(WinogradPlan plan) => (nint)Blocking.TileRows * plan.Sources;

    /// <summary>All of them, for all tasks.</summary>
    public static T* Run(WinogradPlan plan, T* weight)
    {
        var body = new WinogradWeights<T, V>(plan, weight, Rent(plan));
        WorkerPool.Run(body.Tasks, body);
        return body._transformed;
    }

    /// <summary>Those of the rows [<paramref name="first"/>, <paramref name="last"/>), at their place among all, for the calling task.</summary>
    public static T* Run(WinogradPlan plan, T* weight, int first, int last)
    {
        var body = new WinogradWeights<T, V>(plan, weight, Rent(plan));
        body.Transform(first, last);
        return body._transformed;
    }

    /// <inheritdoc/>
    public void Execute(int task)
    {
        var tasks = new Cut(plan.Rows, Tasks);
        Transform(tasks.Start(task), tasks.Start(task + 1));
    }

    private static T* Rent(WinogradPlan plan) => PackBuffer.Rent<T>(PackBuffer.Use.A, WinogradPlan.Products * Cut.Into(plan.Rows, Blocking.TileRows).Tiles * Stride(plan));

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Transform(int firstRow, int lastRow)
    {
        var taps = stackalloc T[WinogradPlan.Taps * V.Count];
        var own = stackalloc T[WinogradPlan.Products * V.Count];
        // Mirrored for the gradient of the input.
        var first = plan.IsGradient ? taps + (WinogradPlan.Taps - 1) * V.Count : taps;
        var step = plan.IsGradient ? -V.Count : V.Count;
        var (nextRow, nextSource) = plan.IsGradient ? ((nint)WinogradPlan.Taps, (nint)plan.Rows * WinogradPlan.Taps) : ((nint)plan.Sources * WinogradPlan.Taps, (nint)WinogradPlan.Taps);
        var stride = Stride(plan);
        var tiles = Cut.Into(plan.Rows, Blocking.TileRows);
        var tile = 0;
        for (var row = firstRow; row < lastRow; row++)
        {
            while (tiles.Start(tile + 1) <= row)
                tile++;
            var result = _transformed + WinogradPlan.Products * tile * stride + (row - tiles.Start(tile)) * plan.Sources;
            for (var source = 0; source < plan.Sources; source += V.Count)
            {
                var count = Math.Min(V.Count, plan.Sources - source);
                Turn.Block(_weight + row * nextRow + source * nextSource, nextSource, taps, V.Count, count, WinogradPlan.Taps);
                var to = result + source;
                if (count == V.Count)
                {
                    WinogradTransforms.Weight<T, V>(first, step, to, stride);
                    continue;
                }
                WinogradTransforms.Weight<T, V>(first, step, own, V.Count);
                for (var xi = 0; xi < WinogradPlan.Products; xi++)
                    new ReadOnlySpan<T>(own + xi * V.Count, count).CopyTo(new Span<T>(to + xi * stride, count));
            }
        }
    }
}
