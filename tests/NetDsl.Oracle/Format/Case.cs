using System.Text.Json;

namespace NetDsl.Oracle.Format;

/// <summary>How far a result may be off: |got − expected| ≤ Absolute + Relative·|expected|.</summary>
internal readonly record struct Tolerance(double Relative, double Absolute);

/// <summary>One reference case, as its file tells it.</summary>
/// <param name="Name">The file's name without its ending.</param>
/// <param name="Kind"><c>layer</c>, <c>activation</c>, <c>loss</c>, <c>optimizer</c>, <c>schedule</c>, <c>network</c> or <c>initializer-stats</c>.</param>
/// <param name="Layout">The axes of the input.</param>
/// <param name="Config">The operation and its settings.</param>
/// <param name="Inputs">What goes in, by name.</param>
/// <param name="Parameters">Learnable tensors, by name.</param>
/// <param name="Outputs">What a forward pass gives.</param>
/// <param name="OutputGradients">The gradient that arrives at an output.</param>
/// <param name="Gradients">What a backward pass gives, by the name of an input or parameter.</param>
/// <param name="OutputTolerance">For outputs.</param>
/// <param name="GradientTolerance">For gradients.</param>
/// <param name="ConventionPoints">Flat indices that are a matter of convention, by tensor.</param>
/// <param name="Acceptance">Bands for random draws.</param>
internal sealed record Case(
    string Name,
    string Kind,
    string Layout,
    JsonElement Config,
    IReadOnlyDictionary<string, Tensor> Inputs,
    IReadOnlyDictionary<string, Tensor> Parameters,
    IReadOnlyDictionary<string, Tensor> Outputs,
    IReadOnlyDictionary<string, Tensor> OutputGradients,
    IReadOnlyDictionary<string, Tensor> Gradients,
    Tolerance OutputTolerance,
    Tolerance GradientTolerance,
    IReadOnlyDictionary<string, int[]> ConventionPoints,
    IReadOnlyDictionary<string, double> Acceptance)
{
    /// <summary>Whether the first axis of the inputs is the batch; a plain vector has none.</summary>
    public bool IsBatched => Layout != "N";

    /// <summary>A fresh reading of the configuration.</summary>
    public Settings Settings => new(Config, "config");

    public Tensor Input(string name) => Find(Inputs, name, "inputs");

    public Tensor Output(string name) => Find(Outputs, name, "outputs");

    public double Band(string name) => Acceptance.TryGetValue(name, out var band) ? band : throw new FormatException($"acceptance lacks '{name}'");

    private static Tensor Find(IReadOnlyDictionary<string, Tensor> tensors, string name, string place) =>
        tensors.TryGetValue(name, out var tensor) ? tensor : throw new FormatException($"{place} lacks '{name}'");
}
