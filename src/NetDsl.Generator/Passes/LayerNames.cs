using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Passes;

/// <summary>The names of a network's layers and blocks: those that attributes give, and kinds with a number for the others.</summary>
internal sealed class LayerNames(List<Problem> problems)
{
    // Members of the generated nested classes and of their bases.
    private static readonly HashSet<string> Reserved =
    [
        "Values", "Tensors", "Count", "Capacity", "Stage", "Seed", "Step", "Bytes", "Training", "LossInput", "Loss", "InputParts", "OutputParts", "GradientParts", "TargetParts", "LabelParts", "BatchStatistics", "Buffer", "Fixed", "Slice", "Begin", "Continue", "Finish", "Require", "MaskSeed", "KeepMasks", "Penalty",
        "Parameters", "Gradients", "Workspace", "Layout", "Description", "RequireSameLayout",
        "Learnable", "State", "Initialize", "CopyFrom", "CopyMatching", "Save", "Load", "LoadMatching", "Clear", "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize", "ReferenceEquals", "Item",
    ];

    // Hidden has HiddenMask and HiddenTensors beside it.
    private static readonly string[] ReservedEndings = ["Mask", "Derivative", "Tensors"];

    private readonly Dictionary<string, string> _kinds = new(StringComparer.Ordinal);

    /// <summary>A name for a layer or a block.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="place">Where it was written.</param>
    /// <param name="prefix">Names of the blocks around it, with a dot behind each.</param>
    /// <param name="stem">What precedes the number, unless the attribute gives a name.</param>
    public string Take(LayerSpec layer, Place place, string prefix, string stem)
    {
        if (layer.Find("Name")?.Text is { } given && IsUsable(place, prefix, given))
            return Take(layer, prefix + given);
        return Number(layer, prefix, stem);
    }

    /// <summary>The name of a member, and what is generated beside it.</summary>
    public void Take(MemberSpec member)
    {
        if (!IsUsable(new Place(member.Attribute), "", member.Variable))
            return;
        _kinds[Text.Member(member.Variable)] = member.Name;
        _kinds[Text.Member(member.Variable) + "Loss"] = member.Name;
    }

    /// <summary>The stem with the first number that is free.</summary>
    public string Number(LayerSpec layer, string prefix, string stem)
    {
        var number = 1;
        while (_kinds.ContainsKey(Text.Member(prefix + stem + Text.Invariant(number))))
            number++;
        return Take(layer, prefix + stem + Text.Invariant(number));
    }

    /// <summary>leaky_relu → leakyRelu.</summary>
    public static string Stem(string snake) => string.Concat(snake.Split('_').Select((word, i) => i == 0 ? word : Text.Pascal(word)));

    /// <summary>Whether a layer or a block may be called so; else a problem says why not. With a number behind it no name is taken: stage1.</summary>
    public bool IsUsable(Place place, string prefix, string name, bool isNumbered = false)
    {
        bool Report(Rule rule, params string[] arguments)
        {
            problems.Add(place.Problem(rule, "Name", arguments));
            return false;
        }

        if (name.Length == 0 || !char.IsLetter(name[0]) || !name.All(letter => char.IsLetterOrDigit(letter) || letter == '_'))
            return Report(Rules.BadName, name, "it becomes an identifier, so it starts with a letter and holds letters, digits and underscores only");
        if (isNumbered)
            return true;
        var member = Text.Pascal(name);
        if (Reserved.Contains(member))
            return Report(Rules.BadName, name, $"the generated classes have a member '{member}' already, so choose another");
        if (ReservedEndings.FirstOrDefault(ending => member.EndsWith(ending, StringComparison.Ordinal)) is { } reserved)
            return Report(Rules.BadName, name, $"members that NetDsl generates end in '{reserved}', so choose another");
        if (_kinds.TryGetValue(Text.Member(prefix + name), out var taken))
            return Report(Rules.DuplicateName, name, taken, Text.Member(prefix + name));
        return true;
    }

    private string Take(LayerSpec layer, string name)
    {
        _kinds[Text.Member(name)] = layer.Kind;
        return name;
    }
}
