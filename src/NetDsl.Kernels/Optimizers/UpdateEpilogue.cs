using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Optimizers;

/// <summary>An optimiser's rule as the epilogue of the product that makes the gradient: w ← rule(w, g), the states beside it.</summary>
/// <param name="w">Parameters [rows × columns], which the product also writes to.</param>
/// <param name="s1">First state, or empty if the rule has none.</param>
/// <param name="s2">Second state, or empty if the rule has fewer than two.</param>
/// <param name="columns">Columns of all of them.</param>
/// <param name="rule">The rule.</param>
internal readonly ref struct UpdateEpilogue<T, TRule>(Span<T> w, Span<T> s1, Span<T> s2, int columns, TRule rule) : IEpilogue<T>
    where T : unmanaged
    where TRule : struct, IUpdateRule<T>
{
    private readonly Span<T> _w = w;
    private readonly Span<T> _s1 = s1;
    private readonly Span<T> _s2 = s2;
    private readonly int _columns = columns;
    private readonly TRule _rule = rule;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V g, int row, int column)
        where V : struct, ISimd<V, T>
    {
        var index = row * _columns + column;
        var w = V.Load(_w, index);
        var s1 = TRule.StateCount > 0 ? V.Load(_s1, index) : V.Zero;
        var s2 = TRule.StateCount > 1 ? V.Load(_s2, index) : V.Zero;
        _rule.Apply(ref w, g, ref s1, ref s2);
        if (TRule.StateCount > 0)
            s1.Store(_s1, index);
        if (TRule.StateCount > 1)
            s2.Store(_s2, index);
        return w;
    }
}
