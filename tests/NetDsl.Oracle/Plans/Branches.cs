using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle.Plans;

/// <summary>A node of a graph.</summary>
/// <param name="Layer">What it is in the language; null where it does nothing.</param>
/// <param name="Inputs">The values it reads; a join reads several.</param>
internal sealed record GraphNode(string Id, Layer? Layer, IReadOnlyList<string> Inputs);

/// <summary>Nodes that branch and join → a stack with brackets.</summary>
internal sealed class Branches
{
    private readonly Dictionary<string, GraphNode> _nodes;
    private readonly Dictionary<string, IReadOnlyList<string>> _ways = [];
    private readonly HashSet<string> _written = [];
    private int _open;

    /// <summary>Writes all nodes up to one.</summary>
    /// <param name="nodes">The nodes, each behind those that it reads.</param>
    /// <param name="input">The value that no node makes.</param>
    /// <param name="last">The node whose result is the stack's.</param>
    /// <exception cref="UnsupportedException">Brackets can't say what the graph does.</exception>
    public Branches(IReadOnlyList<GraphNode> nodes, string input, string last)
    {
        _nodes = nodes.ToDictionary(node => node.Id);
        _ways[input] = [input];
        foreach (var node in nodes)
            _ways[node.Id] = [.. Common(node.Inputs), node.Id];
        Write(last, input);
        if (_written.Count < nodes.Count)
            throw new UnsupportedException("no graphs whose branches don't join");
    }

    /// <summary>Layers and brackets.</summary>
    public List<Layer> Layers { get; } = [];

    /// <summary>How many of them give a node's result; −1 within a join.</summary>
    public Dictionary<string, int> Results { get; } = [];

    // What lies on every way to all of some values, from the input on.
    private IEnumerable<string> Common(IReadOnlyList<string> values) =>
        values.Select(value => _ways.GetValueOrDefault(value) ?? throw new UnsupportedException("no networks with several inputs"))
            .Aggregate((first, second) => [.. first.Intersect(second)]);

    private void Write(string value, string from)
    {
        if (value == from)
            return;
        var node = _nodes[value];
        if (!_written.Add(value))
            throw new UnsupportedException("no graphs in which a branch is read from outside");
        if (node.Inputs.Count == 1)
        {
            Write(node.Inputs[0], from);
            if (node.Layer is not null)
                Layers.Add(node.Layer);
        }
        else
        {
            var fork = Common(node.Inputs).Last();
            Write(fork, from);
            Layers.Add(node.Layer!);
            _open++;
            foreach (var input in node.Inputs)
            {
                Layers.Add(Layer.Bracket("Branch"));
                Write(input, fork);
            }

            Layers.Add(Layer.Bracket("End"));
            _open--;
        }

        Results[value] = _open == 0 ? Layers.Count : -1;
    }
}
