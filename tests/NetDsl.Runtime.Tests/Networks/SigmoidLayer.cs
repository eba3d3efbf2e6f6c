using System.Numerics;

namespace NetDsl.Tests.Networks;

/// <summary>y = f(x·w), element by element, under half the mean squared error: the smallest network with number targets.</summary>
/// <param name="size">Elements of a sample.</param>
/// <param name="linear">Whether f is the identity, and not the sigmoid.</param>
/// <param name="countsPasses">Whether the parameters have a state: the number of forward passes of training.</param>
internal sealed class SigmoidLayer<T>(int size, bool linear = false, bool countsPasses = false) : INetwork<T, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TensorInfo[] _tensors =
    [
        new("weight", [size], 0, Initializer.Constant(1), 1, 1),
        .. countsPasses ? (TensorInfo[])[new("passes", [1], size, Initializer.Constant(40), 0, 0, IsLearnable: false)] : [],
    ];

    public NetworkDescription Description { get; } = new("SigmoidLayer", typeof(T).Name, [size], [size], "half squared error", [], 0, 0);

    public int TargetSize => size;

    public ParameterArena<T> CreateParameters(ulong seed)
    {
        var parameters = new Parameters<T>(_tensors, size + (countsPasses ? 1 : 0));
        parameters.Initialize(seed);
        return parameters;
    }

    public GradientArena<T> CreateGradients() => new Gradients<T>(_tensors, size);

    public Workspace<T> CreateWorkspace(int capacity, bool training = true) => new Space(capacity, training, size);

    public void Forward(ParameterArena<T> parameters, ReadOnlySpan<T> x, Workspace<T> workspace, bool training)
    {
        var space = (Space)workspace;
        space.Start(x.Length);
        if (training && countsPasses)
            parameters["passes"][0]++;
        for (var i = 0; i < x.Length; i++)
        {
            var z = x[i] * parameters.Values[i % size];
            space.Y[i] = linear ? z : T.One / (T.One + T.Exp(-z));
        }
    }

    public T Loss(Workspace<T> workspace, ReadOnlySpan<T> target, ReadOnlySpan<T> weights = default, Span<T> terms = default)
    {
        var space = (Space)workspace;
        var loss = T.Zero;
        var half = T.CreateChecked(0.5);
        var elements = T.CreateChecked(target.Length);
        for (var i = 0; i < target.Length; i++)
        {
            var (y, error) = (space.Y[i], space.Y[i] - target[i]);
            loss += half * error * error / elements;
            space.D[i] = error * (linear ? T.One : y * (T.One - y)) / elements;
        }

        return loss;
    }

    public void OutputGradient(Workspace<T> workspace, ReadOnlySpan<T> dy)
    {
        var space = (Space)workspace;
        for (var i = 0; i < dy.Length; i++)
            space.D[i] = dy[i] * (linear ? T.One : space.Y[i] * (T.One - space.Y[i]));
    }

    public void Backward(ParameterArena<T> parameters, ReadOnlySpan<T> x, Workspace<T> workspace, GradientArena<T> gradients, bool accumulate)
    {
        if (!accumulate)
            gradients.Clear();
        for (var i = 0; i < x.Length; i++)
            gradients.Values[i % size] += ((Space)workspace).D[i] * x[i];
    }

    public void BackwardInput(ParameterArena<T> parameters, Workspace<T> workspace, Span<T> dx)
    {
        for (var i = 0; i < dx.Length; i++)
            dx[i] = ((Space)workspace).D[i] * parameters.Values[i % size];
    }

    public void Predict(ParameterArena<T> parameters, ReadOnlySpan<T> x, Span<T> y, Workspace<T> workspace)
    {
        Forward(parameters, x, workspace, training: false);
        ((Space)workspace).Y.CopyTo(y);
    }

    private sealed class Space(int capacity, bool training, int size) : Workspace<T>(capacity, training, 2 * size, 2 * size)
    {
        public Span<T> Y => Buffer(0, size);

        public Span<T> D => Buffer(size, size);

        public void Start(int elements)
        {
            Begin(elements, size, training: true);
            Finish(WorkspaceStage.Forward);
        }
    }
}
