using System.Numerics;

namespace NetDsl.Tests.Networks;

/// <summary>inputs → dense → ReLU → dropout → dense → softmax cross-entropy in plain loops: what a generated network does, written by hand.</summary>
internal sealed class HandMlp<T>(int inputs, int hidden, int classes, double dropout = 0) : INetwork<T, int>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TensorInfo[] _tensors = Layout(inputs, hidden, classes);

    /// <summary>Multiplies the gradient of the hidden weights, to be wrong on purpose.</summary>
    public double Mistake { get; init; } = 1;

    /// <summary>Runs before every forward pass of training.</summary>
    public Action? BeforeForward { get; init; }

    public NetworkDescription Description { get; } = new(
        "HandMlp", typeof(T).Name, [inputs], [classes], "softmax cross-entropy",
        [new LayerDescription("hidden", "dense + relu", [hidden], hidden * (inputs + 1), 0), new LayerDescription("output", "dense", [classes], classes * (hidden + 1), 0)], 0, 0);

    public int TargetSize => 1;

    private int Length => _tensors[^1].Offset + _tensors[^1].Length;

    public ParameterArena<T> CreateParameters(ulong seed)
    {
        var parameters = new Parameters<T>(_tensors, Length);
        parameters.Initialize(seed);
        return parameters;
    }

    public GradientArena<T> CreateGradients() => new Gradients<T>(_tensors, Length);

    public Workspace<T> CreateWorkspace(int capacity, bool training = true) => new Space(capacity, training, inputs, hidden, classes);

    public void Forward(ParameterArena<T> parameters, ReadOnlySpan<T> x, Workspace<T> workspace, bool training)
    {
        if (training)
            BeforeForward?.Invoke();
        var space = (Space)workspace;
        space.Start(x.Length);
        Dense(x, Tensor(parameters, 0), Tensor(parameters, 1), space.Hidden, inputs, hidden);
        var step = training ? workspace.Step++ : 0;
        for (var i = 0; i < space.Hidden.Length; i++)
        {
            var keep = training && dropout > 0 && Uniform(workspace.Seed, step, (ulong)i) < dropout ? 0 : 1 / (training ? 1 - dropout : 1);
            space.Mask[i] = space.Hidden[i] > T.Zero ? T.CreateChecked(keep) : T.Zero;
            space.Hidden[i] *= space.Mask[i];
        }

        Dense(space.Hidden, Tensor(parameters, 2), Tensor(parameters, 3), space.Logits, hidden, classes);
    }

    public T Loss(Workspace<T> workspace, ReadOnlySpan<int> target, ReadOnlySpan<T> weights = default, Span<T> terms = default)
    {
        var space = (Space)workspace;
        space.Continue(WorkspaceStage.Forward, WorkspaceStage.Forward, nameof(Loss));
        var loss = T.Zero;
        var n = T.CreateChecked(space.Count);
        for (var row = 0; row < space.Count; row++)
        {
            var logits = space.Logits.Slice(row * classes, classes);
            var d = space.LogitsGradient.Slice(row * classes, classes);
            Softmax(logits, d);
            loss -= T.Log(d[target[row]]);
            d[target[row]] -= T.One;
            foreach (ref var value in d)
                value /= n;
        }

        space.Finish(WorkspaceStage.Loss);
        return loss / n;
    }

    public void OutputGradient(Workspace<T> workspace, ReadOnlySpan<T> dy)
    {
        var space = (Space)workspace;
        space.Continue(WorkspaceStage.Forward, WorkspaceStage.Loss, nameof(OutputGradient));
        dy.CopyTo(space.LogitsGradient);
        space.Finish(WorkspaceStage.Loss);
    }

    public void Backward(ParameterArena<T> parameters, ReadOnlySpan<T> x, Workspace<T> workspace, GradientArena<T> gradients, bool accumulate)
    {
        var space = (Space)workspace;
        space.Continue(WorkspaceStage.Loss, WorkspaceStage.Loss, nameof(Backward));
        if (!accumulate)
            gradients.Clear();
        DenseParameters(space.LogitsGradient, space.Hidden, Tensor(gradients, 2), Tensor(gradients, 3), hidden, classes, 1);
        space.HiddenGradient.Clear();
        DenseInput(space.LogitsGradient, Tensor(parameters, 2), space.HiddenGradient, hidden, classes);
        for (var i = 0; i < space.HiddenGradient.Length; i++)
            space.HiddenGradient[i] *= space.Mask[i];
        DenseParameters(space.HiddenGradient, x, Tensor(gradients, 0), Tensor(gradients, 1), inputs, hidden, Mistake);
        space.Finish(WorkspaceStage.Backward);
    }

    public void BackwardInput(ParameterArena<T> parameters, Workspace<T> workspace, Span<T> dx)
    {
        dx.Clear();
        DenseInput(((Space)workspace).HiddenGradient, Tensor(parameters, 0), dx, inputs, hidden);
    }

    public void Predict(ParameterArena<T> parameters, ReadOnlySpan<T> x, Span<T> y, Workspace<T> workspace)
    {
        Forward(parameters, x, workspace, training: false);
        for (var start = 0; start < y.Length; start += classes)
            Softmax(((Space)workspace).Logits.Slice(start, classes), y.Slice(start, classes));
    }

    private static TensorInfo[] Layout(int inputs, int hidden, int classes)
    {
        var shapes = new (string Name, int[] Shape)[] { ("hidden.weight", [hidden, inputs]), ("hidden.bias", [hidden]), ("output.weight", [classes, hidden]), ("output.bias", [classes]) };
        var offset = 0;
        return Array.ConvertAll(shapes, tensor =>
        {
            var info = new TensorInfo(tensor.Name, tensor.Shape, offset, tensor.Shape.Length > 1 ? Initializer.HeNormal : Initializer.Zeros, tensor.Shape[^1], tensor.Shape[0]);
            offset += (info.Length + 15) / 16 * 16;
            return info;
        });
    }

    private Span<T> Tensor(TensorArena<T> arena, int index) => arena.Values.Slice(_tensors[index].Offset, _tensors[index].Length);

    private static double Uniform(ulong seed, ulong step, ulong index)
    {
        var z = (seed * 0x9E3779B97F4A7C15 + step * 0xD1342543DE82EF95 + index + 1) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 29)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 32)) >> 11) * (1.0 / (1UL << 53));
    }

    private static void Dense(ReadOnlySpan<T> x, ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, Span<T> z, int width, int outputs)
    {
        for (var i = 0; i < z.Length; i++)
        {
            var (row, output) = (i / outputs, i % outputs);
            var sum = bias[output];
            for (var k = 0; k < width; k++)
                sum += x[row * width + k] * weight[output * width + k];
            z[i] = sum;
        }
    }

    private static void DenseInput(ReadOnlySpan<T> dz, ReadOnlySpan<T> weight, Span<T> dx, int width, int outputs)
    {
        for (var i = 0; i < dz.Length; i++)
        {
            for (var k = 0; k < width; k++)
                dx[i / outputs * width + k] += dz[i] * weight[i % outputs * width + k];
        }
    }

    private static void DenseParameters(ReadOnlySpan<T> dz, ReadOnlySpan<T> x, Span<T> dWeight, Span<T> dBias, int width, int outputs, double factor)
    {
        for (var i = 0; i < dz.Length; i++)
        {
            dBias[i % outputs] += dz[i];
            for (var k = 0; k < width; k++)
                dWeight[i % outputs * width + k] += dz[i] * x[i / outputs * width + k] * T.CreateChecked(factor);
        }
    }

    private static void Softmax(ReadOnlySpan<T> logits, Span<T> probabilities)
    {
        var largest = logits[0];
        foreach (var logit in logits)
            largest = T.Max(largest, logit);
        var sum = T.Zero;
        for (var i = 0; i < logits.Length; i++)
            sum += probabilities[i] = T.Exp(logits[i] - largest);
        foreach (ref var probability in probabilities)
            probability /= sum;
    }

    private sealed class Space(int capacity, bool training, int inputs, int hidden, int classes) : Workspace<T>(capacity, training, 3 * hidden + 2 * classes, 3 * hidden + 2 * classes)
    {
        public Span<T> Hidden => Buffer(0, hidden);

        public Span<T> Mask => Buffer(hidden, hidden);

        public Span<T> HiddenGradient => Buffer(2 * hidden, hidden);

        public Span<T> Logits => Buffer(3 * hidden, classes);

        public Span<T> LogitsGradient => Buffer(3 * hidden + classes, classes);

        public void Start(int elements)
        {
            // Predict runs Forward, too, also in a workspace for inference.
            Begin(elements, inputs, Training);
            Finish(WorkspaceStage.Forward);
        }
    }
}
