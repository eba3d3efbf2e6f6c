using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission;

/// <summary>Writes the methods that repeated blocks share, and their calls.</summary>
/// <param name="pass">Before the method's name: Forward.</param>
/// <param name="code">Names of the pass that calls the methods.</param>
/// <param name="hookOf">The method of the user's that may want to see a value, or null.</param>
internal sealed class BlockMethods(CodeWriter writer, string pass, NetworkCode code, MemoryPlan plan, IReadOnlyDictionary<string, PlacedParameter> parameters, TensorViews views, BlockHooks hooks, Func<int, string?> hookOf)
{
    // What is called gradients in a method are those of its block.
    private const string GradientArena = "gradientArena";

    private readonly IReadOnlyDictionary<Node, int> _masks = MaskNumbers.Of(code.Graph);
    private readonly Dictionary<BlockMethod, IReadOnlyList<Formal>> _formals = [];
    private readonly Dictionary<BlockMethod, (string Type, IReadOnlyList<string> Owners)?> _views = [];

    /// <summary>A parameter of a method, and what a block hands over for it.</summary>
    private sealed record Formal(string Type, string Name, Func<BlockInstance, string> Argument);

    private NetworkGraph Graph => code.Graph;

    /// <summary>The values of the pass itself that a call hands over.</summary>
    public static IEnumerable<int> Arguments(BlockMethod method, BlockInstance instance) => method.Spans.Select(id => instance.Values[id]);

    public void Call(BlockMethod method, BlockInstance instance)
    {
        writer.Line($"// ———— {instance.Path}: {Flow(method, id => instance.Values[id], code.Names)} ————");
        writer.Line($"{pass}{method.Name}({string.Join(", ", Formals(method).Select(formal => formal.Argument(instance)))});");
    }

    public void Write(BlockMethod method)
    {
        var names = new Names(Graph, LocalNames(method));
        var steps = new StepWriter(writer, code with { Names = names, GradientArena = HasStepped(method) ? GradientArena : "", Variable = id => Variable(method, names, id), MaskNumber = node => MaskNumber(method, node) }, method.Path + ".");
        writer.Line();
        writer.Line($"/// <summary>{Summary(method, names)}</summary>");
        writer.Open($"private void {pass}{method.Name}({string.Join(", ", Formals(method).Select(formal => $"{formal.Type} {formal.Name}"))})");
        foreach (var id in Touched(method))
        {
            if (method.Regions.FirstOrDefault(region => region.Values.Contains(id)) is { } region)
                steps.Buffer(id, region.IsFixed, Offset(method, region, id), Find(id).Size);
        }

        for (var i = 0; i < method.Steps.Count; i++)
        {
            if (i > 0 || method.Regions.Count > 0)
                writer.Line();
            steps.Heading(method.Steps[i], i == 0 ? null : method.Steps[i - 1]);
            steps.Write(method.Steps[i]);
            if (HasHook(method, i))
                writer.Line($"{Hook(method, i, names.Variable(method.Steps[i].Result))}(block, {names.Variable(method.Steps[i].Result)});");
        }

        writer.Close();
    }

    private static IEnumerable<int> Touched(BlockMethod method) => method.Steps.SelectMany(step => step.Touched).Distinct();

    private bool HasStepped(BlockMethod method) => code.GradientArena.Length > 0 && method.Steps.Any(step => step.Root.Op is DenseBackwardParametersOp { IsStepped: true });

    private static int IndexOf(BlockMethod method, BlockInstance instance) => method.Instances.ToList().IndexOf(instance);

    private string Hook(BlockMethod method, int step, string variable) =>
        hooks.Add($"OnGradient{method.Name}{Text.Pascal(variable)}", variable, method.Instances.Select(instance => hookOf(instance.Steps[step].Result)));

    private bool HasHook(BlockMethod method, int step) => method.Steps[step].HasResult && method.Instances.Any(instance => hookOf(instance.Steps[step].Result) is not null);

    private IReadOnlyDictionary<int, string> LocalNames(BlockMethod method) => BlockNames.Of(Graph, method.Path, method.Steps.SelectMany(step => step.Nodes).SelectMany(node => node.Inputs.Concat(node.Outputs)));

