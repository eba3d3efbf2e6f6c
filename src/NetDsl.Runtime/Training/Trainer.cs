using System.Diagnostics;
using System.Globalization;
using System.Numerics;

namespace NetDsl;

/// <summary>Trains a network by mini-batches and tells how well it does.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="TTarget"><see cref="int"/> for class labels, else <typeparamref name="T"/>.</typeparam>
/// <remarks>A batch allocates nothing. Calling <see cref="Fit"/> twice for one epoch each gives the same bits as once for two.</remarks>
public sealed class Trainer<T, TTarget>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TTarget : unmanaged
{
    private readonly INetwork<T, TTarget> _network;
    private readonly ParameterArena<T> _parameters;
    private readonly Optimizer<T> _optimizer;
    private readonly GradientArena<T> _gradients;
    private readonly int _inputSize;
    private readonly int _outputSize;
    private Workspace<T>? _workspace;
    private Evaluator<T, TTarget>? _evaluator;

    /// <summary>Joins a network, parameters of it and an optimiser.</summary>
    /// <exception cref="ArgumentException">The parameters belong to another network.</exception>
    public Trainer(INetwork<T, TTarget> network, ParameterArena<T> parameters, Optimizer<T> optimizer)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(optimizer);
        (_network, _parameters, _optimizer) = (network, parameters, optimizer);
        (_inputSize, _outputSize) = (network.Description.InputSize, network.Description.OutputSize);
        _gradients = network.CreateGradients();
        if (_gradients.Length != parameters.LearnableLength)
            throw new ArgumentException($"{network.Description.Name} has {_gradients.Length} parameters, padding included, these are {parameters.LearnableLength}: they belong to another network.", nameof(parameters));
        if (_gradients.Tensors.Zip(parameters.Tensors).FirstOrDefault(pair => pair.First.Name != pair.Second.Name) is { First: not null } other)
            throw new ArgumentException($"{network.Description.Name} has a tensor '{other.First.Name}' where these parameters have '{other.Second.Name}': they belong to another network.", nameof(parameters));
    }

    /// <summary>Epochs finished by all calls of <see cref="Fit"/>, those before a loaded checkpoint included.</summary>
    public int Epochs { get; private set; }

    /// <summary>Batches trained on by all calls of <see cref="Fit"/>, those before a loaded checkpoint included.</summary>
    public long Steps { get; private set; }

    /// <summary>Writes parameters, the optimiser's state and learning rates, <see cref="Epochs"/> and <see cref="Steps"/> into one file, from which a run can go on.</summary>
    /// <param name="path">
    /// The safetensors file, replaced if there is one. It is written beside that as <c>path.tmp</c> and renamed when it is complete, so that a process that dies leaves the old one.
    /// </param>
    /// <remarks>
    /// For the end of an epoch: between calls of <see cref="Fit"/>, or in <see cref="FitOptions{T, TTarget}.OnEpoch"/>, behind changes of the learning rate. Of a checkpoint that is
    /// written amid an epoch, the run goes on with that epoch's first batch.
    /// </remarks>
    /// <exception cref="IOException">The file can't be written, or its folder is missing.</exception>
    public void SaveCheckpoint(string path) => new Checkpoint<T>(_parameters, _optimizer).Save(path, Epochs, Steps);

    /// <summary>
    /// Goes on from where the trainer was that wrote a checkpoint: with the same data and options, the next call of <see cref="Fit"/> gives the same bits as if it had been that trainer's.
    /// </summary>
    /// <param name="path">A file of <see cref="SaveCheckpoint"/>.</param>
    /// <remarks>
    /// The optimiser's learning rate and the factors of <see cref="Optimizer{T}.ScaleLearningRate"/> become those of the checkpoint; its other numbers, such as β₁, are those that it was
    /// constructed with. <see cref="ParameterArena{T}.Load(string)"/> takes the parameters alone.
    /// </remarks>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged or no checkpoint, or one of another network, precision or kind of optimiser; the message names what was expected and what came, and nothing has changed.
    /// </exception>
    /// <exception cref="ArgumentException">The optimiser holds the state of other parameters.</exception>
    public void LoadCheckpoint(string path) => (Epochs, Steps) = new Checkpoint<T>(_parameters, _optimizer).Load(path);

    /// <summary>Trains until all epochs are done, a callback returns false, or the token is cancelled.</summary>
    /// <param name="data">The training set.</param>
    /// <param name="options">How the run goes.</param>
    /// <exception cref="ArgumentException">Data or options don't suit the network.</exception>
    /// <exception cref="NotFiniteNumberException">The loss became NaN or infinite; the learnable parameters are those before that batch's step.</exception>
    public History Fit(Dataset<T, TTarget> data, FitOptions<T, TTarget> options)
    {
        Check(data, nameof(data));
        Check(options, data);
        var source = new BatchSource<T, TTarget>(data, options.BatchSize, options.Shuffle, options.DropLastBatch, options.Augmentation, _network.Description.InputShape);
        var capacity = Math.Min(options.BatchSize, data.Count);
        if (_workspace?.Capacity != capacity)
        {
            // One on a device holds its memory until then.
            (_workspace as IDisposable)?.Dispose();
            _workspace = _network.CreateWorkspace(capacity);
        }
        (_workspace.Seed, _workspace.Step) = (options.Seed, (ulong)Steps);
        _optimizer.Prepare(_parameters);

        var start = Stopwatch.GetTimestamp();
        var firstStep = Steps;
        var records = new List<EpochRecord>();
        Evaluation? validation = null;
        History End(FitOutcome outcome) => new(records, Steps - firstStep, outcome, validation);

        for (var epoch = 1; epoch <= options.Epochs; epoch++)
        {
            source.Begin(options.Seed, (ulong)Epochs);
            var meter = new EpochMeter();
            for (var batch = 1; batch <= source.Batches; batch++)
            {
                if (options.CancellationToken.IsCancellationRequested)
                    return End(FitOutcome.Cancelled);
                var count = source.Get(batch - 1, out var x, out var target);
                meter.Add(Step(_workspace, x, target, epoch, batch), count);
                if (options.OnBatch is { } onBatch && !onBatch(Progress(options, source, start, meter, epoch, batch, null)))
                    return End(FitOutcome.Stopped);
            }

            Epochs++;
            var seconds = meter.Seconds;
            validation = options.Validation is { } set ? Evaluate(set, options.BatchSize) : null;
            records.Add(new EpochRecord(epoch, meter.Loss, validation?.Loss, validation?.Metric, seconds, meter.SamplesPerSecond(seconds), _optimizer.LearningRate));
            if (options.OnEpoch is { } onEpoch && !onEpoch(Progress(options, source, start, meter, epoch, source.Batches, records[^1])))
                return End(FitOutcome.Stopped);
        }

        return End(FitOutcome.Completed);
    }

    /// <summary>Loss and accuracy (or mean absolute error) at inference.</summary>
    /// <param name="data">The data set, such as a test set.</param>
    /// <param name="batchSize">Samples run at a time.</param>
    /// <exception cref="ArgumentException">The data doesn't suit the network.</exception>
    public Evaluation Evaluate(Dataset<T, TTarget> data, int batchSize = 256)
    {
        Check(data, nameof(data));
        return EvaluatorFor(Math.Min(batchSize, data.Count)).Evaluate(_parameters, data);
    }

    /// <summary>The network's answers; <see cref="Prediction.ArgMax{T}(ReadOnlySpan{T}, Span{int})"/> turns them into classes.</summary>
    /// <param name="x">[n × input].</param>
    /// <returns>[n × output].</returns>
    /// <exception cref="ArgumentException">No whole number of samples.</exception>
    public T[] Predict(ReadOnlySpan<T> x)
    {
        var rows = x.Length / _inputSize;
        if (rows == 0 || rows * _inputSize != x.Length)
            throw new ArgumentException($"The input has {x.Length} elements; expected a positive multiple of {_inputSize}, the size of one sample.", nameof(x));
        var y = new T[rows * _outputSize];
        EvaluatorFor(Math.Min(256, rows)).Predict(_parameters, x, y);
        return y;
    }

    private double Step(Workspace<T> workspace, ReadOnlySpan<T> x, ReadOnlySpan<TTarget> target, int epoch, int batch)
    {
        _network.Forward(_parameters, x, workspace, training: true);
        var loss = double.CreateChecked(_network.Loss(workspace, target));
        if (!double.IsFinite(loss))
            throw Diverged(loss, epoch, batch);
        _optimizer.BackwardStep(_network, _parameters, x, workspace, _gradients);
        Steps++;
        return loss;
    }

    private NotFiniteNumberException Diverged(double loss, int epoch, int batch) => new(string.Create(CultureInfo.InvariantCulture,
        $"The loss became {loss} in epoch {epoch}, batch {batch}, at learning rate {_optimizer.LearningRate}. Likely mends: a learning rate 3 to 10 times lower, inputs scaled to about −1..1 (FeatureScaling.Standardize), initial weights that suit the activation, a loss on logits instead of probabilities."), loss);

    private FitProgress Progress(FitOptions<T, TTarget> options, BatchSource<T, TTarget> source, long start, in EpochMeter meter, int epoch, int batch, EpochRecord? record)
    {
        var elapsed = Stopwatch.GetElapsedTime(start);
        var done = ((epoch - 1L) * source.Batches + batch) / ((double)options.Epochs * source.Batches);
        return new FitProgress(
            epoch, options.Epochs, batch, source.Batches, meter.BatchLoss, meter.Loss, record?.SamplesPerSecond ?? meter.SamplesPerSecond(meter.Seconds),
            elapsed, elapsed * ((1 - done) / done), _optimizer.LearningRate, record?.ValidationLoss, record?.ValidationMetric);
    }

    private Evaluator<T, TTarget> EvaluatorFor(int batchSize)
    {
        if (_evaluator is { } evaluator && evaluator.BatchSize == batchSize)
            return evaluator;
        _evaluator?.Dispose();
        return _evaluator = new Evaluator<T, TTarget>(_network, batchSize);
    }

    private void Check(Dataset<T, TTarget> data, string name)
    {
        ArgumentNullException.ThrowIfNull(data, name);
        if (data.InputSize != _inputSize)
            throw new ArgumentException($"{_network.Description.Name} takes samples of {_inputSize} elements [{string.Join('×', _network.Description.InputShape)}], the data set has {data.InputSize}.", name);
        if (data.TargetSize != _network.TargetSize)
            throw new ArgumentException($"{_network.Description.Name} takes {_network.TargetSize} targets a sample, the data set has {data.TargetSize}.", name);
        if (data.Classes > _outputSize)
            throw new ArgumentException($"{_network.Description.Name} tells {_outputSize} classes apart, the data set has {data.Classes}: widen the last layer.", name);
        if (data is Dataset<T, T> numbers)
            DatasetChecks.Targets(numbers, _network.Description.Targets, name);
    }

    private void Check(FitOptions<T, TTarget> options, Dataset<T, TTarget> data)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Epochs < 1)
            throw new ArgumentOutOfRangeException(nameof(options), options.Epochs, "Epochs: expected at least 1.");
        if (options.BatchSize < 1)
            throw new ArgumentOutOfRangeException(nameof(options), options.BatchSize, "BatchSize: expected at least 1.");
        if (options.DropLastBatch && options.BatchSize > data.Count)
            throw new ArgumentOutOfRangeException(nameof(options), options.BatchSize, $"BatchSize: with DropLastBatch no batch is left of {data.Count} samples; expected at most as many.");
        options.Augmentation?.Check([.. _network.Description.InputShape]);
        if (options.Validation is { } validation)
            Check(validation, "options.Validation");
    }
}
