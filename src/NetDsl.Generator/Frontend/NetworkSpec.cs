using System;
using System.Linq;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Frontend;

/// <summary>A constant argument: a number (integers, booleans and enum members too), several numbers, or text.</summary>
/// <param name="Members">The names of several enum members.</param>
internal sealed record Constant(double Number, EquatableArray<double> Numbers, string? Text, bool IsFlag = false, bool IsArray = false, EquatableArray<string> Members = default);

/// <summary>One argument of an attribute by the name of its parameter or property.</summary>
internal sealed record Argument(string Name, Constant Value)
{
    /// <summary>Whether it is true or false.</summary>
    public bool IsFlag => Value.IsFlag;
}

/// <summary>One attribute of a network class.</summary>
/// <param name="Kind">The attribute's name without its ending: <c>Dense</c>.</param>
/// <param name="Attribute">Index among the class's attributes, for the site of a problem.</param>
/// <param name="IsKnown">False for a layer attribute from elsewhere that is no formula.</param>
/// <param name="Formula">What its class declares, where that derives from one of the bases for formulas.</param>
internal sealed record LayerSpec(string Kind, int Attribute, bool IsKnown, EquatableArray<Argument> Arguments, FormulaSpec? Formula = null)
{
    public Constant? Find(string name) => Arguments.FirstOrDefault(argument => argument.Name == name)?.Value;

    /// <summary>The argument of a formula's parameter: a property is written with a capital letter.</summary>
    public Argument? FindArgument(string parameter) =>
        Arguments.FirstOrDefault(argument => string.Equals(argument.Name, parameter, StringComparison.OrdinalIgnoreCase) && !IsOfEveryLayer(argument.Name));

    /// <summary>Whether an argument is one that NetDsl's base classes declare, which is none of a formula.</summary>
    public static bool IsOfEveryLayer(string name) => OfEveryLayer.Contains(name);

    private static readonly string[] OfEveryLayer = ["Name", "Reduction", "Axis", "ChannelAxis", "PerChannel", "Frozen"];
}

/// <summary>A type around the network class, for the generated declaration: <c>partial class Outer</c>.</summary>
internal sealed record ContainingType(string Keyword, string Name);

/// <summary>A network as written: all that the generator needs to know of the user's code.</summary>
/// <param name="Namespace">Empty for the global one.</param>
/// <param name="Containers">Outermost first.</param>
/// <param name="IsDouble">Whether [Network] asks for double precision.</param>
/// <param name="Layers">The attributes from [Input] to the loss in source order.</param>
internal sealed record NetworkSpec(string Namespace, EquatableArray<ContainingType> Containers, string Name, bool IsDouble, EquatableArray<LayerSpec> Layers)
{
    /// <summary>Namespace, containers and name with dots: also the name of the generated file.</summary>
    public string FullName => string.Join(".", new[] { Namespace }.Concat(Containers.Select(container => container.Name)).Concat(new[] { Name }).Where(part => part.Length > 0));
}
