using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>A layer with its operation and name.</summary>
/// <param name="Kind">The attribute's name.</param>
/// <param name="Place">Where it was written.</param>
/// <param name="Inputs">The layers whose results it reads, by their numbers in the list; −1 for the network's input.</param>
internal sealed record Layer(LayerOp Op, string Kind, string Name, Place Place, EquatableArray<int> Inputs)
{
    /// <summary>The layer whose parameters it uses, or −1 where it has its own.</summary>
    public int Shares { get; init; } = -1;

    /// <summary>The layer whose weights it reads transposed, or −1.</summary>
    public int Tied { get; init; } = -1;

    /// <summary>Whether penalties have something to apply to.</summary>
    public bool HasWeights => Shares < 0 && !Op.IsFrozen && Op.Parameters.Any(parameter => parameter.IsPenalised);
}

/// <summary>Attributes → layers in the order in which they run: resolves brackets, and names what the stack holds.</summary>
internal sealed class StackReader
{
    private readonly List<Problem> _problems;
    private readonly LayerNames _names;
    private readonly List<Layer> _layers = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (LayerSpec Use, int Input)> _blocks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LayerSpec> _specs = new(StringComparer.Ordinal);
    private readonly ShapeTrail _shapes;
    private bool _isSound = true;

    private StackReader(List<Problem> problems, ShapeTrail shapes)
    {
        _problems = problems;
        _names = new LayerNames(problems);
        _shapes = shapes;
    }

    /// <summary>Reads a network's layers; any problem keeps it from being compiled.</summary>
    public static (Shape Input, IReadOnlyList<Layer> Layers) Read(NetworkSpec spec, List<Problem> problems)
    {
        var input = ReadInput(spec, problems);
        var reader = new StackReader(problems, new ShapeTrail(input));
        var last = reader.Run(new Queue<LayerSpec>(spec.Layers.Where(layer => !layer.Is("Input"))), Scope.Network, x: -1);
        if (reader._isSound)
            StackChecks.Run(spec, reader._layers, problems);
        if (!reader._layers.Any(layer => layer.Op is LossOp))
            reader._layers.Add(new Layer(new OutsideLossOp(), "", "loss", new Place(-1), EquatableArray.Of(last)));
        return (input, reader._layers);
    }

    /// <summary>Checks the layers of a block where it is declared, its parameters without values.</summary>
    public static void Check(string kind, IEnumerable<LayerSpec> layers, List<Problem> problems) =>
        new StackReader(problems, new ShapeTrail(null)).Run(new Queue<LayerSpec>(layers), Scope.Network with { Block = kind }, x: -1);

    // Layers one after the other, up to the bracket that ends the branch they are in; returns the number of the last one.
    private int Run(Queue<LayerSpec> stack, Scope scope, int x)
    {
        while (stack.Count > 0 && !(scope.Join.Length > 0 && IsBracket(stack.Peek())))
        {
            var layer = stack.Dequeue();
            if (!layer.IsKnown)
                Report(scope.Place(layer).Problem(Rules.UnknownLayer, "", layer.Kind));
            else if (IsBracket(layer))
                Report(scope.Place(layer).Problem(layer.Is("Branch") ? Rules.BranchOutsideJoin : Rules.EndOutsideJoin, ""));
            else if (layer.Is("Input"))
                Report(scope.Place(layer).Problem(Rules.OnlyNetworkHas, "", layer.Kind, $"the block [{scope.Block}]", "only a network has an input", "remove it: a block reads what is before it"));
            else if (layer.Block is { } block)
                x = Repeat(layer, block, scope, x);
            else if (layer.Is("Projection"))
                x = Project(layer, scope, x);
            else if (layer.Is("Shared"))
                x = Share(layer, scope, x);
            else if (layer.Is("Tied"))
                x = Tie(layer, scope, x);
            else
                x = Read(layer, stack, scope, x);
        }

        return x;
    }

