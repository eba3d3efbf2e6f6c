using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>A layer with its operation and name.</summary>
internal sealed record Layer(LayerOp Op, string Kind, string Name, int Attribute);

/// <summary>Attributes → layers → graph: checks the order of the stack and names what it holds.</summary>
internal static class Lowering
{
    // Members of the generated nested classes and of their bases.
    private static readonly HashSet<string> Reserved =
    [
        "Values", "Tensors", "Count", "Capacity", "Stage", "Seed", "Step", "Bytes", "Training", "LossInput", "BatchStatistics", "Buffer", "Fixed", "Slice", "Begin", "Continue", "Finish", "Require", "MaskSeed", "KeepMasks", "Penalty",
        "Parameters", "Gradients", "Workspace", "Layout", "Description", "RequireSameLayout",
        "Learnable", "State", "Initialize", "CopyFrom", "CopyMatching", "Clear", "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize", "ReferenceEquals", "Item",
    ];

    // Hidden has HiddenMask and HiddenTensors beside it.
    private static readonly string[] ReservedEndings = ["Mask", "Derivative", "Tensors"];

    /// <summary>Reads the layers; any problem keeps the network from being compiled.</summary>
    public static (Shape Input, IReadOnlyList<Layer> Layers) Read(NetworkSpec spec, List<Problem> problems)
    {
        var input = ReadInput(spec, problems);
        var layers = new List<Layer>();
        foreach (var layer in spec.Layers.Where(layer => layer.Kind != "Input"))
        {
            if (!layer.IsKnown)
            {
                problems.Add(Problem.Of(Rules.UnknownLayer, new Site(layer.Attribute, ""), layer.Kind));
                continue;
            }

            var arguments = new LayerArguments(layer, problems);
            var op = layer.Formula is null ? Catalogue.Parse(layer.Kind, arguments) : FormulaLayers.Parse(layer, arguments);
            op = op with { IsFrozen = arguments.Flag("Frozen", false) };
            layers.Add(new Layer(op, layer.Kind, Name(layer, op, layers, problems), layer.Attribute));
        }

        CheckOrder(spec, layers, problems);
        if (!layers.Any(layer => layer.Op is LossOp))
            layers.Add(new Layer(new OutsideLossOp(), "", "loss", -1));
        return (input, layers);
    }

    /// <summary>The forward graph as trained, or as at inference: without dropout, with the activation that the loss contains.</summary>
    public static NetworkGraph Lower(NetworkSpec spec, Shape input, IReadOnlyList<Layer> layers, bool inference)
    {
        var graph = new GraphBuilder(spec.Name, spec.IsDouble);
        var x = graph.Add("x", ValueKind.Input, "input", input);
        var product = 0;
        var penalties = new List<(Layer Layer, PenaltyOp Op, string Penalised)>();
        foreach (var layer in layers)
        {
            if (layer.Op is LossOp loss)
            {
                if (inference && loss.OutputActivation is { } activation)
                    Append(graph, layer with { Op = activation }, activation, x, product);
                else if (!inference)
                    graph.Add(loss, layer.Name, layer.Attribute, Phase.Loss, [x, .. Target(graph, layer)], []);
            }
            else if ((inference ? layer.Op.Inference : layer.Op) is PenaltyOp penalty)
            {
                // Before the layers, so that backward adds to the gradients that they have made.
                penalties.AddRange(Penalised(layers, layer).Select(name => (layer, penalty, name)));
            }
            else if ((inference ? layer.Op.Inference : layer.Op) is LayerOp op)
            {
                product += op.IsProduct ? 1 : 0;
                x = Append(graph, layer, op, x, product);
            }
        }

        foreach (var (layer, penalty, name) in penalties)
        {
            var weights = layers.First(other => other.Name == name).Op.Parameters.Zip(graph.Values.Where(value => value.IsParameter && value.Layer == name), (spec, value) => (spec, value));
            foreach (var (_, weight) in weights.Where(pair => pair.spec.IsPenalised))
            {
                graph.Add(penalty, layer.Name, layer.Attribute, Phase.Forward, [weight], []);
                graph.Nodes.Insert(0, graph.Nodes[graph.Nodes.Count - 1]);
                graph.Nodes.RemoveAt(graph.Nodes.Count - 1);
            }
        }

        return graph.Build();
    }

    private static IEnumerable<Value> Target(GraphBuilder graph, Layer loss) =>
        loss.Op is OutsideLossOp ? [] : [graph.Add(loss.Op is ClassLossOp ? "labels" : "t", ValueKind.Target, loss.Name)];

    // The nearest layer with weights before the penalty, or all of them where it comes first.
    private static IEnumerable<string> Penalised(IReadOnlyList<Layer> layers, Layer penalty)
    {
        var weighted = layers.Where(HasWeights).ToList();
        var before = layers.TakeWhile(layer => layer != penalty).LastOrDefault(HasWeights);
        return before is null ? weighted.Select(layer => layer.Name) : [before.Name];
    }

    private static Value Append(GraphBuilder graph, Layer layer, LayerOp op, Value x, int product)
    {
        // Everything between two products carries the first one's number: z1, a1, h1.
        var number = Text.Invariant(product);
        var y = graph.Add(op.Symbol + number, ValueKind.Activation, layer.Name);
        var parameters = op.Parameters.Select(parameter => graph.Add(parameter.Symbol + number, parameter.IsLearnable && !layer.Op.IsFrozen ? ValueKind.Parameter : ValueKind.State, layer.Name)).ToList();
        var sides = op.SideOutputs.Select(side => graph.Add(side.Symbol + number, side.Kind, layer.Name)).ToList();
        graph.Add(op, layer.Name, layer.Attribute, Phase.Forward, [x, .. parameters], [y, .. sides]);
        return y;
    }

