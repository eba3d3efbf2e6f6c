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
    /// <summary>Whether penalties have something to apply to.</summary>
    public bool HasWeights => Op.Parameters.Any(parameter => parameter.IsPenalised);
}

/// <summary>Attributes → layers in the order in which they run: resolves brackets, and names what the stack holds.</summary>
internal sealed class StackReader
{
    private readonly List<Problem> _problems;
    private readonly LayerNames _names;
    private readonly List<Layer> _layers = [];
    private bool _isSound = true;

    private StackReader(List<Problem> problems)
    {
        _problems = problems;
        _names = new LayerNames(problems);
    }

    /// <summary>Reads a network's layers; any problem keeps it from being compiled.</summary>
    public static (Shape Input, IReadOnlyList<Layer> Layers) Read(NetworkSpec spec, List<Problem> problems)
    {
        var input = ReadInput(spec, problems);
        var reader = new StackReader(problems);
        reader.Run(new Queue<LayerSpec>(spec.Layers.Where(layer => !layer.Is("Input"))), Scope.Network, x: -1);
        if (reader._isSound)
            StackChecks.Run(spec, reader._layers, problems);
        return (input, reader._layers);
    }

    /// <summary>Checks the layers of a block where it is declared, its parameters without values.</summary>
    public static void Check(string kind, IEnumerable<LayerSpec> layers, List<Problem> problems) =>
        new StackReader(problems).Run(new Queue<LayerSpec>(layers), Scope.Network with { Block = kind }, x: -1);

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
        return Add(new Layer(op, layer.Kind, name, scope.Place(layer, name), EquatableArray.Of(x)));
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
            x = Run(new Queue<LayerSpec>(layers), new Scope(name + ".", scope.Use < 0 ? use.Attribute : scope.Use, "", use.Kind), x);
        }

        return x;
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
    private sealed record Scope(string Prefix, int Use, string Join, string Block)
    {
        public static readonly Scope Network = new("", -1, "", "");

        /// <summary>Where a layer was written; its name is known once its arguments are read.</summary>
        public Place Place(LayerSpec layer, string name = "") => Use < 0 ? new Place(layer.Attribute, "", layer) : new Place(Use, name.Length > 0 ? name : Prefix.TrimEnd('.'), layer);
    }
}