    private int Read(LayerSpec layer, Queue<LayerSpec> stack, Scope scope, int x)
    {
        var place = scope.Place(layer);
        var arguments = new LayerArguments(layer, place, _problems);
        var op = layer.Formula is null ? Catalogue.Parse(layer.Kind, arguments) : FormulaLayers.Parse(layer, arguments);
        op = op with { IsFrozen = arguments.Flag("Frozen", op.IsFrozen) || scope.IsFrozen };
        if (op.Parameters.Count == 0 && arguments.Flag("Frozen", false))
            arguments.Report(Rules.OutOfRange, "Frozen", arguments.Label("Frozen"), "true", "the layer has nothing that is learnt: leave it out");
        var name = _names.Take(layer, place, scope.Prefix, LayerNames.Stem(op.Name));
        if (op is JoinOp join)
            return Join(layer, join, name, stack, scope, x);
        // Where no [End] follows, the join that isn't closed says enough.
        if (op is LossOp && scope.Join.Length > 0 && !stack.Any(next => next.Is("End")))
            _isSound = false;
        else if (op is LossOp && scope.Join.Length > 0)
            Report(place.Problem(Rules.OnlyNetworkHas, "", layer.Kind, $"a branch of [{scope.Join}]", "a network has one loss, behind all of its layers", "move it behind [End]"));
        else if (op is LossOp && scope.Block.Length > 0)
            Report(place.Problem(Rules.OnlyNetworkHas, "", layer.Kind, $"the block [{scope.Block}]", "a network has one loss, behind all of its layers", "move it to the networks that use the block"));
        if (op is not (LossOp or PenaltyOp))
            _specs[name] = layer;
        return Add(new Layer(op, layer.Kind, name, scope.Place(layer, name), EquatableArray.Of(x)) { Shares = Original(layer, name, scope, x) });
    }

    // Within a block that is applied again: the layer of the same name in the block itself.
    private int Original(LayerSpec layer, string name, Scope scope, int x)
    {
        if (scope.Original.Length == 0)
            return -1;
        var original = scope.Original + name.Substring(scope.Prefix.Length);
        if (_numbers.TryGetValue(original, out var number))
            return _layers[number].Shares < 0 ? number : _layers[number].Shares;
        var block = _blocks[scope.Original.TrimEnd('.')];
        Report(scope.Place(layer).Problem(Rules.SharedShapes, "", "[Shared]", $"the block '{scope.Original.TrimEnd('.')}'", $"{_shapes.Of(_layers, x)}", $"it was made for {_shapes.Of(_layers, block.Input)}, where it has no [{layer.Kind}]", "give it an input of the same shape"));
        return -1;
    }

    // Each time with names, and so with parameters, of its own.
    private int Repeat(LayerSpec use, EquatableArray<LayerSpec> layers, Scope scope, int x)
    {
        var place = scope.Place(use);
        var times = new LayerArguments(use, place, _problems).Positive("Repeat", "the number of repetitions");
        var stem = LayerNames.Stem(Text.Snake(use.Kind));
        var given = times == 1 ? null : use.Find("Name")?.Text;
        var isUsable = given is not null && _names.IsUsable(use, place, scope.Prefix, given);
        for (var time = 0; time < times; time++)
        {
            var name = times == 1 ? _names.Take(use, place, scope.Prefix, stem) : _names.Number(use, scope.Prefix, isUsable ? given! : stem);
            _blocks[name] = (use, x);
            x = Run(new Queue<LayerSpec>(layers), scope.Within(use, name), x);
        }

        return x;
    }

    private int Share(LayerSpec layer, Scope scope, int x)
    {
        var place = scope.Place(layer);
        var name = layer.Find("layer")?.Text ?? "";
        var (isLayer, isBlock) = (_specs.TryGetValue(scope.Prefix + name, out var spec), _blocks.TryGetValue(scope.Prefix + name, out var block));
        if (!isLayer && !isBlock)
        {
            ReportName(layer, name, scope, "no layer or block", _specs.Keys.Concat(_blocks.Keys), place);
            return x;
        }

        var own = _names.Take(layer, place, scope.Prefix, "shared");
        if (isBlock)
        {
            _blocks[own] = (block.Use, x);
            return Run(new Queue<LayerSpec>(block.Use.Block!.Value), scope.Within(layer, own) with { Block = block.Use.Kind, Original = scope.Prefix + name + "." }, x);
        }

        _specs[own] = spec!;
        var shared = _numbers[scope.Prefix + name];
        return Add(_layers[shared] with { Kind = spec!.Kind, Name = own, Place = scope.Place(layer, own), Inputs = EquatableArray.Of(x), Shares = _layers[shared].Shares < 0 ? shared : _layers[shared].Shares });
    }

    private int Tie(LayerSpec layer, Scope scope, int x)
    {
        var place = scope.Place(layer);
        var name = layer.Find("layer")?.Text ?? "";
        var hasBias = new LayerArguments(layer, place, _problems).Flag("Bias", true);
        if (!_numbers.TryGetValue(scope.Prefix + name, out var dense) || _layers[dense].Op is not DenseOp)
        {
            ReportName(layer, name, scope, "no [Dense]", _layers.Where(other => other.Op is DenseOp).Select(other => other.Name), place);
            return x;
        }

        var own = _names.Take(layer, place, scope.Prefix, "tied");
        var isFrozen = new LayerArguments(layer, place, _problems).Flag("Frozen", false) || scope.IsFrozen;
        return Add(new Layer(new TiedDenseOp(scope.Prefix + name, hasBias) { IsFrozen = isFrozen }, layer.Kind, own, scope.Place(layer, own), EquatableArray.Of(x)) { Tied = dense, Shares = Original(layer, own, scope, x) });
    }

