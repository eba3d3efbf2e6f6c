using System.Numerics;
using NetDsl.Kernels.Optimizers;

namespace NetDsl;

/// <summary>Neighbouring parameters of one step, on the host or on a device.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly ref struct UpdateRange<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Span<T> _w;
    private readonly ReadOnlySpan<T> _g;
    private readonly Span<T> _first;
    private readonly Span<T> _second;
    private readonly IDeviceState<T>? _state;
    private readonly GradientArena<T>? _gradients;
    private readonly int _start;
    private readonly int _length;
    private readonly DenseGradient<T> _product;

    /// <summary>A range in the host's memory; a state that the rule doesn't have is empty.</summary>
    public UpdateRange(Span<T> w, ReadOnlySpan<T> g, Span<T> first, Span<T> second)
    {
        _w = w;
        _g = g;
        _first = first;
        _second = second;
    }

    /// <summary>The weights of a dense layer in the host's memory, whose gradient is to be made.</summary>
    public UpdateRange(Span<T> w, DenseGradient<T> product, Span<T> first, Span<T> second)
        : this(w, [], first, second) => _product = product;

    /// <summary>A range in a device's memory.</summary>
    public UpdateRange(IDeviceState<T> state, GradientArena<T> gradients, int start, int length) =>
        (_state, _gradients, _start, _length) = (state, gradients, start, length);

    /// <summary>Applies the rule to every parameter.</summary>
    public void Run<TRule>(TRule rule)
        where TRule : struct, IUpdateRule<T>
    {
        if (_state is not null)
            _state.Run(_gradients!, _start, _length, rule);
        else if (_product.Rows > 0)
            DenseUpdate.Run(_product.Dz, _product.X, _product.Rows, _product.Outputs, _product.Inputs, _w, _first, _second, rule);
        else
            Update.Run(_w, _g, _first, _second, rule);
    }
}