    private static Shape ReadInput(NetworkSpec spec, List<Problem> problems)
    {
        var inputs = spec.Layers.Where(layer => layer.Kind == "Input").ToList();
        if (inputs.Count == 0)
        {
            problems.Add(Problem.Of(Rules.NoInput, Site.Class, spec.Name));
            return Shape.Of(1);
        }

        foreach (var early in spec.Layers.TakeWhile(layer => layer.Kind != "Input"))
            problems.Add(Problem.Of(Rules.LayerBeforeInput, new Site(early.Attribute, ""), early.Kind));
        var extents = inputs[0].Find("shape")?.Numbers ?? EquatableArray<double>.Empty;
        if (extents.Count == 0)
            problems.Add(Problem.Of(Rules.NotPositive, new Site(inputs[0].Attribute, ""), "The number of extents of [Input]", "0", "the number of axes of a sample"));
        for (var i = 0; i < extents.Count; i++)
        {
            if (extents[i] < 1)
                problems.Add(Problem.Of(Rules.NotPositive, new Site(inputs[0].Attribute, $"shape[{Text.Invariant(i)}]"), $"Extent {Text.Invariant(i + 1)} of [Input]", Text.RoundTrip(extents[i]), "an extent of the input"));
        }

        return problems.Any(problem => problem.Rule == Rules.NotPositive) ? Shape.Of(1) : new Shape(extents.Select(extent => (int)extent).ToEquatableArray());
    }

    private static string Name(LayerSpec layer, LayerOp op, List<Layer> before, List<Problem> problems)
    {
        var given = layer.Find("Name")?.Text;
        if (given is not null && IsUsable(layer, given, before, problems))
            return given;
        var stem = string.Concat(op.Name.Split('_').Select((word, i) => i == 0 ? word : Text.Pascal(word)));
        var number = 1;
        while (before.Any(other => Text.Pascal(other.Name) == Text.Pascal(stem + Text.Invariant(number))))
            number++;
        return stem + Text.Invariant(number);
    }

    private static bool IsUsable(LayerSpec layer, string name, List<Layer> before, List<Problem> problems)
    {
        bool Report(Rule rule, params string[] arguments)
        {
            problems.Add(Problem.Of(rule, new Site(layer.Attribute, "Name"), arguments));
            return false;
        }

        if (name.Length == 0 || !char.IsLetter(name[0]) || !name.All(letter => char.IsLetterOrDigit(letter) || letter == '_'))
            return Report(Rules.BadName, name, "it becomes an identifier, so it starts with a letter and holds letters, digits and underscores only");
        var member = Text.Pascal(name);
        if (Reserved.Contains(member))
            return Report(Rules.BadName, name, $"the generated classes have a member '{member}' already, so choose another");
        if (ReservedEndings.FirstOrDefault(ending => member.EndsWith(ending, StringComparison.Ordinal)) is { } reserved)
            return Report(Rules.BadName, name, $"members that NetDsl generates end in '{reserved}', so choose another");
        if (before.FirstOrDefault(other => Text.Pascal(other.Name) == member) is { } taken)
            return Report(Rules.DuplicateName, name, taken.Kind, member);
        return true;
    }

    private static void CheckOrder(NetworkSpec spec, List<Layer> layers, List<Problem> problems)
    {
        if (spec.Layers.All(layer => layer.Kind == "Input"))
            problems.Add(Problem.Of(Rules.NoLayers, Site.Class, spec.Name));
        for (var i = 0; i < layers.Count; i++)
        {
            var before = i == 0 ? null : layers[i - 1];
            var ranged = layers.Take(i).LastOrDefault(layer => layer.Op is not IView);
            if (layers[i].Op is LossOp && i < layers.Count - 1)
                problems.Add(Problem.Of(Rules.LossNotLast, new Site(layers[i].Attribute, ""), layers[i].Kind, layers[i + 1].Kind));
            if (layers[i].Op is SoftmaxCrossEntropyOp && before?.Op is SoftmaxOp)
                problems.Add(Problem.Of(Rules.SoftmaxTwice, new Site(before.Attribute, "")));
            if (layers[i].Op is SoftmaxCrossEntropyOp && before?.Op is ActivationOp)
                problems.Add(Problem.Of(Rules.LossDoesNotFit, new Site(layers[i].Attribute, ""), layers[i].Kind, "scores of any size and sign", before.Kind, "remove it, since the loss contains the softmax"));
            if (layers[i].Op is LossOp loss && ranged is not null && !loss.PredictionRange.Contains(ranged.Op.OutputRange))
                problems.Add(Problem.Of(Rules.LossDoesNotFit, new Site(layers[i].Attribute, ""), layers[i].Kind, $"predictions in {loss.PredictionRange.Brackets}", ranged.Kind, Advice(loss.PredictionRange)));
            if (layers[i].Op is PenaltyOp && !layers.Any(layer => HasWeights(layer)))
                problems.Add(Problem.Of(Rules.NothingToPenalise, new Site(layers[i].Attribute, ""), layers[i].Kind, spec.Name));
        }
    }

    private static string Advice(Interval range) =>
        range.Contains(new Interval(0, 1)) ? "put [Sigmoid] between them"
        : range.High == 0 ? "put [LogSoftmax] between them, or use [SoftmaxCrossEntropy] on the scores, which contains softmax and logarithm"
        : "put a layer between them whose values lie there";

    private static bool HasWeights(Layer layer) => !layer.Op.IsFrozen && layer.Op.Parameters.Any(parameter => parameter.IsPenalised);
}
