using System.Numerics;

namespace NetDsl;

/// <summary>The loss as a function of parameters and batch, with the same random masks at every call.</summary>
internal sealed class LossPoint<T, TTarget>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TTarget : unmanaged
{
    private readonly INetwork<T, TTarget> _network;
    private readonly ParameterArena<T> _parameters;
    private readonly T[] _x;
    private readonly TTarget[] _target;
    private readonly bool _training;
    private readonly Workspace<T> _workspace;

    public LossPoint(INetwork<T, TTarget> network, ParameterArena<T> parameters, ReadOnlySpan<T> x, ReadOnlySpan<TTarget> target, GradientCheckOptions options)
    {
        var size = network.Description.InputSize;
        var count = x.Length / size;
        if (count == 0 || count * size != x.Length)
            throw new ArgumentException($"The batch has {x.Length} elements; expected a positive multiple of {size}, the size of one sample.", nameof(x));
        if (target.Length != count * network.TargetSize)
            throw new ArgumentException($"{count} samples need {count * network.TargetSize} targets, there are {target.Length}.", nameof(target));
        (_network, _parameters, _training) = (network, parameters, options.Training);
        _x = x.ToArray();
        _target = target.ToArray();
        _workspace = network.CreateWorkspace(count);
        _workspace.Seed = options.Seed;
    }

    /// <summary>The batch, which may be changed between calls.</summary>
    public Span<T> Input => _x;

    public double Loss()
    {
        _workspace.Step = 0;
        _network.Forward(_parameters, _x, _workspace, _training);
        return double.CreateChecked(_network.Loss(_workspace, _target));
    }

    /// <summary>Loss and gradients; <paramref name="dx"/> may be empty.</summary>
    public double Backward(GradientArena<T> gradients, Span<T> dx)
    {
        var loss = Loss();
        _network.Backward(_parameters, _x, _workspace, gradients, accumulate: false);
        if (!dx.IsEmpty)
            _network.BackwardInput(_parameters, _workspace, dx);
        return loss;
    }
}
