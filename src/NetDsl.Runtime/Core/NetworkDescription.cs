using System.Globalization;
using System.Text;

namespace NetDsl;

/// <summary>One layer of a network as declared.</summary>
/// <param name="Name">Unique within the network.</param>
/// <param name="Operation">What it computes, with its settings: <c>dense 512</c>.</param>
/// <param name="OutputShape">Shape of one sample's output, batch left out.</param>
/// <param name="Parameters">Learnable numbers.</param>
/// <param name="Flops">Floating-point operations of the forward pass for one sample; a multiply-add counts two.</param>
public sealed record LayerDescription(string Name, string Operation, IReadOnlyList<int> OutputShape, int Parameters, long Flops)
{
    /// <summary>All of it in a line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}: {Operation} → {string.Join('×', OutputShape)}, {Parameters:N0} parameters, {Flops:N0} flops");
}

/// <summary>What the targets of a loss may be, where they are numbers.</summary>
/// <param name="Loss">The loss: <c>hinge</c>.</param>
/// <param name="Size">Targets of a sample.</param>
/// <param name="Least">The smallest number.</param>
/// <param name="Most">The largest number.</param>
/// <param name="IsEnd">Whether they are one of these two, and nothing between them.</param>
public sealed record TargetDescription(string Loss, int Size, double Least, double Most, bool IsEnd = false);

/// <summary>What a compiled network consists of, known without running it.</summary>
/// <param name="Name">The network class.</param>
/// <param name="ElementType"><c>float</c> or <c>double</c>.</param>
/// <param name="InputShape">Shape of one sample, batch left out.</param>
/// <param name="OutputShape">Shape of one answer, batch left out.</param>
/// <param name="Loss">The loss and its settings.</param>
/// <param name="Layers">The layers in order.</param>
/// <param name="TrainingBytes">Bytes of a training workspace for one sample.</param>
/// <param name="InferenceBytes">Bytes of an inference workspace for one sample.</param>
public sealed record NetworkDescription(
    string Name, string ElementType, IReadOnlyList<int> InputShape, IReadOnlyList<int> OutputShape, string Loss,
    IReadOnlyList<LayerDescription> Layers, int TrainingBytes, int InferenceBytes)
{
    /// <summary>The inputs in the order of the methods' parameters. Code that serves all networks hands several over as one, each sample's side by side; <see cref="InputShape"/> is that of all then.</summary>
    public IReadOnlyList<LayerDescription> Inputs { get; init; } = [new("x", "input", InputShape, 0, 0)];

    /// <summary>The answers of Predict in the order of its parameters; several are one to code that serves all networks, as inputs are.</summary>
    public IReadOnlyList<LayerDescription> Outputs { get; init; } = [new("y", "output", OutputShape, 0, 0)];

    /// <summary>What targets may be that are numbers, side by side in the order of the losses; empty where any number will do.</summary>
    public IReadOnlyList<TargetDescription> Targets { get; init; } = [];

    /// <summary>Learnable numbers of all layers.</summary>
    public long ParameterCount => Layers.Sum(layer => (long)layer.Parameters);

    /// <summary>Floating-point operations of the forward pass for one sample.</summary>
    public long Flops => Layers.Sum(layer => layer.Flops);

    /// <summary>Elements of one sample of the input.</summary>
    public int InputSize => Size(InputShape);

    /// <summary>Elements of one answer.</summary>
    public int OutputSize => Size(OutputShape);

    /// <summary>The layers as a table, with the totals below.</summary>
    public override string ToString()
    {
        string[][] rows =
        [
            ["layer", "operation", "output", "parameters", "flops"],
            ["input", "", Shape(InputShape), "", ""],
            .. Layers.Select(layer => new[] { layer.Name, layer.Operation, Shape(layer.OutputShape), Number(layer.Parameters), Number(layer.Flops) }),
            ["total", Loss, Shape(OutputShape), Number(ParameterCount), Number(Flops)],
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder().Append(Name).Append(" (").Append(ElementType).Append(")\n");
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
                text.Append(i < 3 ? row[i].PadRight(widths[i] + 2) : row[i].PadLeft(widths[i] + 2));
            while (text[^1] == ' ')
                text.Length--;
            text.Append('\n');
        }

        return text.Append(CultureInfo.InvariantCulture, $"workspace: {TrainingBytes:N0} bytes a sample in training, {InferenceBytes:N0} at inference\n").ToString();
    }

    private static int Size(IReadOnlyList<int> shape) => shape.Aggregate(1, (product, extent) => product * extent);

    private static string Shape(IReadOnlyList<int> shape) => string.Join('×', shape);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