    private void ReportName(LayerSpec layer, string name, Scope scope, string what, IEnumerable<string> names, Place place)
    {
        var near = names.Where(other => other.StartsWith(scope.Prefix, StringComparison.Ordinal)).Select(other => other.Substring(scope.Prefix.Length)).Where(other => !other.Contains('.')).ToList();
        Report(place.Problem(Rules.NoEarlierLayer, "layer", layer.Kind, name, what, near.Count == 0 ? "none" : string.Join(", ", near)));
    }

    // Nothing where the shapes agree. An unknown shape is behind an error, or in a block that is looked at by itself.
    private int Project(LayerSpec layer, Scope scope, int x)
    {
        var place = scope.Place(layer);
        var shape = _shapes.Of(_layers, x);
        var layers = Projection.Layers(layer, new LayerArguments(layer, place, _problems), shape, scope.Use < 0);
        if (shape is null || layers.Count == 0)
            return x;
        var name = _names.Take(layer, place, scope.Prefix, "projection");
        _blocks[name] = (layer with { Block = layers.ToEquatableArray() }, x);
        return Run(new Queue<LayerSpec>(layers), scope.Within(layer, name), x);
    }

    // Branches, each from the value before the join, up to the join's [End].
    private int Join(LayerSpec layer, JoinOp op, string name, Queue<LayerSpec> stack, Scope scope, int x)
    {
        var place = scope.Place(layer);
        var inside = scope with { Join = layer.Kind };
        if (stack.Count > 0 && !IsBracket(stack.Peek()))
        {
            Report(scope.Place(stack.Peek()).Problem(Rules.LayerBeforeBranch, "", stack.Peek().Kind, layer.Kind));
            Run(stack, inside, x);
        }

        var ends = new List<int>();
        while (stack.Count > 0 && stack.Peek().Is("Branch"))
        {
            stack.Dequeue();
            ends.Add(Run(stack, inside, x));
        }

        if (stack.Count == 0)
            Report(place.Problem(Rules.JoinNotClosed, "", layer.Kind));
        else if (stack.Dequeue() is not null && ends.Count < 2)
            Report(place.Problem(Rules.TooFewBranches, "", layer.Kind, ends.Count == 0 ? "no branches" : "a single branch"));
        return Add(new Layer(op, layer.Kind, name, scope.Place(layer, name), ends.ToEquatableArray()));
    }

    private int Add(Layer layer)
    {
        _numbers[layer.Name] = _layers.Count;
        _layers.Add(layer);
        // A penalty lets its input through, and so does a loss in a wrong place.
        return layer.Op is PenaltyOp or LossOp ? layer.Inputs[0] : _layers.Count - 1;
    }

    private void Report(Problem problem)
    {
        _isSound = false;
        _problems.Add(problem);
    }

    private static bool IsBracket(LayerSpec layer) => layer.Is("Branch") || layer.Is("End");

    private static Shape ReadInput(NetworkSpec spec, List<Problem> problems)
    {
        var inputs = spec.Layers.Where(layer => layer.Is("Input")).ToList();
        if (inputs.Count == 0)
        {
            problems.Add(Problem.Of(Rules.NoInput, Site.Class, spec.Name));
            return Shape.Of(1);
        }

        foreach (var early in spec.Layers.TakeWhile(layer => !layer.Is("Input")))
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

    /// <summary>What surrounds a layer.</summary>
    /// <param name="Prefix">Names of the blocks around it, with a dot behind each.</param>
    /// <param name="Use">The network's attribute that those blocks come from, or −1 outside of blocks.</param>
    /// <param name="Join">The attribute of the join that it is in a branch of, or empty.</param>
    /// <param name="Block">The block's attribute, or empty outside of blocks.</param>
    /// <param name="Original">In a block that is applied again, the prefix of its first use; else empty.</param>
    /// <param name="IsFrozen">Whether a block around it is frozen.</param>
    private sealed record Scope(string Prefix, int Use, string Join, string Block, string Original, bool IsFrozen)
    {
        public static readonly Scope Network = new("", -1, "", "", "", IsFrozen: false);

        /// <summary>The inside of a block with a name.</summary>
        public Scope Within(LayerSpec block, string name) =>
            new(name + ".", Use < 0 ? block.Attribute : Use, "", block.Kind, Original.Length == 0 ? "" : Original + name.Substring(Prefix.Length) + ".", IsFrozen || block.Find("Frozen") is { Number: not 0 });

        /// <summary>Where a layer was written; its name is known once its arguments are read.</summary>
        public Place Place(LayerSpec layer, string name = "") => Use < 0 ? new Place(layer.Attribute, "", layer) : new Place(Use, name.Length > 0 ? name : Prefix.TrimEnd('.'), layer);
    }
}
