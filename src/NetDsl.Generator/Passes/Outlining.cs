using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Passes;

/// <summary>Steps of a pass that are a method, since several blocks run the same.</summary>
/// <param name="Name">After the block and what distinguishes its result: Basic16.</param>
/// <param name="Instances">The blocks; what is said of the method's values is said of those of the first one.</param>
/// <param name="Spans">Values that the caller hands over.</param>
/// <param name="Regions">Where the others lie.</param>
internal sealed record BlockMethod(string Name, IReadOnlyList<BlockInstance> Instances, IReadOnlyList<int> Spans, IReadOnlyList<Region> Regions)
{
    public IReadOnlyList<Step> Steps => Instances[0].Steps;

    public string Path => Instances[0].Path;
}

/// <summary>A block's steps of a pass.</summary>
/// <param name="Path">Its name with those of the blocks around it: stage1.basic2.</param>
/// <param name="Values">Its values by those of the method's first block.</param>
internal sealed record BlockInstance(string Path, IReadOnlyList<Step> Steps, IReadOnlyDictionary<int, int> Values);

/// <summary>Values of a block that keep their distances in every block of a method, so that one offset tells where all of them lie.</summary>
/// <param name="IsFixed">Whether the batch doesn't scale them.</param>
/// <param name="Base">The value that lies first.</param>
/// <param name="IsConstant">Whether they lie at the same place in every block.</param>
internal sealed record Region(bool IsFixed, int Base, IReadOnlyList<int> Values, bool IsConstant);

/// <summary>A step, or a block's steps as the call of a method.</summary>
internal sealed record OutlineItem(Step? Step, BlockMethod? Method, BlockInstance? Instance);

/// <summary>A pass as steps and calls.</summary>
internal sealed record Outline(IReadOnlyList<OutlineItem> Items, IReadOnlyList<BlockMethod> Methods);

/// <summary>The outlines of a training graph's passes, or the one of an inference graph's.</summary>
/// <param name="WayToInput">The steps of Backward that BackwardInput runs where Backward hasn't.</param>
internal sealed record Outlines(Outline Forward, Outline Backward, Outline WayToInput, Outline BackwardInput);

/// <summary>Finds blocks whose steps are the same but for parameters and memory, so that they are written, and compiled by the JIT, once.</summary>
internal sealed class Outlining
{
    // A call is no shorter than one step.
    private const int FewestSteps = 2;

    private readonly NetworkGraph _graph;
    private readonly MemoryPlan _plan;
    private readonly IReadOnlyList<Step> _steps;
    private readonly Dictionary<int, PlannedBuffer> _buffers;
    private readonly ILookup<int, string> _users;
    private readonly IReadOnlyDictionary<Node, int> _dropouts;
    private readonly HashSet<string> _names;
    private readonly List<Group> _groups = [];

    private Outlining(NetworkGraph graph, Schedule schedule, MemoryPlan plan, IReadOnlyList<Step> steps, HashSet<string> names)
    {
        _names = names;
        _graph = graph;
        _plan = plan;
        _steps = steps;
        _buffers = plan.Buffers.Concat(plan.Fixed.Buffers).ToDictionary(buffer => buffer.Value);
        _users = schedule.Steps.SelectMany(step => step.Touched.Distinct().Select(id => (id, step.Root.Layer))).ToLookup(pair => pair.id, pair => pair.Layer);
        _dropouts = MaskNumbers.Of(graph);
    }

    /// <summary>Steps of a block that follow each other.</summary>
    /// <param name="Start">Number of the first one in the pass.</param>
    private sealed record BlockRun(string Path, int Start, IReadOnlyList<Step> Steps);

    /// <summary>Runs that do the same.</summary>
    private sealed record Group(BlockRun First, List<(int Start, BlockInstance Instance)> All);

    public static Outlines Run(NetworkGraph graph, Schedule schedule, MemoryPlan plan)
    {
        // Methods of one name in different passes are told apart by the pass, but for BackwardInput, which is two.
        Outline Of(IEnumerable<Step> steps, HashSet<string> names) => new Outlining(graph, schedule, plan, [.. steps], names).Run();
        Outline In(Phase phase, HashSet<string> names) => Of(schedule.Steps.Where(step => step.Phase == phase), names);
        var names = new HashSet<string>(StringComparer.Ordinal);
        return new Outlines(In(Phase.Forward, new(StringComparer.Ordinal)), In(Phase.Backward, new(StringComparer.Ordinal)), Of(Passes.WayToInput.Of(graph, schedule), names), In(Phase.BackwardInput, names));
    }

