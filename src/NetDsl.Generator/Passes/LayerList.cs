using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>A layer with its operation and name.</summary>
/// <param name="Kind">The attribute's name.</param>
/// <param name="Place">Where it was written.</param>
/// <param name="Inputs">The layers whose results it reads, by their numbers in the list; −1 − i for the network's input i.</param>
internal sealed record Layer(LayerOp Op, string Kind, string Name, Place Place, EquatableArray<int> Inputs)
{
    /// <summary>The layer whose parameters it uses, or −1 where it has its own.</summary>
    public int Shares { get; init; } = -1;

    /// <summary>The layer whose weights it reads transposed, or −1.</summary>
    public int Tied { get; init; } = -1;

    /// <summary>The member that it is part of; empty for the network's own stack.</summary>
    public string Member { get; init; } = "";

    /// <summary>Whether penalties have something to apply to.</summary>
    public bool HasWeights => Shares < 0 && !Op.IsFrozen && Op.Parameters.Any(parameter => parameter.IsPenalised);

    /// <summary>Whether it has parameters of its own.</summary>
    public bool HasParameters => Shares < 0 && Op.Parameters.Count > 0;

}

/// <summary>An input of a network.</summary>
/// <param name="Name">As of a value and its layer: <c>x</c> and <c>input</c> for that of the class, else the member's.</param>
/// <param name="Member">Empty for that of the class.</param>
internal sealed record InputSpec(string Name, string Member, Shape Shape, Place Place)
{
    public string Layer => Member.Length == 0 ? "input" : Name;
}

/// <summary>The network's own stack or that of a member, once it is read.</summary>
/// <param name="Name">The member's; empty for the network's own stack.</param>
/// <param name="End">The layer or input whose result is the stack's: what its loss reads, where it ends in one.</param>
/// <param name="Loss">The loss at its end, or −1.</param>
/// <param name="IsOutput">Whether Predict gives its result.</param>
internal sealed record LayerStack(string Name, int End, int Loss, bool IsOutput);

/// <summary>The layers of a network in the order in which they run, and what they belong to.</summary>
internal sealed record LayerList(IReadOnlyList<InputSpec> Inputs, IReadOnlyList<Layer> Layers, IReadOnlyList<LayerStack> Stacks)
{
    /// <summary>The stacks whose results Predict gives, as declared.</summary>
    public IReadOnlyList<LayerStack> Outputs => [.. Stacks.Where(stack => stack.IsOutput)];

    /// <summary>By layer: whether a loss depends on it. What it doesn't, such as an activation that Predict alone gives, isn't part of training.</summary>
    public bool[] Trained()
    {
        var needed = Layers.Select(layer => layer.Op is LossOp or PenaltyOp).ToArray();
        for (var i = Layers.Count - 1; i >= 0; i--)
        {
            foreach (var other in Layers[i].Inputs.Where(input => needed[i] && input >= 0))
                needed[other] = true;
        }

        return needed;
    }

    /// <summary>By layer: whether a loss depends on its parameters, be it through a layer that shares them.</summary>
    public bool[] Learns()
    {
        var learns = Trained();
        foreach (var layer in Layers.Where((_, i) => learns[i]).ToList())
        {
            foreach (var other in new[] { layer.Shares, layer.Tied }.Where(other => other >= 0))
                learns[other] = true;
        }

        return learns;
    }
}
