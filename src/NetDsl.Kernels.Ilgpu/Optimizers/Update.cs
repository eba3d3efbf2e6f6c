using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Optimizers;

namespace NetDsl.Kernels.Ilgpu.Optimizers;

/// <summary>One step of an optimiser over all parameters, by the CPU library's own rules.</summary>
public static class Update
{
    /// <summary>Applies <paramref name="rule"/> to every parameter.</summary>
    /// <param name="w">Parameters [n].</param>
    /// <param name="g">Gradients [n].</param>
    /// <param name="s1">First state [n]; empty if the rule has none.</param>
    /// <param name="s2">Second state [n]; empty if the rule has fewer than two.</param>
    /// <param name="rule">The rule.</param>
    /// <exception cref="ArgumentException">A view that the rule needs is not as long as <paramref name="w"/>.</exception>
    public static void Run<T, TRule>(ArrayView<T> w, ArrayView<T> g, ArrayView<T> s1, ArrayView<T> s2, TRule rule)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : struct, IUpdateRule<T>
    {
        if (g.Length != w.Length || TRule.StateCount > 0 && s1.Length != w.Length || TRule.StateCount > 1 && s2.Length != w.Length)
            throw new ArgumentException($"w has {w.Length} elements, g {g.Length}, s1 {s1.Length}, s2 {s2.Length}; g and the first {TRule.StateCount} of the states s1, s2 must be as long as w.");
        Work.On(w).Launch(Work.Groups(w.IntLength), Work.Threads, new UpdateKernel<T, TRule>(w, g, s1, s2, rule));
    }
}

/// <summary>A thread for each parameter.</summary>
internal readonly struct UpdateKernel<T, TRule>(ArrayView<T> w, ArrayView<T> g, ArrayView<T> s1, ArrayView<T> s2, TRule rule) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRule : struct, IUpdateRule<T>
{
    private readonly ArrayView<T> _w = w;
    private readonly ArrayView<T> _g = g;
    private readonly ArrayView<T> _s1 = s1;
    private readonly ArrayView<T> _s2 = s2;
    private readonly TRule _rule = rule;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i >= _w.IntLength)
            return;
        var w = new Lane<T>(_w[i]);
        var s1 = TRule.StateCount > 0 ? new Lane<T>(_s1[i]) : Lane<T>.Zero;
        var s2 = TRule.StateCount > 1 ? new Lane<T>(_s2[i]) : Lane<T>.Zero;
        _rule.Apply(ref w, new Lane<T>(_g[i]), ref s1, ref s2);
        _w[i] = w.Value;
        if (TRule.StateCount > 0)
            _s1[i] = s1.Value;
        if (TRule.StateCount > 1)
            _s2[i] = s2.Value;
    }
}
