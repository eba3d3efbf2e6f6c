using System.Numerics;
using NetDsl.Oracle.Format;

namespace NetDsl.Oracle.Plans;

/// <summary>An optimizer on given gradients, step by step.</summary>
internal sealed class OptimizerPlan(Case @case, Settings settings) : Plan(@case)
{
    private readonly OptimizerChoice _choice = new(settings);

    public override void Run<T>(Platform platform, IReadOnlyList<INetwork<T>> networks, Comparer comparer)
    {
        var (tensors, length) = Layout();
        var parameters = new Parameters<T>(tensors, length);
        var gradients = new Gradients<T>(tensors, length);
        var optimizer = _choice.Create<T>();
        var history = tensors.ToDictionary(tensor => tensor.Name, _ => new List<double>());
        foreach (var tensor in tensors)
            Case.Parameters[tensor.Name].As<T>().CopyTo(parameters[tensor.Name]);

        platform.Place(parameters, gradients);
        var steps = Case.Input(tensors[0].Name + ".grad").Shape[0];
        for (var step = 0; step < steps; step++)
        {
            foreach (var tensor in tensors)
                Case.Input(tensor.Name + ".grad")[step].As<T>().CopyTo(gradients[tensor.Name]);
            optimizer.LearningRate = _choice.LearningRate(step);
            optimizer.Step(parameters, gradients);
            foreach (var tensor in tensors)
                history[tensor.Name].AddRange(Tensor.From<T>(parameters[tensor.Name], tensor.Shape).Values);
        }

        foreach (var tensor in tensors)
            comparer.Output(tensor.Name, new Tensor([steps, .. tensor.Shape], [.. history[tensor.Name]]));
    }

    private (List<TensorInfo> Tensors, int Length) Layout()
    {
        var tensors = new List<TensorInfo>();
        var length = 0;
        foreach (var (name, start) in Case.Parameters)
        {
            tensors.Add(new TensorInfo(name, start.Shape, length, Initializer.Zeros, 1, 1));
            length += start.Values.Length;
        }

        return (tensors, length);
    }

    private sealed class Parameters<T>(IReadOnlyList<TensorInfo> tensors, int length) : ParameterArena<T>(tensors, length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    private sealed class Gradients<T>(IReadOnlyList<TensorInfo> tensors, int length) : GradientArena<T>(tensors, length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
