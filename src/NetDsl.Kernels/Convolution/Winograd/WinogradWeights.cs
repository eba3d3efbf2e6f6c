using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>The weights of a plan, transformed once a call: [tile of rows, ξ, row of the tile, source], so that neither those who write nor those who read skip far.</summary>
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

    public static T* Run(WinogradPlan plan, T* weight)
    {
        var transformed = PackBuffer.Rent<T>(PackBuffer.Use.A, WinogradPlan.Products * Cut.Into(plan.Rows, Blocking.TileRows).Tiles * Stride(plan));
        var body = new WinogradWeights<T, V>(plan, weight, transformed);
        WorkerPool.Run(body.Tasks, body);
        return transformed;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Execute(int task)
    {
        var taps = stackalloc T[WinogradPlan.Taps * V.Count];
        var own = stackalloc T[WinogradPlan.Products * V.Count];
        // Mirrored for the gradient of the input.
        var first = plan.IsGradient ? taps + (WinogradPlan.Taps - 1) * V.Count : taps;
        var step = plan.IsGradient ? -V.Count : V.Count;
        var (nextRow, nextSource) = plan.IsGradient ? ((nint)WinogradPlan.Taps, (nint)plan.Rows * WinogradPlan.Taps) : ((nint)plan.Sources * WinogradPlan.Taps, (nint)WinogradPlan.Taps);
        var stride = Stride(plan);
        var (tiles, tasks) = (Cut.Into(plan.Rows, Blocking.TileRows), new Cut(plan.Rows, Tasks));
        var tile = 0;
        for (var row = tasks.Start(task); row < tasks.Start(task + 1); row++)
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
