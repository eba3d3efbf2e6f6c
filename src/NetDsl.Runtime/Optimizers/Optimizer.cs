using System.Numerics;

namespace NetDsl;

/// <summary>Changes parameters along their gradients, in one pass over memory that updates its own state with them.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>An instance keeps the state of one set of parameters; a step allocates nothing, save the first one for the state.</remarks>
public abstract class Optimizer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Of larger batches, dW takes longer to compute than to store and to read again: ten rows gain, 64 lose a little.
    private const int MostRows = 32;

    private AlignedBuffer<T>? _first;
    private AlignedBuffer<T>? _second;
    private IDeviceState<T>? _onDevice;
    private int? _length;
    private ParameterGroups? _groups;

    // What a backward pass that steps at once has stepped so far, in the order of the arena.
    private readonly List<(int Start, int End)> _stepped = [];
    private ParameterArena<T>? _stepping;

    /// <summary>Sets what all optimisers have.</summary>
    /// <param name="learningRate">η, finite and not negative.</param>
    /// <param name="weightDecay">λ, finite and not negative.</param>
    /// <param name="kind">What the state means: optimisers of one kind can go on from each other's.</param>
    /// <param name="states">Names of the numbers that each parameter has beside itself: none, one or two.</param>
    private protected Optimizer(double learningRate, double weightDecay, string kind, params IReadOnlyList<string> states)
    {
        LearningRate = learningRate;
        WeightDecay = NotNegative(weightDecay, nameof(weightDecay));
        (Kind, States) = (kind, states);
    }

    /// <summary>Factor of the step; may be changed before every step. Finite, not negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    /// <exception cref="InvalidOperationException">A step is under way: a method of yours that watches gradients can't change it.</exception>
    public double LearningRate
    {
        get;
        set
        {
            RequireIdle();
            field = NotNegative(value, nameof(LearningRate));
        }
    }

    /// <summary>λ of the term λ·w that is added to every gradient: L2 regularisation with the penalty ½λ‖w‖². It holds for all that is learnt, biases, γ and β included, unless <see cref="DecayWeightsOnly"/> says otherwise.</summary>
    public double WeightDecay { get; }

    /// <summary>Whether decay is for the weights of dense layers and convolutions alone, and leaves out biases, γ, β and what activations learn; false unless set.</summary>
    public bool DecayWeightsOnly { get; init; }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>What the state means.</summary>
    internal string Kind { get; }

    /// <summary>Names of the state's blocks.</summary>
    internal IReadOnlyList<string> States { get; }

    /// <summary>Lets a part of the network learn slower or faster than the rest, or not at all.</summary>
    /// <param name="name">A tensor such as <c>conv1.weight</c>, or what stands before a dot: <c>conv1</c> for all tensors of that layer.</param>
    /// <param name="factor">
    /// Multiplies <see cref="LearningRate"/>; finite, not negative. 0 leaves the part as it is, to the bit, its weight decay and momentum included, until another
    /// factor is set. Where several names fit a tensor, the one set last counts.
    /// </param>
    /// <remarks>A name that fits no tensor is an error of the next step, which is the first to see the parameters.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    /// <exception cref="InvalidOperationException">A step is under way: a method of yours that watches gradients can't change it.</exception>
    public void ScaleLearningRate(string name, double factor)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        RequireIdle();
        (_groups ??= new ParameterGroups(Steps)).Scale(name, NotNegative(factor, nameof(factor)));
    }

    /// <summary>Allocates the state for parameters ahead of the first step.</summary>
    /// <exception cref="ArgumentException">The optimiser holds the state of parameters of another size, or a learning rate is set for a tensor that they lack.</exception>
    public void Prepare(ParameterArena<T> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        RequireIdle();
        RequireState(parameters);
        Allocate(parameters);
    }

    /// <summary>One step.</summary>
    /// <param name="parameters">Changed in place, save for the state, which isn't learnt.</param>
    /// <param name="gradients">The gradient of the loss with respect to them; stays as it is.</param>
    /// <exception cref="ArgumentException">The arenas differ in size, or the optimiser holds the state of other parameters.</exception>
    /// <exception cref="InvalidOperationException">The gradients are used up: <see cref="BackwardStep"/> has taken the step; or one is under way.</exception>
    public void Step(ParameterArena<T> parameters, GradientArena<T> gradients)
    {
        Require(parameters, gradients);
        gradients.RequireAll();
        Allocate(parameters);
        StepRest(parameters, gradients);
    }

    /// <summary>
    /// A network's backward pass and this optimiser's step in one, with the same bits as one after the other, but with less memory to go through: the gradient of the weights of a large dense
    /// layer is used up where it is made, piece by piece, and never stored.
    /// </summary>
    /// <param name="network">The network; its forward pass and its loss have run.</param>
    /// <param name="parameters">The parameters of the forward pass, changed in place.</param>
    /// <param name="x">The batch of the forward pass; of a network with several inputs, their batches joined by <see cref="SideBySide"/>.</param>
    /// <param name="workspace">The workspace of the forward pass. No backward pass can follow in it: what it holds belongs to parameters that are gone.</param>
    /// <param name="gradients">
    /// Room for gradients; what it holds afterwards is no gradient, since parts are left out. Call <see cref="INetwork{T}.Backward"/> and <see cref="Step(ParameterArena{T}, GradientArena{T})"/>
    /// to clip, add up or look at gradients.
    /// </param>
    /// <remarks>
    /// A dense layer takes part from 65,536 weights on, if they are neither shared nor tied and have no penalty (weight decay is none), with batches of up to 32 rows, where a sequence has a row for
    /// each step: more rows gain nothing. All else, and networks on a device, run Backward and Step.
    /// <para>
    /// Methods of yours that watch the gradients of layers run within this: they see parameters some of which have taken their step, and can't change the optimiser or run a pass into the same gradients. If one
    /// throws, the layers behind its own may have taken their step.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// Batch, parameters, workspace or gradients don't belong together, the optimiser holds the state of other parameters, or a learning rate is set for a tensor that these lack; no parameter has changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">No loss has been evaluated in the workspace, or a step of the optimiser or into these gradients is under way; nothing has changed.</exception>
    public void BackwardStep(INetwork<T> network, ParameterArena<T> parameters, ReadOnlySpan<T> x, Workspace<T> workspace, GradientArena<T> gradients)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(workspace);
        Require(parameters, gradients);
        try
        {
            _stepping = parameters;
            gradients.Stepping = network.StepsInBackward ? this : null;
            network.Backward(parameters, x, workspace, gradients, accumulate: false);
            workspace.Finish(WorkspaceStage.BackwardStep);
            // Now that all is known to belong together; and the pass may have moved the parameters to another device.
            Allocate(parameters);
            StepRest(parameters, gradients);
        }
        finally
        {
            if (_stepped.Count > 0)
            {
                workspace.Finish(WorkspaceStage.BackwardStep);
                gradients.IsUsedUp = true;
            }

            _stepped.Clear();
            (_stepping, gradients.Stepping) = (null, null);
        }
    }

    /// <summary>Whether a dense layer's weights can take their step amid the backward pass that runs.</summary>
    /// <param name="rows">The batch.</param>
    internal bool CanStep(int rows)
    {
        Allocate(_stepping!);
        return _onDevice is null && rows <= MostRows;
    }

    /// <summary>Takes the step of a dense layer's weights amid the backward pass that runs.</summary>
    /// <param name="start">Their first element in the arena.</param>
    /// <param name="gradient">Their gradient.</param>
    internal void Step(int start, DenseGradient<T> gradient)
    {
        var length = gradient.Outputs * gradient.Inputs;
        var place = 0;
        while (place < _stepped.Count && _stepped[place].Start < start)
            place++;
        if (place < _stepped.Count && _stepped[place].Start == start)
            ThrowUnderWay();
        var group = _groups?.At(start) ?? new ParameterGroup(start, length, 1, Decays: true, Steps);
        if (group.Factor != 0)
        {
            var range = new UpdateRange<T>(_stepping!.Learnable.Slice(start, length), gradient, Part(_first!, start, length), Part(_second!, start, length));
            Apply(range, LearningRate * group.Factor, group.Decays ? WeightDecay : 0, group.Steps + 1);
        }

        _stepped.Insert(place, (start, start + length));
    }

    /// <summary>Allocates the state, or brings it home from a device, until the next step.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Prepare"/>.</exception>
    internal void BringHome(ParameterArena<T> parameters)
    {
        Prepare(parameters);
        Place(null, parameters.LearnableLength);
    }

    /// <summary>A block of the state by its place in <see cref="States"/>, in the layout of the learnable parameters; while it is home.</summary>
    internal Span<T> State(int index) => (index == 0 ? _first : _second)!.Span;

    /// <summary>How far each learnable tensor has come; while the state is home.</summary>
    internal IReadOnlyList<TensorProgress> Progress(ParameterArena<T> parameters) =>
        [.. parameters.Tensors.Where(tensor => tensor.IsLearnable).Select(tensor => _groups?.At(tensor) ?? new TensorProgress(tensor, 1, Steps))];

    /// <summary>Goes on from where another optimiser of this kind was, with the state that stands in the blocks.</summary>
    internal void Resume(long steps, double learningRate, IReadOnlyList<TensorProgress> progress)
    {
        (Steps, LearningRate) = (steps, learningRate);
        _groups = progress.Any(tensor => tensor.Factor != 1 || tensor.Steps != steps) ? new ParameterGroups(steps, progress) : null;
    }

    /// <summary>One pass over a part of the parameters.</summary>
    /// <param name="range">The parameters, their gradients and their state.</param>
    /// <param name="learningRate">Their learning rate.</param>
    /// <param name="weightDecay">Their weight decay.</param>
    /// <param name="step">The number of their step, from 1 on.</param>
    private protected abstract void Apply(in UpdateRange<T> range, double learningRate, double weightDecay, long step);

    private void Require(ParameterArena<T> parameters, GradientArena<T> gradients)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(gradients);
        RequireIdle();
        RequireState(parameters);
        if (gradients.Length != parameters.LearnableLength)
            throw new ArgumentException($"There are {parameters.LearnableLength} parameters but {gradients.Length} gradients, padding included: take both from one network.", nameof(gradients));
        if (gradients.Stepping is not null)
            throw new InvalidOperationException("Another optimiser's step into these gradients is under way: give each its own.");
    }

    private void RequireState(ParameterArena<T> parameters)
    {
        if (States.Count > 0 && _length is { } length && length != parameters.LearnableLength)
            throw new ArgumentException($"The optimiser holds the state of {length} parameters, padding included, these are {parameters.LearnableLength}: use a new optimiser for another network.", nameof(parameters));
    }

    private void Allocate(ParameterArena<T> parameters)
    {
        _length ??= parameters.LearnableLength;
        Place(parameters);
        if (DecayWeightsOnly && WeightDecay > 0)
            _groups ??= new ParameterGroups(Steps);
        _groups?.Of(parameters.Tensors, DecayWeightsOnly);
    }

    private void RequireIdle()
    {
        if (_stepping is not null)
            ThrowUnderWay();
    }

    private static void ThrowUnderWay() => throw new InvalidOperationException(
        "A step of this optimiser is under way, and methods that watch the gradients of layers run within it, in Trainer.Fit too: change the optimiser behind it, say in OnBatch, or call Backward and Step in place of BackwardStep.");

    // The step of all that hasn't taken it yet.
    private void StepRest(ParameterArena<T> parameters, GradientArena<T> gradients)
    {
        Steps++;
        if (_groups is null)
        {
            StepRest(parameters, gradients, new(0, parameters.LearnableLength, 1, Decays: true, Steps));
            return;
        }

        foreach (ref var group in _groups.Of(parameters.Tensors, DecayWeightsOnly))
        {
            if (group.Factor == 0)
                continue;
            group.Steps++;
            StepRest(parameters, gradients, group);
        }
    }

    private void StepRest(ParameterArena<T> parameters, GradientArena<T> gradients, in ParameterGroup group)
    {
        var end = group.Start + group.Length;
        var from = group.Start;
        for (var i = 0; from < end; i++)
        {
            var to = i < _stepped.Count ? Math.Clamp(_stepped[i].Start, from, end) : end;
            if (from < to)
                Apply(Range(parameters, gradients, from, to - from), LearningRate * group.Factor, group.Decays ? WeightDecay : 0, group.Steps);
            from = i < _stepped.Count ? Math.Max(from, _stepped[i].End) : end;
        }
    }

    private void Place(ParameterArena<T> parameters) => Place(parameters.Mirror as IParameterMirror<T>, parameters.LearnableLength);

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
            _onDevice = mirror.CreateState(States.Count);
            if (_first is not null)
                _onDevice.CopyFrom(_first.Span, _second!.Span);
        }
    }

    private void AllocateOnHost(int length)
    {
        _first ??= new AlignedBuffer<T>(States.Count > 0 ? length : 0);
        _second ??= new AlignedBuffer<T>(States.Count > 1 ? length : 0);
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
