using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>Layers → graph of values and nodes.</summary>
internal sealed class Lowering
{
    private readonly LayerList _list;
    private readonly IReadOnlyList<Layer> _layers;
    private readonly GraphBuilder _graph;
    private readonly Value[] _inputs;
    private readonly Value[] _results;
    private readonly IReadOnlyList<Value>[] _parameters;
    private readonly int[] _numbers;
    private int _products;

    private Lowering(NetworkSpec spec, LayerList list)
    {
        (_list, _layers) = (list, list.Layers);
        _graph = new GraphBuilder(spec.Name, spec.IsDouble);
        _graph.Reserve(Heads.ArgumentsOf(list));
        _inputs = [.. list.Inputs.Select(input => _graph.Add(input.Name, ValueKind.Input, input.Layer, input.Shape))];
        _results = new Value[_layers.Count];
        _parameters = new IReadOnlyList<Value>[_layers.Count];
        _numbers = new int[_layers.Count];
    }

    /// <summary>The forward graph as trained, or as at inference: without dropout, with the activation that the loss contains.</summary>
    public static NetworkGraph Lower(NetworkSpec spec, LayerList layers, bool inference) => new Lowering(spec, layers).Run(inference, layers.Trained());

    /// <summary>The graph as trained, with what no loss depends on, too.</summary>
    public static NetworkGraph LowerAll(NetworkSpec spec, LayerList layers) => new Lowering(spec, layers).Run(inference: false, [.. layers.Layers.Select(_ => true)]);

    private NetworkGraph Run(bool inference, bool[] trained)
    {
        for (var i = 0; i < _layers.Count; i++)
        {
            var layer = _layers[i];
            if (layer.Op is PenaltyOp)
                continue;
            if (!inference && !trained[i])
                Declare(i, layer.Op);
            else if (layer.Op is LossOp loss)
                Loss(i, loss, inference);
            else if ((inference ? layer.Op.Inference : layer.Op) is LayerOp op)
                Append(i, op);
            else
                (_results[i], _numbers[i]) = (Result(layer.Inputs[0]), Number(layer.Inputs[0]));
        }

        if (!inference)
            Penalise();
        // A loss stands behind its stack, but runs behind all of them.
        var ordered = _graph.Nodes.OrderBy(node => node.Phase).ToList();
        _graph.Nodes.Clear();
        _graph.Nodes.AddRange(ordered);
        // In training the results of members can be looked at, at inference they are the answers.
        var kept = inference
            ? _list.Outputs.Select(stack => stack.Loss >= 0 && _results[stack.Loss] is { } answer ? answer : Result(stack.End))
            : _list.Stacks.Where(stack => stack.Name.Length > 0 && stack.End >= 0 && trained[stack.End]).Select(stack => Result(stack.End)).Distinct();
        _graph.Kept.AddRange(kept.Select(value => value.Id));
        return _graph.Build();
    }

    private Value Result(int layer) => layer < 0 ? _inputs[-1 - layer] : _results[layer];

    private int Number(int layer) => layer < 0 ? 0 : _numbers[layer];

    private void Append(int index, LayerOp op)
    {
        var layer = _layers[index];
        var number = Declare(index, op);
        var y = _graph.Add(op.Symbol + number, ValueKind.Activation, layer.Name);
        var sides = op.SideOutputs.Select(side => _graph.Add(side.Symbol + number, side.Kind, layer.Name)).ToList();
        _graph.Add(op, layer.Name, layer.Place, Phase.Forward, [Result(layer.Inputs[0]), .. _parameters[index], .. layer.Inputs.Skip(1).Select(Result), .. layer.Tied < 0 ? [] : _parameters[layer.Tied].Take(1)], [y, .. sides]);
        _results[index] = y;
    }

    // What a layer is called and learns; others that share its parameters need them where its own result isn't part of training.
    private string Declare(int index, LayerOp op)
    {
        var layer = _layers[index];
        // Everything between two products carries the first one's number: z1, a1, h1.
        _numbers[index] = op.IsProduct ? ++_products : layer.Inputs.Max(Number);
        var number = Text.Invariant(_numbers[index]);
        _parameters[index] = layer.Shares >= 0 ? _parameters[layer.Shares] : op.Parameters.Select(parameter => _graph.Add(parameter.Symbol + number, parameter.IsLearnable && !layer.Op.IsFrozen ? ValueKind.Parameter : ValueKind.State, layer.Name)).ToList();
        return number;
    }

    private void Loss(int index, LossOp loss, bool inference)
    {
        var layer = _layers[index];
        if (!inference)
            _graph.Add(loss, layer.Name, layer.Place, Phase.Loss, [.. layer.Inputs.Select(Result), .. Target(layer)], []);
        else if (loss.OutputActivation is { } activation)
            Append(index, activation);
    }

    private IEnumerable<Value> Target(Layer loss) =>
        !((LossOp)loss.Op).HasTarget ? [] : [_graph.Add(loss.Op is ClassLossOp ? "labels" : "t", ValueKind.Target, loss.Name)];

    // Before the layers, so that backward adds to the gradients that they have made.
    private void Penalise()
    {
        var nodes = _graph.Nodes.ToList();
        _graph.Nodes.Clear();
        foreach (var index in Enumerable.Range(0, _layers.Count).Where(i => _layers[i].Op is PenaltyOp).Reverse())
        {
            foreach (var weight in Penalised(index).SelectMany(Weights).Reverse())
                _graph.Add(_layers[index].Op, _layers[index].Name, _layers[index].Place, Phase.Forward, [weight], []);
        }

        _graph.Nodes.AddRange(nodes);
    }

    private IEnumerable<Value> Weights(int layer) => _layers[layer].Op.Parameters.Zip(_parameters[layer], (spec, value) => (spec, value)).Where(pair => pair.spec.IsPenalised).Select(pair => pair.value);

    // The nearest layer with weights before the penalty in its stack. Where it comes first, all of a member, or all of the network.
    private IEnumerable<int> Penalised(int penalty)
    {
        var member = _layers[penalty].Member;
        var weighted = Enumerable.Range(0, _layers.Count).Where(i => _layers[i].HasWeights).ToList();
        var own = weighted.Where(i => _layers[i].Member == member).ToList();
        var before = own.TakeWhile(i => i < penalty).ToList();
        return before.Count > 0 ? [before[before.Count - 1]] : member.Length > 0 ? own : weighted;
    }
}
