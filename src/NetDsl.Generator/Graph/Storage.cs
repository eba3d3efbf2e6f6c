using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Graph;

/// <summary>Which values are one piece of memory, seen with several shapes: the input and the result of each view.</summary>
internal sealed class Storage
{
    private readonly NetworkGraph _graph;
    private readonly int[] _first;
    private readonly ILookup<int, int> _sharing;

    public Storage(NetworkGraph graph)
    {
        _graph = graph;
        _first = [.. Enumerable.Range(0, graph.Values.Count)];
        foreach (var view in graph.Nodes.Where(node => node.Op is IView))
        {
            var (from, to) = (_first[view.Inputs[0]], _first[view.Outputs[0]]);
            for (var id = 0; id < _first.Length; id++)
                _first[id] = _first[id] == to ? from : _first[id];
        }

        _sharing = Enumerable.Range(0, _first.Length).ToLookup(id => _first[id]);
    }

    /// <summary>The same value for all that share memory: the one that is made first.</summary>
    public int Of(int id) => _first[id];

    /// <summary>All values in a value's memory, itself included.</summary>
    public IEnumerable<int> Sharing(int id) => _sharing[_first[id]];

    /// <summary>Whether the memory is the workspace's, and not the caller's.</summary>
    public bool IsPlanned(int id) => Sharing(id).All(other => _graph.Values[other].IsPlanned);

    /// <summary>Nodes that read the memory to compute something.</summary>
    public IEnumerable<Node> ReadersOf(int id) => _graph.Nodes.Where(node => node.Op is not IView && node.Inputs.Any(input => Of(input) == Of(id)));
}