    private Outline Run()
    {
        Descend([new BlockRun("", 0, _steps)]);
        var methods = new List<BlockMethod>();
        var calls = new Dictionary<int, OutlineItem>();
        foreach (var group in _groups.OrderBy(group => group.First.Start))
        {
            var instances = group.All.Select(member => member.Instance).ToList();
            var (spans, regions) = Arrange(group.First, instances);
            var method = new BlockMethod(NameOf(group.First), instances, spans, regions);
            methods.Add(method);
            foreach (var (start, instance) in group.All)
                calls.Add(start, new OutlineItem(null, method, instance));
        }

        var items = new List<OutlineItem>();
        for (var i = 0; i < _steps.Count;)
        {
            var item = calls.TryGetValue(i, out var call) ? call : new OutlineItem(_steps[i], null, null);
            items.Add(item);
            i += item.Method?.Steps.Count ?? 1;
        }

        return new Outline(items, methods);
    }

    // The outermost blocks first, unless it takes fewer statements to leave them to repeated ones inside.
    private void Descend(IReadOnlyList<BlockRun> outer)
    {
        var inner = outer.SelectMany(Blocks).ToList();
        if (inner.Count == 0)
            return;
        var repeated = Repeated(inner).Where(group => !IsShorterInside(group.First, group.All.Count)).ToList();
        _groups.AddRange(repeated);
        var taken = new HashSet<int>(repeated.SelectMany(group => group.All.Select(member => member.Start)));
        Descend([.. inner.Where(run => !taken.Contains(run.Start))]);
    }

    private bool IsShorterInside(BlockRun first, int count)
    {
        var inside = Repeated(Blocks(first));
        var calling = first.Steps.Count + inside.Sum(group => group.All.Count * (1 - group.First.Steps.Count));
        return count * calling + inside.Sum(group => group.First.Steps.Count) < first.Steps.Count + count;
    }

    private static IEnumerable<BlockRun> Blocks(BlockRun run)
    {
        var depth = run.Path.Length == 0 ? 0 : run.Path.Split('.').Length;
        for (var i = 0; i < run.Steps.Count;)
        {
            var path = PathOf(run.Steps[i], depth);
            var steps = run.Steps.Skip(i).TakeWhile(step => PathOf(step, depth) == path).ToList();
            if (path.Length > 0)
                yield return new BlockRun(path, run.Start + i, steps);
            i += steps.Count;
        }
    }

    // The block that a step's layer lies in, one level further in; nothing where there is none.
    private static string PathOf(Step step, int depth)
    {
        var names = step.Root.Layer.Split('.');
        return names.Length > depth + 1 ? string.Join(".", names.Take(depth + 1)) : "";
    }

    private List<Group> Repeated(IEnumerable<BlockRun> runs)
    {
        var groups = new List<Group>();
        foreach (var run in runs.Where(run => run.Steps.Count >= FewestSteps))
        {
            if (!groups.Any(group => Joins(group, run)))
            {
                var group = new Group(run, []);
                Joins(group, run);
                groups.Add(group);
            }
        }

        return [.. groups.Where(group => group.All.Count > 1)];
    }

    private bool Joins(Group group, BlockRun run)
    {
        if (Match(group.First, run) is not { } values)
            return false;
        group.All.Add((run.Start, new BlockInstance(run.Path, run.Steps, values)));
        return true;
    }

