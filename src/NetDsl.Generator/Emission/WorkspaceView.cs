using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission;

/// <summary>What a workspace shows of the training plan: the layers' and members' results, and what the loss reads; on the host and on devices.</summary>
/// <param name="Name">The property.</param>
internal sealed record WorkspaceView(string Name, string Summary, PlannedBuffer Buffer)
{
    private const string Filled = "filled by Forward, and Backward may write over it";

    public static IEnumerable<WorkspaceView> Of(NetworkModel model, Names names)
    {
        var (graph, plan, layers) = (model.Training.Graph, model.Training.Plan, model.Layers);
        var forward = graph.Nodes.Where(node => node.Phase == Phase.Forward && node.Op is not CopyOp).SelectMany(node => node.Outputs.Select((id, i) => (Node: node, Id: id, Suffix: i == 0 ? "" : ((LayerOp)node.Op).SideOutputs[i - 1].View)).Where(view => view.Id == view.Node.Outputs[0] || view.Suffix.Length > 0));
        foreach (var (node, id, suffix) in forward)
        {
            if (plan.Find(id) is { } buffer)
                yield return new WorkspaceView(Text.Member(node.Layer) + suffix, $"{names.Symbol(id)} {names.Extents(id)} of {node.Layer}; {Filled}", buffer);
        }

        foreach (var stack in layers.Stacks.Where(stack => stack.Name.Length > 0 && stack.End >= 0))
        {
            if (Result(graph, layers, stack) is { } id && plan.Find(id) is { } buffer)
                yield return new WorkspaceView(Text.Pascal(stack.Name), $"{names.Symbol(id)} {names.Extents(id)}, the result of {stack.Name}; {Filled}", buffer);
        }

        if (LossInput(graph, layers) is { } read)
            yield return new WorkspaceView("LossInput", $"{names.Symbol(read)} {names.Extents(read)}, what the {(graph.HasLoss ? "loss" : "loss outside")} reads; {Filled}", plan.Find(read)!);
    }

    public void Write(CodeWriter writer, Names names) => writer.Lines(
        "",
        $"/// <summary>{Summary}.</summary>",
        $"public {names.Span} {Name} => Buffer({Text.Invariant(Buffer.Offset)}, {Text.Invariant(Buffer.Size)});");

    /// <summary>The losses that the workspace tells one by one, where there are several.</summary>
    public static IEnumerable<Head> Losses(NetworkModel model) => Heads.Of(model.Layers) is { Count: > 1 } heads && model.Training.Graph.HasLoss ? heads : [];

    // What the loss of a network, or of its own stack, reads.
    private static int? LossInput(NetworkGraph graph, LayerList layers)
    {
        var head = Heads.Of(layers).FirstOrDefault(head => head.IsOnly || head.Name.Length == 0);
        return head is null || head.Op.Predictions > 1 ? null : graph.PredictionsOf(graph.LossOf(head)).First().Id;
    }

    // The value of a member's result; of one that went into a loss, what that reads. What no loss depends on isn't part of training.
    private static int? Result(NetworkGraph graph, LayerList layers, LayerStack stack)
    {
        if (stack.Loss >= 0 && graph.Losses.FirstOrDefault(loss => loss.Layer == layers.Layers[stack.Loss].Name) is { } node)
            return node.Inputs[0];
        return graph.Nodes.FirstOrDefault(other => other.Layer == layers.Layers[stack.End].Name && other.Phase == Phase.Forward)?.Outputs[0];
    }
}
