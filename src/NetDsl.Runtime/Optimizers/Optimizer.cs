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
    private IDeviceState<T>? _onDevice;
    private int? _length;
    private ParameterGroups? _groups;

    private protected Optimizer(double learningRate, double weightDecay, int states)
    {
        LearningRate = learningRate;
        WeightDecay = NotNegative(weightDecay, nameof(weightDecay));
        _states = states;
    }

    /// <summary>Factor of the step; may be changed before every step. Finite, not negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double LearningRate { get; set => field = NotNegative(value, nameof(LearningRate)); }

    /// <summary>λ of the term λ·w that is added to every gradient: L2 regularisation with the penalty ½λ‖w‖². It holds for all that is learnt, biases, γ and β included, unless <see cref="DecayWeightsOnly"/> says otherwise.</summary>
    public double WeightDecay { get; }

    /// <summary>Whether decay is for the weights of dense layers and convolutions alone, and leaves out biases, γ, β and what activations learn; false unless set.</summary>
    public bool DecayWeightsOnly { get; init; }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Lets a part of the network learn slower or faster than the rest, or not at all.</summary>
    /// <param name="name">A tensor such as <c>conv1.weight</c>, or what stands before a dot: <c>conv1</c> for all tensors of that layer.</param>
    /// <param name="factor">
    /// Multiplies <see cref="LearningRate"/>; finite, not negative. 0 leaves the part as it is, to the bit, its weight decay and momentum included, until another
    /// factor is set. Where several names fit a tensor, the one set last counts.
    /// </param>
    /// <remarks>A name that fits no tensor is an error of the next step, which is the first to see the parameters.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public void ScaleLearningRate(string name, double factor)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        (_groups ??= new ParameterGroups(Steps)).Scale(name, NotNegative(factor, nameof(factor)));
    }

    /// <summary>Allocates the state for parameters ahead of the first step.</summary>
    /// <exception cref="ArgumentException">The optimiser holds the state of parameters of another size, or a learning rate is set for a tensor that they lack.</exception>
    public void Prepare(ParameterArena<T> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _length ??= parameters.LearnableLength;
        if (_states > 0 && _length != parameters.LearnableLength)
            throw new ArgumentException($"The optimiser holds the state of {_length} parameters, padding included, these are {parameters.LearnableLength}: use a new optimiser for another network.", nameof(parameters));
        Place(parameters.Mirror as IParameterMirror<T>, parameters.LearnableLength);
        if (DecayWeightsOnly && WeightDecay > 0)
            _groups ??= new ParameterGroups(Steps);
        _groups?.Of(parameters.Tensors, DecayWeightsOnly);
    }

    /// <summary>One step.</summary>
    /// <param name="parameters">Changed in place, save for the state, which isn't learnt.</param>
    /// <param name="gradients">The gradient of the loss with respect to them; stays as it is.</param>
    /// <exception cref="ArgumentException">The arenas differ in size, or the optimiser holds the state of other parameters.</exception>
    public void Step(ParameterArena<T> parameters, GradientArena<T> gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        Prepare(parameters);
        if (gradients.Length != parameters.LearnableLength)
            throw new ArgumentException($"There are {parameters.LearnableLength} parameters but {gradients.Length} gradients, padding included: take both from one network.", nameof(gradients));
        Steps++;
        if (_groups is null)
        {
            Apply(Range(parameters, gradients, 0, parameters.LearnableLength), LearningRate, WeightDecay, Steps);
            return;
        }

        foreach (ref var group in _groups.Of(parameters.Tensors, DecayWeightsOnly))
        {
            if (group.Factor == 0)
                continue;
            Apply(Range(parameters, gradients, group.Start, group.Length), LearningRate * group.Factor, group.Decays ? WeightDecay : 0, ++group.Steps);
        }
    }

    /// <summary>One pass over a part of the parameters.</summary>
    /// <param name="range">The parameters, their gradients and their state.</param>
    /// <param name="learningRate">Their learning rate.</param>
    /// <param name="weightDecay">Their weight decay.</param>
    /// <param name="step">The number of their step, from 1 on.</param>
    private protected abstract void Apply(in UpdateRange<T> range, double learningRate, double weightDecay, long step);

    // The state lies where the parameters lie, and moves with them.
    private void Place(IParameterMirror<T>? mirror, int length)
    {
        if (_onDevice is not null && _onDevice.Parameters != mirror)
        {
            AllocateOnHost(length);
            _onDevice.CopyTo(_first!.Span, _second!.Span);
            _onDevice.Dispose();
            _onDevice = null;
        }

        if (mirror is null)
        {
            AllocateOnHost(length);
            return;
        }

        if (_onDevice is null)
        {
            _onDevice = mirror.CreateState(_states);
            if (_first is not null)
                _onDevice.CopyFrom(_first.Span, _second!.Span);
        }
    }

    private void AllocateOnHost(int length)
    {
        _first ??= new AlignedBuffer<T>(_states > 0 ? length : 0);
        _second ??= new AlignedBuffer<T>(_states > 1 ? length : 0);
    }

    private UpdateRange<T> Range(ParameterArena<T> parameters, GradientArena<T> gradients, int start, int length) => _onDevice is not null
        ? new(_onDevice, gradients, start, length)
        : new(parameters.Learnable.Slice(start, length), gradients.Values.Slice(start, length), Part(_first!, start, length), Part(_second!, start, length));

    private static Span<T> Part(AlignedBuffer<T> state, int start, int length) => state.Length == 0 ? [] : state.Span.Slice(start, length);

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
