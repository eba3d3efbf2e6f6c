using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>Attributes → layers in the order in which they run: resolves members and brackets, and names what the stacks hold.</summary>
internal sealed class StackReader
{
    // Where the first layer names all that it reads.
    private const int Nothing = int.MinValue;

    private readonly List<Problem> _problems;
    private readonly LayerNames _names;
    private readonly List<Layer> _layers = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (LayerSpec Use, int Input)> _blocks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LayerSpec> _specs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _results = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withoutResult = new(StringComparer.Ordinal);
    private readonly List<Problem> _later = [];
    private readonly IReadOnlyList<InputSpec> _inputs;
    private readonly StackOrder? _order;
    private readonly ShapeTrail _shapes;
    private bool _isSound = true;

    private StackReader(List<Problem> problems, IReadOnlyList<InputSpec> inputs, ShapeTrail shapes, StackOrder? order = null)
    {
        (_problems, _inputs, _shapes, _order) = (problems, inputs, shapes, order);
        _names = new LayerNames(problems);
    }

    /// <summary>Reads a network's layers; any problem keeps it from being compiled.</summary>
    public static LayerList Read(NetworkSpec spec, List<Problem> problems)
    {
        var inputs = InputReader.Read(spec, problems);
        var order = new StackOrder(spec);
        var reader = new StackReader(problems, inputs, new ShapeTrail([.. inputs.Select(input => input.Shape)]), order);
        foreach (var member in spec.Members)
            reader._names.Take(member);
        if (inputs.FirstOrDefault()?.Member.Length == 0)
            reader._results[inputs[0].Layer] = -1;
        var ends = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var stack in order.Sort(reader.Report))
            ends[stack.Name] = reader.ReadStack(stack);
        var layers = reader._layers;
        var stacks = spec.Stacks.Where(stack => ends.ContainsKey(stack.Name))
            .Select(stack => new LayerStack(stack.Name, ends[stack.Name], layers.FindIndex(layer => layer.Op is LossOp && layer.Member == stack.Name), IsOutput: false)).ToList();
        if (!reader._isSound)
            return new LayerList(inputs, layers, stacks);
        problems.AddRange(reader._later);
        StackChecks.Run(spec, layers, problems);
        return OutputChecks.Run(spec, new LayerList(inputs, layers, stacks), problems);
    }

    /// <summary>Checks the layers of a block where it is declared, its parameters without values.</summary>
    public static void Check(string kind, IEnumerable<LayerSpec> layers, List<Problem> problems) =>
        new StackReader(problems, [], new ShapeTrail(null)).Run(new Queue<LayerSpec>(layers), Scope.Network with { Block = kind }, x: -1);

    private int ReadStack(MemberSpec stack)
    {
        var layers = stack.Layers.Where(layer => !layer.Is("Input")).ToList();
        foreach (var late in layers.Skip(1).Where(layer => layer.Find("From") is not null))
            ReportFrom(late, new Place(late.Attribute));
        var x = layers.Count == 0 && stack.Name.Length == 0 ? InputOf(stack) ?? Nothing : Start(stack, layers.FirstOrDefault());
        var end = Run(new Queue<LayerSpec>(layers), Scope.Network with { Prefix = stack.Prefix, Member = stack.Name }, x);
        var name = stack.Prefix.TrimEnd('.');
        if (end != Nothing)
            _results[name] = end;
        else
            _withoutResult.Add(stack.Name);
        // As a block that other members can apply again, to something else.
        if (stack.Name.Length > 0 && layers.Count > 0)
            _blocks[name] = (new LayerSpec(stack.Name, stack.Attribute, IsKnown: true, EquatableArray<Argument>.Empty, Block: layers.Select((layer, i) => i == 0 ? layer.Without("From") : layer).ToEquatableArray()), x);
        return end;
    }

    // What a stack's first layer reads.
    private int Start(MemberSpec stack, LayerSpec? first)
    {
        var from = first?.Find("From");
        if (InputOf(stack) is { } own)
        {
            if (from is not null)
                ReportFrom(first!, new Place(first!.Attribute));
            return own;
        }

        if (from is not null)
            return Resolve(first!, "From", from.Text ?? "", Scope.Network with { Member = stack.Name });
        if (first?.Sources.Any() == true)
            return Nothing;
        if (stack.Name.Length > 0 && _results.TryGetValue("", out var trunk))
            return trunk;
        if (_inputs.Count == 1)
            return -1;
        if (_inputs.Count > 1)
            Report(Problem.Of(Rules.MissingFrom, new Site(stack.Attribute, ""), stack.Name.Length == 0 ? "The network's stack" : $"'{stack.Name}'", string.Join(", ", _inputs.Select(input => input.Member.Length == 0 ? "that of the class" : input.Member)), "its first layer"));
        return -1;
    }

    private int? InputOf(MemberSpec stack)
    {
        for (var i = 0; i < _inputs.Count; i++)
        {
            if (_inputs[i].Member == stack.Name)
                return -1 - i;
        }

        return null;
    }

    // What a name stands for: within its own stack first, then in the class's, or in a member.
    private int Resolve(LayerSpec layer, string argument, string name, Scope scope)
    {
        // The end of the network's own stack has no name.
        if (name.Length > 0 && (_results.TryGetValue(scope.Prefix + name, out var result) || _results.TryGetValue(Global(name, scope), out result)))
            return result;
        var near = _results.Keys.Where(key => key.Length > 0 && (key.StartsWith(scope.Prefix, StringComparison.Ordinal) || scope.Block.Length == 0)).Select(key => key.StartsWith(scope.Prefix, StringComparison.Ordinal) ? key.Substring(scope.Prefix.Length) : key);
        var members = scope.Block.Length > 0 || _order is null ? [] : _order.Members.Select(member => member.Name).Where(member => member != scope.Member && !_withoutResult.Contains(member));
        Report(scope.Place(layer).Problem(Rules.UnknownSource, argument, layer.Kind, name, Near.Of(name, members.Concat(near.Where(key => _order?.Members.Any(member => member.Variable == key) != true)))));
        return -1;
    }

    // Within a block names are the block's; a member that is applied again reads what it read before.
    private string Global(string name, Scope scope) => scope.Block.Length > 0 && !scope.IsMember || _order is null ? scope.Prefix + name : _order.Key(name);

    private void ReportFrom(LayerSpec layer, Place place) => Report(place.Problem(Rules.FromMisplaced, "From", layer.Kind));

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
            else if (scope.Block.Length > 0 && layer.Find("From") is not null)
                ReportFrom(layer, scope.Place(layer));
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
        if (op is LossOp weighted)
            op = weighted with { Weight = arguments.Factor("Weight", 1, "the weight of a loss") };
        op = op with { IsFrozen = arguments.Flag("Frozen", op.IsFrozen) || scope.IsFrozen };
        if (op.Parameters.Count == 0 && arguments.Flag("Frozen", false))
            arguments.Report(Rules.OutOfRange, "Frozen", arguments.Label("Frozen"), "true", "the layer has nothing that is learnt: leave it out");
        var name = _names.Take(layer, place, scope.Prefix, LayerNames.Stem(op.Name));
        if (op is JoinOp join)
            return Join(layer, join, name, stack, scope, x);
        // Where no [End] follows, the join that isn't closed says enough.
        if (op is LossOp && scope.Join.Length == 0 && scope.Block.Length == 0 && stack.Count > 0)
            _later.Add(place.Problem(Rules.LossNotLast, "", layer.Kind, stack.Peek().Kind));
        if (op is LossOp && scope.Join.Length > 0 && !stack.Any(next => next.Is("End")))
            _isSound = false;
        else if (op is LossOp && scope.Join.Length > 0)
            Report(place.Problem(Rules.OnlyNetworkHas, "", layer.Kind, $"a branch of [{scope.Join}]", "a loss stands behind all layers of its stack", "move it behind [End]"));
        else if (op is LossOp && scope.IsMember)
            Report(place.Problem(Rules.OnlyNetworkHas, "", layer.Kind, $"the member {scope.Block} that [Shared] applies again", "a loss is there once", $"let a member of its own end in the loss: [{layer.Kind}(From = nameof({scope.Block}))]"));
        else if (op is LossOp && scope.Block.Length > 0)
            Report(place.Problem(Rules.OnlyNetworkHas, "", layer.Kind, $"the block [{scope.Block}]", "a loss stands behind all layers of its stack", "move it to the networks that use the block"));
        if (op is not (LossOp or PenaltyOp))
            _specs[name] = layer;
        if (op is EmbeddingLossOp && x != Nothing)
        {
            Report(place.Problem(Rules.NotCompared, "", layer.Kind, "there is a value before it, which it wouldn't read", "let it stand alone on a member, a partial property, without From"));
            return x;
        }

        var sound = _problems.Count;
        var operands = Operands(layer, scope, x);
        if (op is EmbeddingLossOp && _problems.Count == sound && operands.Distinct().Count() < operands.Count)
            Report(place.Problem(Rules.NotCompared, "", layer.Kind, "two of them are the same", "name each result once"));
        return Add(new Layer(op, layer.Kind, name, scope.Place(layer, name), operands) { Shares = Original(layer, name, scope, x), Member = scope.Member });
    }

    // What is before the layer, and what it names.
    private EquatableArray<int> Operands(LayerSpec layer, Scope scope, int x) =>
        new[] { x }.Where(before => before != Nothing).Concat(layer.Sources.Select(source => Resolve(layer, source.Argument, source.Name, scope))).ToEquatableArray();

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
        var isUsable = given is not null && _names.IsUsable(place, scope.Prefix, given, isNumbered: true);
        for (var time = 0; time < times; time++)
        {
            var name = times == 1 ? _names.Take(use, place, scope.Prefix, stem) : _names.Number(use, scope.Prefix, isUsable ? given! : stem);
            _blocks[name] = (use, x);
            _results[name] = x = Run(new Queue<LayerSpec>(layers), scope.Within(use, name), x);
        }

        return x;
    }

    private int Share(LayerSpec layer, Scope scope, int x)
    {
        var place = scope.Place(layer);
        var name = layer.Find("layer")?.Text ?? "";
        var key = _specs.ContainsKey(scope.Prefix + name) || _blocks.ContainsKey(scope.Prefix + name) ? scope.Prefix + name : Global(name, scope);
        var (isLayer, isBlock) = (_specs.TryGetValue(key, out var spec), _blocks.TryGetValue(key, out var block));
        if (!isLayer && !isBlock)
        {
            ReportName(layer, name, scope, "no layer or block", _specs.Keys.Concat(_blocks.Keys), place);
            return x;
        }

        if (isBlock && block.Input == Nothing)
        {
            var first = block.Use.Block!.Value[0];
            Report(place.Problem(Rules.SharedShapes, "layer", "[Shared]", $"'{name}'", "what is before it", $"'{name}' begins with [{first.Kind}], which reads what it names and nothing else", $"let [{first.Kind}] stand on a member of its own, and share one that reads it with From"));
            return x;
        }

        var own = _names.Take(layer, place, scope.Prefix, "shared");
        if (isBlock)
        {
            _blocks[own] = (block.Use, x);
            var isMember = _order?.Members.Any(member => member.Variable == key) == true;
            return _results[own] = Run(new Queue<LayerSpec>(block.Use.Block!.Value), scope.Within(layer, own) with { Block = block.Use.Kind, Original = key + ".", IsMember = isMember }, x);
        }

        _specs[own] = spec!;
        var shared = _numbers[key];
        return Add(_layers[shared] with { Kind = spec!.Kind, Name = own, Place = scope.Place(layer, own), Member = scope.Member, Inputs = EquatableArray.Of(x), Shares = _layers[shared].Shares < 0 ? shared : _layers[shared].Shares });
    }

    private int Tie(LayerSpec layer, Scope scope, int x)
    {
        var place = scope.Place(layer);
        var name = layer.Find("layer")?.Text ?? "";
        var hasBias = new LayerArguments(layer, place, _problems).Flag("Bias", true);
        if (!_numbers.TryGetValue(scope.Prefix + name, out var dense) && !_numbers.TryGetValue(Global(name, scope), out dense) || _layers[dense].Op is not DenseOp)
        {
            ReportName(layer, name, scope, "no [Dense]", _layers.Where(other => other.Op is DenseOp).Select(other => other.Name), place);
            return x;
        }

        var own = _names.Take(layer, place, scope.Prefix, "tied");
        var isFrozen = new LayerArguments(layer, place, _problems).Flag("Frozen", false) || scope.IsFrozen;
        return Add(new Layer(new TiedDenseOp(_layers[dense].Name, hasBias) { IsFrozen = isFrozen }, layer.Kind, own, scope.Place(layer, own), EquatableArray.Of(x)) { Tied = dense, Shares = Original(layer, own, scope, x), Member = scope.Member });
    }

    private void ReportName(LayerSpec layer, string name, Scope scope, string what, IEnumerable<string> names, Place place)
    {
        var near = names.Where(other => other.StartsWith(scope.Prefix, StringComparison.Ordinal)).Select(other => other.Substring(scope.Prefix.Length)).Where(other => !other.Contains('.'))
            .Concat(scope.Block.Length > 0 || scope.Prefix.Length == 0 ? [] : names.Where(other => !other.StartsWith(scope.Prefix, StringComparison.Ordinal))).Distinct().ToList();
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
        return _results[name] = Run(new Queue<LayerSpec>(layers), scope.Within(layer, name), x);
    }

    // Branches, each from the value before the join, up to the join's [End].
    private int Join(LayerSpec layer, JoinOp op, string name, Queue<LayerSpec> stack, Scope scope, int x)
    {
        var place = scope.Place(layer);
        if (layer.Sources.Any())
        {
            var operands = Operands(layer, scope, x);
            if (operands.Count < 2)
                Report(place.Problem(Rules.TooFewBranches, "", layer.Kind, "a single value", "name one more"));
            return Add(new Layer(op, layer.Kind, name, scope.Place(layer, name), operands) { Member = scope.Member });
        }

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
            Report(place.Problem(Rules.TooFewBranches, "", layer.Kind, ends.Count == 0 ? "no branches" : "a single branch", "start each with [Branch]; one without layers is the identity"));
        return Add(new Layer(op, layer.Kind, name, scope.Place(layer, name), ends.ToEquatableArray()) { Member = scope.Member });
    }

    private int Add(Layer layer)
    {
        _numbers[layer.Name] = _layers.Count;
        _layers.Add(layer);
        // A penalty lets its input through, and so does a loss; one of several results has none of its own.
        if (layer.Op is PenaltyOp or LossOp)
            return layer.Inputs.Count == 1 ? layer.Inputs[0] : Nothing;
        return _results[layer.Name] = _layers.Count - 1;
    }

    private void Report(Problem problem)
    {
        _isSound = false;
        _problems.Add(problem);
    }

    private static bool IsBracket(LayerSpec layer) => layer.Is("Branch") || layer.Is("End");

    /// <summary>What surrounds a layer.</summary>
    /// <param name="Prefix">Names of the blocks around it, with a dot behind each.</param>
    /// <param name="Use">The network's attribute that those blocks come from, or −1 outside of blocks.</param>
    /// <param name="Join">The attribute of the join that it is in a branch of, or empty.</param>
    /// <param name="Block">The block's attribute, or empty outside of blocks.</param>
    /// <param name="Original">In a block that is applied again, the prefix of its first use; else empty.</param>
    /// <param name="IsFrozen">Whether a block around it is frozen.</param>
    /// <param name="Member">The member that it is part of, or empty.</param>
    private sealed record Scope(string Prefix, int Use, string Join, string Block, string Original, bool IsFrozen, string Member)
    {
        /// <summary>Whether the block is a member that is applied again.</summary>
        public bool IsMember { get; init; }

        public static readonly Scope Network = new("", -1, "", "", "", IsFrozen: false, "");

        /// <summary>The inside of a block with a name.</summary>
        public Scope Within(LayerSpec block, string name) =>
            new(name + ".", Use < 0 ? block.Attribute : Use, "", block.Kind, Original.Length == 0 ? "" : Original + name.Substring(Prefix.Length) + ".", IsFrozen || block.Find("Frozen") is { Number: not 0 }, Member);

        /// <summary>Where a layer was written; its name is known once its arguments are read.</summary>
        public Place Place(LayerSpec layer, string name = "") => Use < 0 ? new Place(layer.Attribute, "", layer) : new Place(Use, name.Length > 0 ? name : Prefix.TrimEnd('.'), layer, Block);
    }
}