    private PlannedBuffer Find(int id) => plan.Find(id) ?? plan.Fixed.Find(id)!;

    private IReadOnlyList<Formal> Formals(BlockMethod method)
    {
        if (!_formals.TryGetValue(method, out var formals))
            _formals[method] = formals = [.. ListFormals(method)];
        return formals;
    }

    private IEnumerable<Formal> ListFormals(BlockMethod method)
    {
        var names = new Names(Graph, LocalNames(method));
        var nodes = method.Steps.SelectMany(step => step.Nodes).ToList();
        var tensors = Touched(method).Where(id => Graph.Values[id].IsParameter || Graph.Values[id].Kind == ValueKind.ParameterGradient && !code.LeavesOutParameters).ToList();
        var view = View(method);
        foreach (var arena in new[] { "parameters", "gradients" })
        {
            if (view is { } tensorsOf && tensors.Any(id => Graph.Values[id].IsParameter == (arena == "parameters")))
                yield return new Formal(tensorsOf.Type, arena, instance => arena + "." + Member(tensorsOf.Owners[IndexOf(method, instance)]));
        }

        if (HasStepped(method))
            yield return new Formal("Gradients", GradientArena, _ => code.GradientArena);
        foreach (var id in tensors.Where(_ => view is null))
            yield return new Formal(names.Span, names.Variable(id), instance => code.Variable(instance.Values[id]));
        foreach (var id in method.Spans)
            yield return new Formal(nodes.Any(node => node.Outputs.Contains(id)) ? names.Span : names.ReadOnlySpan, names.Variable(id), instance => code.Variable(instance.Values[id]));
        yield return new Formal("Workspace", "workspace", _ => "workspace");
        yield return new Formal("int", "n", _ => "n");
        if (nodes.Any(node => node.Op is BatchNormOp { IsFrozen: false } or DropoutOp))
            yield return new Formal("bool", "training", _ => "training");
        if (nodes.SelectMany(node => node.Outputs).Any(id => Graph.Values[id].Kind == ValueKind.ParameterGradient) && !code.LeavesOutParameters)
            yield return new Formal("bool", "accumulate", _ => "accumulate");
        if (Enumerable.Range(0, method.Steps.Count).Any(step => HasHook(method, step)))
            yield return new Formal("int", "block", instance => $"block: {Text.Invariant(IndexOf(method, instance))}");
        foreach (var region in method.Regions.Where(region => !region.IsConstant))
            yield return new Formal("int", OffsetOf(method, region), instance => $"{OffsetOf(method, region)}: {Text.Invariant(Find(instance.Values[region.Base]).Offset)}");
        if (nodes.Any(node => node.Op is DropoutOp))
            yield return new Formal("int", "dropout", instance => "dropout: " + Text.Invariant(FirstMask(instance)));
    }

    private string Variable(BlockMethod method, Names names, int id)
    {
        var value = Graph.Values[id];
        if (value.Kind == ValueKind.ParameterGradient && code.LeavesOutParameters)
            return "default";
        var parameter = value.Kind == ValueKind.ParameterGradient ? value.Of : id;
        return Graph.Values[parameter].IsParameter && View(method) is { } view
            ? $"{(parameter == id ? "parameters" : "gradients")}.{Member(Tensor(parameter).Substring(view.Owners[0].Length + 1))}" : names.Variable(id);
    }

    // The struct of a block's tensors, where a method takes the same ones of each block; else null.
    private (string Type, IReadOnlyList<string> Owners)? View(BlockMethod method)
    {
        if (!_views.TryGetValue(method, out var view))
            _views[method] = view = FindView(method);
        return view;
    }

    private (string Type, IReadOnlyList<string> Owners)? FindView(BlockMethod method)
    {
        var ids = Touched(method).Select(id => Graph.Values[id].Kind == ValueKind.ParameterGradient ? Graph.Values[id].Of : id).Where(id => Graph.Values[id].IsParameter).Distinct().ToList();
        if (ids.Count == 0)
            return null;
        // A block's tensors are its own, or those of the block that it shares them with.
        var tensors = method.Instances.Select(instance => ids.Select(id => Tensor(ParameterOf(method, instance, id))).ToList()).ToList();
        var owners = method.Instances.Select((instance, i) => string.Join(".", tensors[i][0].Split('.').Take(instance.Path.Split('.').Length))).ToList();
        var rest = tensors[0].Select(tensor => tensor.Substring(Math.Min(tensor.Length, owners[0].Length))).ToList();
        var type = views.TypeOf(owners[0]);
        return type is not null && owners.Select((owner, i) => views.TypeOf(owner) == type && tensors[i].SequenceEqual(rest.Select(tail => owner + tail))).All(same => same) ? (type, owners) : null;
    }

