using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Frontend;

/// <summary>What kind of constant an argument is.</summary>
internal enum ConstantKind
{
    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number of floating point.</summary>
    Real,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>Text.</summary>
    Text,

    /// <summary>A member of an enum.</summary>
    Member,

    /// <summary>Several constants.</summary>
    Array,

    /// <summary>A block's parameter, whose value its uses give.</summary>
    Parameter,

    /// <summary>Null, a type, a letter.</summary>
    Other,
}

/// <summary>A constant argument.</summary>
/// <param name="Number">Of numbers; 1 and 0 for true and false, the underlying number of an enum's member.</param>
/// <param name="Elements">Of an array.</param>
/// <param name="Text">Text, an enum member's name, or C# of what is neither number nor text.</param>
/// <param name="Origin">Within a block: the argument of the block's use that it stems from.</param>
internal sealed record Constant(ConstantKind Kind, double Number, EquatableArray<Constant> Elements, string? Text, string Origin = "")
{
    public bool IsArray => Kind == ConstantKind.Array;

    /// <summary>Whether it is true or false, or several of them.</summary>
    public bool IsFlag => Kind == ConstantKind.Flag || Elements.Any(element => element.Kind == ConstantKind.Flag);

    /// <summary>The elements as numbers.</summary>
    public EquatableArray<double> Numbers => Elements.Select(element => element.Number).ToEquatableArray();

    public static Constant Of(int number) => new(ConstantKind.Whole, number, EquatableArray<Constant>.Empty, null);

    public static Constant Of(string member) => new(ConstantKind.Member, 0, EquatableArray<Constant>.Empty, member);

    public static Constant Of(bool flag) => new(ConstantKind.Flag, flag ? 1 : 0, EquatableArray<Constant>.Empty, null);
}

/// <summary>One argument of an attribute by the name of its parameter or property.</summary>
internal sealed record Argument(string Name, Constant Value)
{
    /// <summary>Whether it is true or false.</summary>
    public bool IsFlag => Value.IsFlag;
}

/// <summary>One attribute of a network class or of a block.</summary>
/// <param name="Kind">The attribute's name without its ending: <c>Dense</c>.</param>
/// <param name="Attribute">Index among the class's attributes, for the site of a problem.</param>
/// <param name="IsKnown">False for a layer attribute from elsewhere that is no formula.</param>
/// <param name="Formula">What its class declares, where that derives from one of the bases for formulas.</param>
/// <param name="Block">The layers inside, with this use's arguments in place of names, where it is a block.</param>
internal sealed record LayerSpec(string Kind, int Attribute, bool IsKnown, EquatableArray<Argument> Arguments, FormulaSpec? Formula = null, EquatableArray<LayerSpec>? Block = null)
{
    /// <summary>The value of an argument, where it is set and known.</summary>
    public Constant? Find(string name) => Arguments.FirstOrDefault(argument => argument.Name == name)?.Value is { Kind: not ConstantKind.Parameter } constant ? constant : null;

    /// <summary>The argument of a formula's parameter: a property is written with a capital letter.</summary>
    public Argument? FindArgument(string parameter) =>
        Arguments.FirstOrDefault(argument => string.Equals(argument.Name, parameter, StringComparison.OrdinalIgnoreCase) && !IsOfEveryLayer(argument.Name));

    /// <summary>Whether it is NetDsl's own attribute of that name.</summary>
    public bool Is(string kind) => IsKnown && Formula is null && Block is null && Kind == kind;

    /// <summary>Within a block: the argument of the block's use that an argument, or one of its elements, stems from.</summary>
    public string OriginOf(string argument)
    {
        var parts = argument.Split('[', ']');
        var constant = Arguments.FirstOrDefault(candidate => candidate.Name == parts[0])?.Value;
        if (constant is null || parts.Length == 1)
            return constant?.Origin ?? "";
        var index = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return index < constant.Elements.Count ? constant.Elements[index].Origin : constant.Origin;
    }

    /// <summary>Whether an argument is one that NetDsl's base classes declare, which is none of a formula.</summary>
    public static bool IsOfEveryLayer(string name) => OfEveryLayer.Contains(name);

    /// <summary>The layer without one of its arguments.</summary>
    public LayerSpec Without(string argument) => this with { Arguments = Arguments.Where(other => other.Name != argument).ToEquatableArray() };

    /// <summary>What the layer names that it reads beside what is before it, each with the argument that does so.</summary>
    public IEnumerable<(string Argument, string Name)> Sources => !ReadSources.TryGetValue(Kind, out var names) || !Is(Kind) ? [] :
        Arguments.Where(argument => names.Contains(argument.Name)).SelectMany(argument => argument.Value.IsArray
            ? argument.Value.Elements.Select((element, i) => ($"{argument.Name}[{Text.Invariant(i)}]", element.Text ?? ""))
            : [(argument.Name, argument.Value.Text ?? "")]);

    private static readonly string[] OfEveryLayer = ["Name", "From", "Weight", "Reduction", "Axis", "ChannelAxis", "PerChannel", "Frozen"];

    // Joins, and losses that compare several results.
    private static readonly Dictionary<string, string[]> ReadSources = new(StringComparer.Ordinal)
    {
        ["Sum"] = ["sources"],
        ["Product"] = ["sources"],
        ["Concat"] = ["sources"],
        ["Contrastive"] = ["a", "b"],
        ["CosineEmbedding"] = ["a", "b"],
        ["TripletMargin"] = ["anchor", "positive", "negative"],
    };
}

/// <summary>A partial property of the network with layers of its own.</summary>
/// <param name="Name">Empty for the network's own stack.</param>
/// <param name="Modifiers">As written: <c>public partial</c>.</param>
/// <param name="Attribute">Number of the property's name among the sites of problems; its attributes follow.</param>
/// <param name="Layers">The attributes in source order.</param>
internal sealed record MemberSpec(string Name, string Modifiers, int Attribute, EquatableArray<LayerSpec> Layers)
{
    /// <summary>What precedes the names of the layers inside: <c>policy.</c>; nothing for the network's own stack.</summary>
    public string Prefix => Name.Length == 0 ? "" : Variable + ".";

    /// <summary>The name as that of a value: policy for Policy.</summary>
    public string Variable => Text.Camel(Name);
}

/// <summary>A type around the network class, for the generated declaration: <c>partial class Outer</c>.</summary>
internal sealed record ContainingType(string Keyword, string Name);

/// <summary>A network as written: all that the generator needs to know of the user's code.</summary>
/// <param name="Namespace">Empty for the global one.</param>
/// <param name="Containers">Outermost first.</param>
/// <param name="IsDouble">Whether [Network] asks for double precision.</param>
/// <param name="Layers">The attributes from [Input] to the loss in source order.</param>
/// <param name="Members">The members as declared.</param>
internal sealed record NetworkSpec(string Namespace, EquatableArray<ContainingType> Containers, string Name, bool IsDouble, EquatableArray<LayerSpec> Layers, EquatableArray<MemberSpec> Members)
{
    /// <summary>The network's own stack and the members.</summary>
    public IEnumerable<MemberSpec> Stacks => new[] { new MemberSpec("", "", -1, Layers) }.Concat(Members);

    /// <summary>Namespace, containers and name with dots: also the name of the generated file.</summary>
    public string FullName => string.Join(".", new[] { Namespace }.Concat(Containers.Select(container => container.Name)).Concat(new[] { Name }).Where(part => part.Length > 0));
}
