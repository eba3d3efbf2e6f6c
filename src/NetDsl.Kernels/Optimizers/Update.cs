using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Optimizers;

/// <summary>One step of an optimiser over all parameters in a single pass over memory.</summary>
public static class Update
{
    /// <summary>Applies <paramref name="rule"/> to every parameter.</summary>
    /// <param name="w">Parameters [n].</param>
    /// <param name="g">Gradients [n].</param>
    /// <param name="s1">First state [n]; empty if the rule has none.</param>
    /// <param name="s2">Second state [n]; empty if the rule has fewer than two.</param>
    /// <param name="rule">The rule.</param>
    /// <exception cref="ArgumentException">A span that the rule needs is not as long as <paramref name="w"/>.</exception>
    public static void Run<T, TRule>(Span<T> w, ReadOnlySpan<T> g, Span<T> s1, Span<T> s2, TRule rule)
        where T : unmanaged
        where TRule : struct, IUpdateRule<T>
    {
        if (g.Length != w.Length || TRule.StateCount > 0 && s1.Length != w.Length || TRule.StateCount > 1 && s2.Length != w.Length)
            ThrowLengths(w.Length, g.Length, s1.Length, s2.Length, TRule.StateCount);
        var body = new Body<T, TRule>(w, g, s1, s2, rule);
        if (w.Length < Chunks.ParallelElements)
            Lanes.Run<T, Body<T, TRule>>(0, 1, 0, w.Length, in body);
        else
            RunParallel<T, TRule>(ref body);
    }

    // Apart from the small path, whose frame it would enlarge.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunParallel<T, TRule>(ref Body<T, TRule> body)
        where T : unmanaged
        where TRule : struct, IUpdateRule<T>
        => WorkerPool.Run(body.Tasks, body);

    [DoesNotReturn]
    private static void ThrowLengths(int w, int g, int s1, int s2, int states) =>
        throw new ArgumentException(
            $"w has {w} elements, g {g}, s1 {s1}, s2 {s2}; g and the first {states} of the states s1, s2 must be as long as w.");

    private readonly ref struct Body<T, TRule>(Span<T> w, ReadOnlySpan<T> g, Span<T> s1, Span<T> s2, TRule rule) : ILaneBody<T>, IParallelBody
        where T : unmanaged
        where TRule : struct, IUpdateRule<T>
    {
        private readonly Span<T> _w = w;
        private readonly ReadOnlySpan<T> _g = g;
        private readonly Span<T> _s1 = s1;
        private readonly Span<T> _s2 = s2;
        private readonly TRule _rule = rule;

        public int Tasks => Chunks.Count(_w.Length, _w.Length);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var w = V.Load(_w, column);
            var s1 = TRule.StateCount > 0 ? V.Load(_s1, column) : V.Zero;
            var s2 = TRule.StateCount > 1 ? V.Load(_s2, column) : V.Zero;
            _rule.Apply(ref w, V.Load(_g, column), ref s1, ref s2);
            w.Store(_w, column);
            if (TRule.StateCount > 0)
                s1.Store(_s1, column);
            if (TRule.StateCount > 1)
                s2.Store(_s2, column);
        }

        // From the end, so that the first layers' weights are in the caches when the next forward pass begins with them.
        public void Execute(int task)
        {
            var chunk = Tasks - 1 - task;
            Lanes.Run<T, Body<T, TRule>>(0, 1, Chunks.Start(chunk, Tasks, _w.Length), Chunks.Start(chunk + 1, Tasks, _w.Length), in this);
        }
    }
}