    // A backward step may touch the gradient alone.
    private int ParameterOf(BlockMethod method, BlockInstance instance, int parameter) =>
        instance.Values.TryGetValue(parameter, out var known) ? known
        : Graph.Values[instance.Values[Touched(method).First(id => Graph.Values[id].Kind == ValueKind.ParameterGradient && Graph.Values[id].Of == parameter)]].Of;

    private string Tensor(int parameter)
    {
        var placed = parameters[Graph.Values[parameter].Name];
        return $"{placed.Layer}.{placed.Spec.Name}";
    }

    private static string Member(string path) => string.Join(".", path.Split('.').Select(Text.Pascal));

    // offset, offset2; fixedOffset.
    private static string OffsetOf(BlockMethod method, Region region)
    {
        var number = method.Regions.Where(other => !other.IsConstant && other.IsFixed == region.IsFixed).ToList().IndexOf(region) + 1;
        return (region.IsFixed ? "fixedOffset" : "offset") + (number == 1 ? "" : Text.Invariant(number));
    }

    private string Offset(BlockMethod method, Region region, int id)
    {
        var distance = Find(id).Offset - (region.IsConstant ? 0 : Find(region.Base).Offset);
        return region.IsConstant ? Text.Invariant(distance) : OffsetOf(method, region) + (distance == 0 ? "" : " + " + Text.Invariant(distance));
    }

    private int FirstMask(BlockInstance instance) => instance.Steps.SelectMany(step => step.Nodes).Where(_masks.ContainsKey).Min(node => _masks[node]);

    private string MaskNumber(BlockMethod method, Node node)
    {
        var distance = _masks[node] - FirstMask(method.Instances[0]);
        return "dropout" + (distance == 0 ? "" : " + " + Text.Invariant(distance));
    }

    // A3 [n×8×16×16] → A5 [n×8×16×16]; backwards the gradients.
    private string Flow(BlockMethod method, Func<int, int> of, Names names)
    {
        var made = new HashSet<int>(method.Steps.SelectMany(step => step.Nodes).SelectMany(node => node.Outputs));
        var isBackward = method.Steps[0].Phase != Phase.Forward;
        string Side(bool isMade) => string.Join(", ", method.Spans.Where(id => made.Contains(id) == isMade && IsGradient(id) == isBackward).Select(id => $"{names.Symbol(of(id))} {names.Extents(of(id))}"));
        return string.Join(" → ", new[] { Side(isMade: false), Side(isMade: true) }.Where(side => side.Length > 0));
    }

    private bool IsGradient(int id) => Graph.Values[id].Kind is ValueKind.Gradient or ValueKind.PartialGradient or ValueKind.InputGradient;

    private string Summary(BlockMethod method, Names names)
    {
        var paths = method.Instances.Select(instance => instance.Path).ToList();
        var blocks = paths.Count <= 4 ? string.Join(", ", paths.Take(paths.Count - 1)) + " and " + paths[paths.Count - 1] : $"{Text.Invariant(paths.Count)} blocks from {paths[0]} to {paths[paths.Count - 1]}";
        var (before, behind) = pass switch
        {
            "Forward" => ("The layers of", ""),
            "Predict" => ("The layers of", " at inference"),
            "Backward" => ("The gradients of", ""),
            _ => ("The gradients of", " but those of parameters"),
        };
        var offsets = method.Regions.Where(region => !region.IsConstant).Select(region => $"<paramref name=\"{OffsetOf(method, region)}\"/>").ToList();
        return $"{before} {blocks}{behind}: {Flow(method, id => id, names)}{(offsets.Count == 0 ? "" : $"; their other values lie in the workspace from {string.Join(" and ", offsets)} on")}.";
    }
}
