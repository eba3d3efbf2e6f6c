using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Passes;

/// <summary>The order in which a network's own stack and its members are read: each behind those that it names, else as declared.</summary>
internal sealed class StackOrder(NetworkSpec spec)
{
    private readonly List<MemberSpec> _stacks = [.. spec.Stacks];
    private readonly List<MemberSpec> _open = [];
    private readonly List<MemberSpec> _sorted = [];
    private readonly List<MemberSpec> _circular = [];

    /// <summary>The members as declared.</summary>
    public EquatableArray<MemberSpec> Members => spec.Members;

    /// <summary>The stacks sorted; those of a cycle are left out, and reported once.</summary>
    public IReadOnlyList<MemberSpec> Sort(Action<Problem> report)
    {
        foreach (var stack in _stacks)
            Visit(stack, report);
        return _sorted;
    }

    /// <summary>The name under which a result is known: a member's is written with a small letter there.</summary>
    public string Key(string name)
    {
        var first = name.Split('.')[0];
        return Find(name) is { } member ? member.Variable + name.Substring(first.Length) : name;
    }

    // Whether the stack and all that it reads are in order.
    private bool Visit(MemberSpec stack, Action<Problem> report)
    {
        if (_sorted.Contains(stack) || _circular.Contains(stack))
            return _sorted.Contains(stack);
        _open.Add(stack);
        var isSound = true;
        foreach (var (needed, layer, argument) in Needs(stack))
        {
            if (_open.Contains(needed))
            {
                var round = _open.SkipWhile(other => other != needed).Append(needed).Select(other => other.Name.Length == 0 ? "the network's stack" : other.Name);
                report(Problem.Of(Rules.Cycle, new Site(layer.Attribute, argument), string.Join(" → ", round)));
                isSound = false;
            }
            else
            {
                isSound &= Visit(needed, report);
            }

            if (!isSound)
                break;
        }

        _open.RemoveAt(_open.Count - 1);
        (isSound ? _sorted : _circular).Add(stack);
        return isSound;
    }

    // What a stack names, and the network's own stack where it names nothing.
    private IEnumerable<(MemberSpec Stack, LayerSpec Layer, string Argument)> Needs(MemberSpec stack)
    {
        var layers = stack.Layers.Where(layer => !layer.Is("Input")).ToList();
        var own = _stacks[0];
        foreach (var layer in layers)
        {
            foreach (var (argument, name) in References(layer))
            {
                // Of the member itself there are only its layers before; what else isn't a member's name is a layer of the network's own stack, or the member's.
                if (Find(name) is { } member && (member != stack || name.IndexOf('.') < 0))
                    yield return (member, layer, argument);
                else if (Find(name) is null && argument == "From" && stack != own && !IsInput(name))
                    yield return (own, layer, argument);
            }
        }

        if (stack != own && layers.Count == stack.Layers.Count && layers[0].Find("From") is null && !layers[0].Sources.Any())
            yield return (own, layers[0], "");
    }

    private static IEnumerable<(string Argument, string Name)> References(LayerSpec layer)
    {
        if (layer.Find("From") is { Text: { } from })
            yield return ("From", from);
        foreach (var source in layer.Sources)
            yield return source;
        if ((layer.Is("Shared") || layer.Is("Tied")) && layer.Find("layer") is { Text: { } shared })
            yield return ("layer", shared);
    }

    // The class's, which is there before its stack.
    private bool IsInput(string name) => name == "input" && _stacks[0].Layers.Any(layer => layer.Is("Input")) && !_stacks[0].Layers.Any(layer => layer.Find("Name")?.Text == name);

    private MemberSpec? Find(string name) => _stacks.Skip(1).FirstOrDefault(member => member.Name == name.Split('.')[0] || member.Variable == name.Split('.')[0]);
}