    // The values of a run by those of another that does the same; null where it doesn't.
    private IReadOnlyDictionary<int, int>? Match(BlockRun first, BlockRun run)
    {
        if (run.Steps.Count != first.Steps.Count)
            return null;
        var (values, back) = (new Dictionary<int, int>(), new Dictionary<int, int>());
        bool Matches(int from, int to)
        {
            var (a, b) = (_graph.Values[from], _graph.Values[to]);
            if (a.Kind != b.Kind || a.Shape != b.Shape || a.IsFurther != b.IsFurther)
                return false;
            var isKnown = values.TryGetValue(from, out var known);
            if (isKnown || back.ContainsKey(to))
                return isKnown && known == to;
            (values[from], back[to]) = (to, from);
            return true;
        }

        bool All(EquatableArray<int> from, EquatableArray<int> to) => from.Count == to.Count && from.Zip(to, Matches).All(matches => matches);
        var shift = new HashSet<int>();
        foreach (var (a, b) in first.Steps.Zip(run.Steps, (a, b) => (a, b)))
        {
            if (a.Nodes.Count != b.Nodes.Count)
                return null;
            foreach (var (from, to) in a.Nodes.Zip(b.Nodes, (from, to) => (from, to)))
            {
                if (!from.Op.Equals(to.Op) || from.Phase != to.Phase || !All(from.Inputs, to.Inputs) || !All(from.Outputs, to.Outputs))
                    return null;
                // The masks' numbers go by one that the caller hands over.
                if (_dropouts.TryGetValue(from, out var number))
                    shift.Add(_dropouts[to] - number);
            }

            if (!All(a.Stores, b.Stores))
                return null;
        }

        return shift.Count > 1 ? null : values;
    }

    // What nobody outside a block touches is found by offsets, what lies alone is handed over like what comes from outside.
    private (IReadOnlyList<int> Spans, IReadOnlyList<Region> Regions) Arrange(BlockRun first, IReadOnlyList<BlockInstance> instances)
    {
        var touched = first.Steps.SelectMany(step => step.Touched).Distinct().Where(id => !_graph.Values[id].IsParameter && _graph.Values[id].Kind != ValueKind.ParameterGradient).ToList();
        var inner = touched.Where(id => instances.All(instance => IsInner(instance, instance.Values[id]))).ToList();
        var regions = new List<Region>();
        foreach (var group in inner.GroupBy(id => (IsFixed: _graph.Values[id].Kind == ValueKind.Fixed, Ways: instances.Select(instance => _buffers[instance.Values[id]].Offset - _buffers[id].Offset).ToEquatableArray())))
        {
            var ordered = group.OrderBy(id => _buffers[id].Offset).ToList();
            var isConstant = group.Key.Ways.All(way => way == 0);
            if (isConstant || ordered.Count > 1)
                regions.Add(new Region(group.Key.IsFixed, ordered[0], ordered, isConstant));
        }

        var placed = new HashSet<int>(regions.SelectMany(region => region.Values));
        var made = new HashSet<int>(first.Steps.SelectMany(step => step.Nodes).SelectMany(node => node.Outputs));
        return ([.. touched.Where(id => !placed.Contains(id)).OrderBy(id => made.Contains(id))], regions);
    }

    private bool IsInner(BlockInstance instance, int id) =>
        _buffers.ContainsKey(id) && _plan.External.All(value => value.Value != id) && _users[id].All(layer => layer.StartsWith(instance.Path + ".", StringComparison.Ordinal));

    // The channels of the block's result tell equal blocks of several widths apart, or else all of its shape.
    private string NameOf(BlockRun run)
    {
        var block = Text.Pascal(run.Path.Split('.').Last().TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'));
        var result = _graph.Nodes.Last(node => node.Phase == Phase.Forward && node.Outputs.Count > 0 && node.Layer.StartsWith(run.Path + ".", StringComparison.Ordinal)).Outputs[0];
        var shape = _graph.Values[result].Shape;
        var name = block + Text.Invariant(shape.Extents[0]);
        if (_names.Contains(name))
            name = block + Text.Identifier(shape);
        var stem = name;
        for (var number = 2; !_names.Add(name); number++)
            name = stem + "_" + Text.Invariant(number);
        return name;
    }
}

/// <summary>The numbers of dropouts, by which their masks differ.</summary>
internal static class MaskNumbers
{
    public static IReadOnlyDictionary<Node, int> Of(NetworkGraph graph) =>
        graph.Nodes.Where(node => node.Op is Ops.DropoutOp).Select((node, i) => (node, i)).ToDictionary(pair => pair.node, pair => pair.i);
}
