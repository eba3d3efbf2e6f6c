using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetDsl.Generator.Formulas;

namespace NetDsl.Generator.Frontend;

/// <summary>An argument that an attribute class takes: a constructor's parameter or a property.</summary>
/// <param name="IsRequired">Whether every use of the attribute gives it a value.</param>
/// <param name="Initial">A property's value where nobody sets it; NaN where it has no initialiser, infinite where that can't be read.</param>
internal sealed record AttributeArgument(string Name, bool IsRequired, bool IsProperty, double Initial, Interval Range);

/// <summary>The arguments of an attribute class that are numbers, by their names without regard to case.</summary>
internal static class AttributeArguments
{
    private const string RangeAttribute = "System.ComponentModel.DataAnnotations.RangeAttribute";

    public static IReadOnlyDictionary<string, AttributeArgument> Of(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var arguments = new Dictionary<string, AttributeArgument>(StringComparer.OrdinalIgnoreCase);
        var constructors = type.InstanceConstructors.Where(constructor => constructor.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal).ToList();
        foreach (var parameter in constructors.SelectMany(constructor => constructor.Parameters).Where(parameter => IsNumeric(parameter.Type)))
        {
            var isRequired = constructors.All(constructor => constructor.Parameters.Any(other => string.Equals(other.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)));
            if (!arguments.ContainsKey(parameter.Name))
                arguments.Add(parameter.Name, new AttributeArgument(parameter.Name, isRequired, IsProperty: false, double.NaN, Range(parameter)));
        }

        foreach (var property in LayerTypes.Declaring(type).SelectMany(current => current.GetMembers().OfType<IPropertySymbol>()).Where(property => property is { SetMethod.DeclaredAccessibility: Accessibility.Public, IsStatic: false } && IsNumeric(property.Type)))
        {
            if (!arguments.ContainsKey(property.Name))
                arguments.Add(property.Name, new AttributeArgument(property.Name, IsRequired: false, IsProperty: true, Initial(property, cancellation), Range(property)));
        }

        return arguments;
    }

    // Several numbers may be one for each output.
    private static bool IsNumeric(ITypeSymbol type) => ScalarTypes.IsScalar(type is IArrayTypeSymbol array ? array.ElementType : type);

    private static double Initial(IPropertySymbol property, CancellationToken cancellation)
    {
        foreach (var reference in property.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellation) is not PropertyDeclarationSyntax { Initializer: { } initializer })
                continue;
            var model = ((ISourceAssemblySymbol)property.ContainingAssembly).Compilation.GetSemanticModel(initializer.SyntaxTree);
            return model.GetConstantValue(initializer.Value, cancellation) is { HasValue: true, Value: { } value } ? BodyReader.Number(value) : double.PositiveInfinity;
        }

        return double.NaN;
    }

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

    private static double End(object? value) => value switch
    {
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN,
        null => double.NaN,
        _ => BodyReader.Number(value),
    };
}
