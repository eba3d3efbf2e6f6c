using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using NetDsl.Generator.Formulas;

namespace NetDsl.Generator.Frontend;

/// <summary>An argument that an attribute class takes or hands to its base: a constructor's parameter, a property or a field.</summary>
/// <param name="IsGivable">Whether a use of the attribute can give it a value.</param>
/// <param name="IsSettable">Whether it holds zero where nobody gives it one.</param>
/// <param name="Type">Empty for a number, a condition or several of them; else what it is instead.</param>
/// <param name="IsCondition">Whether it is true or false.</param>
/// <param name="Above">The argument that it must be above; empty for none.</param>
internal sealed record AttributeArgument(string Name, bool IsGivable, bool IsSettable, string Type, bool IsCondition, Interval Range, string Above);

/// <summary>The arguments of an attribute class, by their names without regard to case.</summary>
internal static class AttributeArguments
{
    private const string RangeAttribute = "System.ComponentModel.DataAnnotations.RangeAttribute";

    private const string AllowedValuesAttribute = "System.ComponentModel.DataAnnotations.AllowedValuesAttribute";

    public static IReadOnlyDictionary<string, AttributeArgument> Of(INamedTypeSymbol type)
    {
        var arguments = new Dictionary<string, AttributeArgument>(StringComparer.OrdinalIgnoreCase);
        foreach (var current in LayerTypes.Declaring(type))
        {
            foreach (var parameter in current.InstanceConstructors.SelectMany(constructor => constructor.Parameters))
                Add(parameter, parameter.Type, IsCallable((IMethodSymbol)parameter.ContainingSymbol) && SymbolEqualityComparer.Default.Equals(current, type), isSettable: false);
            foreach (var member in Members(current))
                Add(member, Type(member), IsSettable(member), IsSettable(member) && Type(member) is not IArrayTypeSymbol);
        }

        return arguments;

        void Add(ISymbol symbol, ITypeSymbol type, bool isGivable, bool isSettable)
        {
            var (range, above) = (Range(symbol), Above(symbol));
            if (!arguments.TryGetValue(symbol.Name, out var known))
                arguments.Add(symbol.Name, new AttributeArgument(symbol.Name, isGivable, isSettable, IsNumeric(type) ? "" : type.ToDisplayString(NullableFlowState.None), ScalarTypes.IsBoolean(Element(type)), range, above));
            else
                arguments[symbol.Name] = known with { IsGivable = known.IsGivable || isGivable, IsSettable = known.IsSettable || isSettable, Range = known.Range == Interval.Real ? range : known.Range, Above = known.Above.Length == 0 ? above : known.Above };
        }
    }

    /// <summary>Whether attributes anywhere in the project can call a constructor.</summary>
    public static bool IsCallable(IMethodSymbol constructor) => constructor.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal;

    /// <summary>The properties and fields of a class; what a property computes isn't held.</summary>
    public static IEnumerable<ISymbol> Members(INamedTypeSymbol type)
    {
        return type.GetMembers().Where(member => member switch
        {
            IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false } => true,
            IPropertySymbol { IsStatic: false, IsIndexer: false } property => property.SetMethod is not null || IsHeld(property),
            _ => false,
        });
    }

    /// <summary>Whether a property of this project has a field of its own, for which the compiler writes the code.</summary>
    public static bool IsHeld(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    private static bool IsSettable(ISymbol member) => member is IFieldSymbol { DeclaredAccessibility: Accessibility.Public, IsReadOnly: false } or IPropertySymbol { SetMethod.DeclaredAccessibility: Accessibility.Public };

    private static ITypeSymbol Type(ISymbol member) => member is IFieldSymbol field ? field.Type : ((IPropertySymbol)member).Type;

    // Several numbers may be one for each output.
    private static bool IsNumeric(ITypeSymbol type) => ScalarTypes.IsScalar(Element(type));

    private static ITypeSymbol Element(ITypeSymbol type) => type is IArrayTypeSymbol array ? array.ElementType : type;

    private static string Above(ISymbol symbol) =>
        symbol.GetAttributes().FirstOrDefault(candidate => LayerTypes.Is(candidate.AttributeClass, LayerTypes.Above)) is { ConstructorArguments.Length: 1 } attribute ? attribute.ConstructorArguments[0].Value as string ?? "" : "";

    /// <summary>Whether an attribute is [Range] or [Above].</summary>
    public static bool IsBound(AttributeData attribute) => LayerTypes.Is(attribute.AttributeClass, RangeAttribute) || LayerTypes.Is(attribute.AttributeClass, LayerTypes.Above);

    /// <summary>The range that a [Range] gives.</summary>
    public static Interval Range(ISymbol symbol)
    {
        var attribute = symbol.GetAttributes().FirstOrDefault(candidate => LayerTypes.Is(candidate.AttributeClass, RangeAttribute));
        if (attribute is null || attribute.ConstructorArguments.Length < 2)
            return Interval.Real;
        var ends = attribute.ConstructorArguments.Skip(attribute.ConstructorArguments.Length - 2).Select(end => End(end.Value)).ToList();
        if (ends.Any(double.IsNaN))
            return Interval.Real;
        bool Excludes(string name) => attribute.NamedArguments.Any(argument => argument.Key == name && argument.Value.Value is true);

        // No number is infinite, so the largest one is no bound.
        return new Interval(
            ends[0] == double.MinValue ? double.NegativeInfinity : ends[0],
            ends[1] == double.MaxValue ? double.PositiveInfinity : ends[1],
            Excludes("MinimumIsExclusive") || ends[0] == double.MinValue,
            Excludes("MaximumIsExclusive") || ends[1] == double.MaxValue);
    }

    /// <summary>The two numbers that an [AllowedValues] leaves, as the ends of an interval; null where there is none.</summary>
    public static Interval? Ends(ISymbol symbol)
    {
        var attribute = symbol.GetAttributes().FirstOrDefault(candidate => LayerTypes.Is(candidate.AttributeClass, AllowedValuesAttribute));
        if (attribute?.ConstructorArguments.FirstOrDefault() is not { Kind: TypedConstantKind.Array, IsNull: false } given)
            return null;
        var values = given.Values.Select(value => End(value.Value)).ToList();
        return values.Count == 2 && !values.Any(double.IsNaN) ? new Interval(values.Min(), values.Max()) : null;
    }

    private static double End(object? value) => value switch
    {
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN,
        null => double.NaN,
        _ => BodyReader.Number(value),
    };
}
