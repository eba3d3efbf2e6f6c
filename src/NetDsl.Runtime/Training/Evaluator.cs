using System.Numerics;

namespace NetDsl;

/// <summary>Runs a network over data at inference, with a workspace and buffers of its own.</summary>
internal sealed class Evaluator<T, TTarget>(INetwork<T, TTarget> network, int batchSize) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TTarget : unmanaged
{
    private readonly int _inputSize = network.Description.InputSize;
    private readonly int _outputSize = network.Description.OutputSize;
    private readonly T[] _y = new T[(long)batchSize * network.Description.OutputSize];
    private Workspace<T>? _workspace;

    public int BatchSize => batchSize;

    public void Dispose() => (_workspace as IDisposable)?.Dispose();

    public Evaluation Evaluate(ParameterArena<T> parameters, Dataset<T, TTarget> data)
    {
        // First: it refuses a batch of no samples.
        var workspace = Workspace(hasLoss: true);
        var source = new BatchSource<T, TTarget>(data, batchSize, shuffle: false, dropLast: false);
        var score = new Score<T, TTarget>(data, _outputSize, IsCompared(data));
        for (var batch = 0; batch < source.Batches; batch++)
        {
            var count = source.Get(batch, out var x, out var target);
            var y = _y.AsSpan(0, count * _outputSize);
            network.Forward(parameters, x, workspace, training: false);
            var loss = network.Loss(workspace, target);
            network.Predict(parameters, x, y, workspace);
            score.Add(double.CreateChecked(loss), y, target);
        }

        return score.ToEvaluation();
    }

    private bool IsCompared(Dataset<T, TTarget> data) =>
        network.Description.Outputs.Count == 1 && (typeof(TTarget) == typeof(int) ? data.TargetSize == 1 : data.TargetSize == _outputSize);

    public void Predict(ParameterArena<T> parameters, ReadOnlySpan<T> x, Span<T> y)
    {
        var rows = x.Length / _inputSize;
        var workspace = Workspace(hasLoss: false);
        for (var start = 0; start < rows; start += batchSize)
        {
            var count = Math.Min(batchSize, rows - start);
            network.Predict(parameters, x.Slice(start * _inputSize, count * _inputSize), y.Slice(start * _outputSize, count * _outputSize), workspace);
        }
    }

    // A loss takes the room of a training step, answers alone take far less.
    private Workspace<T> Workspace(bool hasLoss)
    {
        if (_workspace is { } workspace && (workspace.Training || !hasLoss))
            return workspace;
        Dispose();
        return _workspace = network.CreateWorkspace(batchSize, training: hasLoss);
    }
}
