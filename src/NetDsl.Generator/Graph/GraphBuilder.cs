using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Graph;

/// <summary>A graph under construction; passes copy a graph into one, change it, and build the next.</summary>
internal sealed class GraphBuilder
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly string _name;
    private readonly bool _isDouble;

    public GraphBuilder(string name, bool isDouble)
    {
        _name = name;
        _isDouble = isDouble;
    }

    public GraphBuilder(NetworkGraph graph)
        : this(graph.Name, graph.IsDouble)
    {
        Values.AddRange(graph.Values);
        Nodes.AddRange(graph.Nodes);
        Kept.AddRange(graph.Kept);
        _names.UnionWith(graph.Values.Select(value => value.Name));
    }

    public List<Value> Values { get; } = [];

    public List<Node> Nodes { get; } = [];

    /// <summary>See <see cref="NetworkGraph.Kept"/>.</summary>
    public List<int> Kept { get; } = [];

    /// <summary>Names that no value gets as they are.</summary>
    public void Reserve(IEnumerable<string> names) => _names.UnionWith(names);

    /// <summary>Adds a value; a name that is taken gets a number behind.</summary>
    public Value Add(string name, ValueKind kind, string layer, Shape shape = default, int of = -1, bool isFurther = false)
    {
        var unique = name;
        for (var i = 2; !_names.Add(unique); i++)
            unique = name + "_" + Text.Invariant(i);
        var added = new Value(Values.Count, unique, kind, layer, shape, of, isFurther);
        Values.Add(added);
        return added;
    }

    public void Add(Op op, string layer, Place place, Phase phase, IEnumerable<Value> inputs, IEnumerable<Value> outputs) =>
        Nodes.Add(new Node(op, layer, place, phase, inputs.Select(value => value.Id).ToEquatableArray(), outputs.Select(value => value.Id).ToEquatableArray()));

    public NetworkGraph Build() => new(_name, _isDouble, Values.ToEquatableArray(), Nodes.ToEquatableArray()) { Kept = Kept.ToEquatableArray() };
}
