using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>Nodes that run as one kernel call: the first one, and elementwise ones on its result while that is in the cache.</summary>
/// <param name="Stores">Values between the first and the last that others read, and that the kernel therefore stores on its way.</param>
internal sealed record Step(Phase Phase, EquatableArray<Node> Nodes, EquatableArray<int> Stores)
{
    public Node Root => Nodes[0];

    public IEnumerable<Node> Epilogue => Nodes.Skip(1);

    public Node LastNode => Nodes[Nodes.Count - 1];

    /// <summary>The value that the kernel's loop writes.</summary>
    public int Result => LastNode.Outputs[0];

    public bool HasResult => LastNode.Outputs.Count > 0;

    /// <summary>The values that it reads or writes in memory.</summary>
    public IEnumerable<int> Touched
    {
        get
        {
            var stores = Stores;
            var inner = Nodes.Take(Nodes.Count - 1).Select(node => node.Outputs.Count > 0 ? node.Outputs[0] : -1).Where(id => !stores.Contains(id)).ToList();
            return Nodes.SelectMany(node => node.Inputs.Concat(node.Outputs)).Where(id => !inner.Contains(id));
        }
    }
}

/// <summary>The steps of a network in the order in which they run.</summary>
internal sealed record Schedule(EquatableArray<Step> Steps);

/// <summary>Joins each product, loss or pass with the elementwise operations behind it.</summary>
internal sealed class Fusion
{
    private readonly NetworkGraph _graph;
    private readonly ILookup<int, int> _consumers;
    private readonly bool[] _isDone;
    private readonly bool[] _isMade;

    private Fusion(NetworkGraph graph)
    {
        _graph = graph;
        _consumers = graph.Nodes.SelectMany((node, i) => node.Inputs.Distinct().Select(input => (input, i))).ToLookup(pair => pair.input, pair => pair.i);
        _isDone = new bool[graph.Nodes.Count];
        _isMade = [.. graph.Values.Select(value => value.Kind is ValueKind.Input or ValueKind.Target || value.IsParameter)];
    }

    public static Schedule Run(NetworkGraph graph) => new Fusion(graph).Run();

    private Schedule Run()
    {
        var steps = new List<Step>();
        for (var root = 0; root < _graph.Nodes.Count; root++)
        {
            if (_isDone[root])
                continue;
            var nodes = new List<int>();
            for (int? next = root; next is { } node; next = Next(_graph.Nodes[root], _graph.Nodes[node]))
            {
                nodes.Add(node);
                _isDone[node] = true;
                foreach (var output in _graph.Nodes[node].Outputs)
                    _isMade[output] = true;
            }

            var stores = nodes.Take(nodes.Count - 1).Select(inside => _graph.Nodes[inside].Outputs[0]).Where(id => _graph.Kept.Contains(id) || _consumers[id].Any(consumer => !nodes.Contains(consumer)));
            steps.Add(new Step(_graph.Nodes[root].Phase, nodes.Select(node => _graph.Nodes[node]).ToEquatableArray(), stores.ToEquatableArray()));
        }

        return new Schedule(steps.OrderBy(step => step.Phase).ToEquatableArray());
    }

    // Within a loss's step nothing is stored but its last result, so nobody else may read what is between.
    private int? Next(Node root, Node node)
    {
        var isLoss = root.Op is ElementwiseLossOp or OutsideLossOp;
        if (!(node.Op.HasEpilogue || isLoss) || node.Outputs.Count == 0 || isLoss && _consumers[node.Outputs[0]].Count() > 1)
            return null;
        return _consumers[node.Outputs[0]].Where(consumer => !_isDone[consumer] && Follows(root, node.Outputs[0], _graph.Nodes[consumer])).Select(consumer => (int?)consumer).FirstOrDefault();
    }

    // Its other operands must be there before the step: of branches that join, the one that is made last takes the join along.
    private bool Follows(Node root, int value, Node consumer) =>
        consumer.Op is IElementwise op
        && (consumer.Inputs[0] == value || op is ICommutative)
        && consumer.Inputs.All(input => _isMade[input])
        && Fits(root, op, value)
        && (consumer.Phase == root.Phase || IsAllowedInLoss(root, consumer));

    // The gradient that a loss makes goes through the last activation's derivative within the loss's own step, which has no access to parameters.
    // What another loss contributes isn't added there: the loss's kernel scales all that its step makes.
    private bool IsAllowedInLoss(Node root, Node consumer) =>
        (root.Phase, consumer.Phase) == (Phase.Loss, Phase.Backward) && consumer.Op is not AddGradientsOp && !consumer.Inputs.Any(id => _graph.Values[id].IsParameter);

    // Parameters of channels are read by column or by row, so the kernel's matrix must have the columns that they count on.
    private bool Fits(Node root, IElementwise op, int x)
    {
        var channels = op.ChannelsOf(_graph.Values[x].Shape);
        return channels.Kind == ChannelKind.None
            || root.Op.EpilogueColumns([.. root.Inputs.Select(id => _graph.Values[id].Shape)], _graph.Values[root.Outputs[0]].Shape) == channels.Length;
    }
}
