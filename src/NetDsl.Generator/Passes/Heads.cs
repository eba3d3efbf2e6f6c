using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>A loss, and what the generated methods call what belongs to it.</summary>
/// <param name="Loss">The layer.</param>
/// <param name="Name">That of its member where there are several losses; else empty.</param>
/// <param name="IsOnly">Whether there is no other loss.</param>
internal sealed record Head(Layer Loss, string Name, bool IsOnly)
{
    public LossOp Op => (LossOp)Loss.Op;

    /// <summary>weights, or policyWeights.</summary>
    public string Variable(string what) => Name.Length == 0 ? what : Name + Text.Pascal(what);

    public string Target(bool takesLabels) => !IsOnly ? Variable("targets") : takesLabels ? "labels" : "t";
}

/// <summary>An answer of Predict.</summary>
/// <param name="Variable">As a parameter.</param>
internal sealed record Output(LayerStack Stack, string Variable);

/// <summary>Losses and answers of a network, and their names in the generated methods.</summary>
internal static class Heads
{
    /// <summary>The losses, those outside included, in the order in which they run; then in that of the declarations.</summary>
    public static IReadOnlyList<Head> Of(LayerList list)
    {
        var losses = list.Stacks.Where(stack => stack.Loss >= 0).ToList();
        return [.. losses.Select(stack => new Head(list.Layers[stack.Loss], losses.Count == 1 ? "" : Text.Camel(stack.Name), losses.Count == 1))];
    }

    /// <summary>The answers as declared.</summary>
    public static IReadOnlyList<Output> Outputs(LayerList list)
    {
        var outputs = list.Outputs;
        var inputs = list.Inputs.Select(input => input.Name).ToList();
        return [.. outputs.Select(stack => new Output(stack, outputs.Count == 1 || stack.Name.Length == 0 ? "y" : Variable(Text.Camel(stack.Name))))];

        string Variable(string name) => inputs.Contains(name) ? name + "Output" : ArgumentNames.Of(name, "Output");
    }

    /// <summary>What the gradients of a loss's predictions are called, where they come from outside: dA, or dSameA where dA is that of a loss before it.</summary>
    public static IReadOnlyList<string> GradientsOf(LayerList list, Head head)
    {
        var heads = Of(list);
        var taken = new HashSet<string>(heads.TakeWhile(other => other.Loss != head.Loss).SelectMany(other => PredictionsOf(list, other)));
        return [.. PredictionsOf(list, head).Select(name => taken.Contains(name) ? Text.Pascal(head.Name) + Text.Pascal(name) : name).Select(name => "d" + name)];
    }

    private static IEnumerable<string> PredictionsOf(LayerList list, Head head) => head.Op.Predictions == 1
        ? [head.Name.Length == 0 ? "y" : Text.Pascal(head.Name)]
        : head.Loss.Inputs.Select(input => list.Stacks.FirstOrDefault(stack => stack.End == input && stack.Name.Length > 0)?.Name ?? (input < 0 ? list.Inputs[-1 - input].Name : Text.Member(list.Layers[input].Name)));

    /// <summary>All names of parameters and locals that depend on members.</summary>
    public static IEnumerable<string> ArgumentsOf(LayerList list)
    {
        var heads = Of(list);
        return heads.Where(head => head.Name.Length > 0).SelectMany(head => new[] { "targets", "weights", "terms", "loss" }.Select(head.Variable))
            .Concat(heads.SelectMany(head => GradientsOf(list, head)))
            .Concat(Outputs(list).Select(output => output.Variable));
    }
}
