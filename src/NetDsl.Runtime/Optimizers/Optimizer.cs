using System.Numerics;

namespace NetDsl;

/// <summary>Changes parameters along their gradients, in one pass over both arenas that updates its own state with them.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>An instance keeps the state of one set of parameters; a step allocates nothing but the state, once.</remarks>
public abstract class Optimizer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _states;
    private AlignedBuffer<T>? _first;
    private AlignedBuffer<T>? _second;

    private protected Optimizer(double learningRate, double weightDecay, int states)
    {
        LearningRate = learningRate;
        WeightDecay = NotNegative(weightDecay, nameof(weightDecay));
        _states = states;
    }

    /// <summary>Factor of the step; may be changed before every step. Finite, not negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double LearningRate { get; set => field = NotNegative(value, nameof(LearningRate)); }

    /// <summary>λ of the term λ·w that is added to every gradient: L2 regularisation with the penalty ½λ‖w‖², biases included.</summary>
    public double WeightDecay { get; }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Allocates the state for parameters ahead of the first step.</summary>
    /// <exception cref="ArgumentException">The optimiser holds the state of parameters of another size.</exception>
    public void Prepare(ParameterArena<T> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var length = parameters.Learnable.Length;
        _first ??= new AlignedBuffer<T>(_states > 0 ? length : 0);
        _second ??= new AlignedBuffer<T>(_states > 1 ? length : 0);
        if (_states > 0 && _first.Length != length)
            throw new ArgumentException($"The optimiser holds the state of {_first.Length} parameters, padding included, these are {length}: use a new optimiser for another network.", nameof(parameters));
    }

    /// <summary>One step.</summary>
    /// <param name="parameters">Changed in place, save for the state, which isn't learnt.</param>
    /// <param name="gradients">The gradient of the loss with respect to them; stays as it is.</param>
    /// <exception cref="ArgumentException">The arenas differ in size, or the optimiser holds the state of other parameters.</exception>
    public void Step(ParameterArena<T> parameters, GradientArena<T> gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        Prepare(parameters);
        if (gradients.Values.Length != parameters.Learnable.Length)
            throw new ArgumentException($"There are {parameters.Learnable.Length} parameters but {gradients.Values.Length} gradients, padding included: take both from one network.", nameof(gradients));
        Steps++;
        Apply(parameters.Learnable, gradients.Values, _first!.Span, _second!.Span);
    }

    /// <summary>One pass over all learnable parameters.</summary>
    private protected abstract void Apply(Span<T> w, ReadOnlySpan<T> g, Span<T> first, Span<T> second);

    private protected static double NotNegative(double value, string name) => double.IsFinite(value) && value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "Expected a finite number that isn't negative.");

    private protected static double Share(double value, string name) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "Expected a number in [0, 1).");

    private protected static double Positive(double value, string name) => double.IsFinite(value) && value > 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "Expected a finite number above 0.");
}
