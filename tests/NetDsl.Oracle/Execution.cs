using System.Numerics;
using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle;

/// <summary>A network at work on a case, through its public interface.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class Execution<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Platform _platform;
    private readonly INetwork<T> _host;
    private readonly INetwork<T> _network;
    private readonly Stack _stack;
    private readonly Case _case;
    private T[] _x = [];

    /// <summary>Creates a workspace and copies the case's parameters into the network's.</summary>
    public Execution(Platform platform, INetwork<T> network, Stack stack, Case @case, int samples)
    {
        (_platform, _host, _network, _stack, _case) = (platform, network, platform.Place(network), stack, @case);
        Parameters = _network.CreateParameters(seed: 0);
        Gradients = _network.CreateGradients();
        Workspace = _network.CreateWorkspace(samples);
        foreach (var (tensor, name) in Tensors())
        {
            var values = tensor.IsLearnable ? @case.Parameters[name] : @case.Input(name);
            if (!tensor.Shape.SequenceEqual(values.Shape))
                throw new InvalidOperationException($"{name}: the network's shape is {Tensor.Text(tensor.Shape)}, the case's {Tensor.Text(values.Shape)}");
            values.As<T>().CopyTo(Parameters[tensor.Name]);
        }
    }

    public ParameterArena<T> Parameters { get; }

    public GradientArena<T> Gradients { get; }

    public Workspace<T> Workspace { get; }

    /// <summary>Each learnable parameter by its name in the case.</summary>
    public IEnumerable<(string Name, Tensor Value)> ParameterValues => Values(isLearnable: true);

    /// <summary>Each tensor of the state by the name of the input that it starts with.</summary>
    public IEnumerable<(string Name, Tensor Value)> StateValues => Values(isLearnable: false);

    /// <summary>The gradient of each parameter by its name in the case.</summary>
    public IEnumerable<(string Name, Tensor Value)> ParameterGradients => Tensors().Where(pair => pair.Tensor.IsLearnable).Select(pair => (pair.Name, Tensor.From<T>(Gradients[pair.Tensor.Name], pair.Tensor.Shape)));

    /// <summary>Runs the layers; masks that the case gives take the place of drawn ones.</summary>
    public void Forward(Tensor x, bool training = false)
    {
        _x = x.As<T>();
        var masked = _stack.Layers.Index().Where(pair => pair.Item.Mask is not null).ToList();
        _network.Forward(Parameters, _x, Workspace, training || _stack.IsTraining);
        if (masked.Count == 0)
            return;
        foreach (var (index, layer) in masked)
        {
            var (rate, input) = layer.Mask!.Value;
            _platform.Write(Workspace, ViewOf(index) + "Mask", [.. _case.Input(input).Values.Select(value => T.CreateChecked(value / (1 - rate)))]);
        }

        Workspace.KeepMasks = true;
        _network.Forward(Parameters, _x, Workspace, training: true);
    }

    /// <summary>What came out of a layer; null where the network never stores it.</summary>
    /// <param name="layer">Index of the layer.</param>
    public Tensor? Output(int layer) => _platform.Read(Workspace, ViewOf(layer)) is { } values ? Tensor.From<T>(values, Batched(_network.Description.Layers.First(candidate => candidate.Name == Stack.NameOf(layer)).OutputShape)) : null;

    public Tensor Predict(Tensor x)
    {
        var shape = Batched(_network.Description.OutputShape);
        var y = new T[Tensor.SizeOf(shape)];
        _network.Predict(Parameters, x.As<T>(), y, Workspace);
        return Tensor.From<T>(y, shape);
    }

    /// <summary>The loss, or its terms where the case asks for them.</summary>
    /// <param name="target">The targets.</param>
    /// <param name="weights">Factors on the terms, or null.</param>
    public Tensor Loss(Tensor target, Tensor? weights = null)
    {
        var shape = Batched(_network.Description.OutputShape);
        if (_stack.Loss.IsPerRow)
            shape = shape[..^1];
        var terms = new T[Tensor.SizeOf(shape)];
        var factors = weights?.As<T>() ?? [];
        var loss = _stack.Loss.TakesLabels
            ? ((INetwork<T, int>)_network).Loss(Workspace, target.As<int>(), factors, terms)
            : ((INetwork<T, T>)_network).Loss(Workspace, target.As<T>(), factors, terms);
        return _stack.Loss.IsUnreduced ? Tensor.From<T>(terms, shape) : Tensor.Scalar(double.CreateChecked(loss));
    }

    /// <summary>Starts the backward pass from <paramref name="dy"/> in place of the loss.</summary>
    public void OutputGradient(Tensor dy) => ((IVectorJacobian<T>)_host).OutputGradient(Workspace, dy.As<T>());

    /// <summary>Runs the backward pass and returns the gradient of the input; follows Loss or OutputGradient.</summary>
    public Tensor Backward()
    {
        _network.Backward(Parameters, _x, Workspace, Gradients, accumulate: false);
        var dx = new T[_x.Length];
        _network.BackwardInput(Parameters, Workspace, dx);
        return Tensor.From<T>(dx, Batched(_network.Description.InputShape));
    }

    private int[] Batched(IReadOnlyList<int> sample) => _case.IsBatched ? [Workspace.Capacity, .. sample] : [.. sample];

    private IEnumerable<(TensorInfo Tensor, string Name)> Tensors()
    {
        foreach (var tensor in Parameters.Tensors)
        {
            var layer = _stack.Layers.Index().First(pair => tensor.Name.StartsWith(Stack.NameOf(pair.Index) + ".", StringComparison.Ordinal));
            var local = tensor.Name[(Stack.NameOf(layer.Index).Length + 1)..];
            yield return (tensor, (tensor.IsLearnable ? layer.Item.Parameters : layer.Item.State).TryGetValue(local, out var name) ? name : throw new FormatException($"the case has no parameter for '{local}' of {layer.Item.Attribute}"));
        }
    }

    private IEnumerable<(string Name, Tensor Value)> Values(bool isLearnable) =>
        Tensors().Where(pair => pair.Tensor.IsLearnable == isLearnable).Select(pair => (pair.Name, Tensor.From<T>(Parameters[pair.Tensor.Name], pair.Tensor.Shape)));

    private static string ViewOf(int layer) => char.ToUpperInvariant(Stack.NameOf(layer)[0]) + Stack.NameOf(layer)[1..];
}
