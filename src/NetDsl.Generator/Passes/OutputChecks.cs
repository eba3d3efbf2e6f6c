using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>What the stacks of a network end in: finds the outputs, and reports what nobody uses.</summary>
internal static class OutputChecks
{
    public static LayerList Run(NetworkSpec spec, LayerList list, List<Problem> problems)
    {
        // What is compared with other results, and not with targets alone, is an output, too.
        var read = new HashSet<int>(list.Layers.Where(layer => layer.Op is not LossOp { Predictions: > 1 }).SelectMany(layer => layer.Inputs));
        var isUsed = new HashSet<int>(list.Layers.SelectMany(layer => layer.Inputs));
        var layers = list.Layers.ToList();
        var hasLoss = layers.Any(layer => layer.Op is LossOp);
        var stacks = new List<LayerStack>();
        foreach (var stack in list.Stacks)
        {
            var isOutput = stack.End != int.MinValue && (stack.Loss >= 0 || !read.Contains(stack.End)) && spec.Stacks.First(member => member.Name == stack.Name).Layers.Any(layer => !layer.Is("Input"));
            if (!hasLoss && isOutput)
                layers.Add(new Layer(new OutsideLossOp(), "", Prefix(spec, stack) + "loss", new Place(-1), EquatableArray.Of(stack.End)) { Member = stack.Name });
            stacks.Add(stack with { IsOutput = isOutput, Loss = !hasLoss && isOutput ? layers.Count - 1 : stack.Loss });
        }

        for (var i = 0; i < list.Inputs.Count && list.Layers.Count > 0; i++)
        {
            if (!isUsed.Contains(-1 - i))
                problems.Add(list.Inputs[i].Place.Problem(Rules.UnusedInput, "", list.Inputs[i].Member.Length == 0 ? "of the class" : $"'{list.Inputs[i].Member}'"));
        }

        var result = new LayerList(list.Inputs, layers, stacks);
        var learns = result.Learns();
        foreach (var stack in stacks)
        {
            var idle = Enumerable.Range(0, layers.Count).Where(i => layers[i].Member == stack.Name && layers[i].HasParameters && !learns[i]).DefaultIfEmpty(-1).First();
            if (idle >= 0)
                problems.Add(Place(spec, stack, layers).Problem(Rules.UnusedOutput, "", stack.Name.Length == 0 ? "the network's stack" : $"'{stack.Name}'", layers[idle].Name));
        }

        return result;
    }

    private static string Prefix(NetworkSpec spec, LayerStack stack) => spec.Stacks.First(member => member.Name == stack.Name).Prefix;

    private static Place Place(NetworkSpec spec, LayerStack stack, List<Layer> layers) =>
        stack.Name.Length > 0 ? new Place(spec.Stacks.First(member => member.Name == stack.Name).Attribute) : layers.Last(layer => layer.Member.Length == 0).Place;
}
