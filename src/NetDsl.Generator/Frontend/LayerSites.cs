using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Frontend;

/// <summary>Where the layers of a class and their arguments stand.</summary>
internal static class LayerSites
{
    /// <summary>Finds them all, and reports those on other declarations of the class.</summary>
    public static Dictionary<Site, Location> Of(INamedTypeSymbol symbol, TypeDeclarationSyntax declaration, List<Problem> problems, CancellationToken cancellation)
    {
        var locations = new Dictionary<Site, Location> { [Site.Class] = declaration.Identifier.GetLocation() };
        Add(symbol.GetAttributes(), 0, symbol, declaration, locations, problems, cancellation);
        return locations;
    }

    /// <summary>The same for attributes of the class or of one of its members.</summary>
    /// <param name="attributes">The attributes.</param>
    /// <param name="first">Number of the first of them.</param>
    public static void Add(IReadOnlyList<AttributeData> attributes, int first, INamedTypeSymbol symbol, TypeDeclarationSyntax declaration, Dictionary<Site, Location> locations, List<Problem> problems, CancellationToken cancellation)
    {
        for (var i = 0; i < attributes.Count; i++)
        {
            if (attributes[i].AttributeClass is not { } type || !LayerReader.IsLayer(type) || attributes[i].ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax syntax)
                continue;
            Locate(attributes[i], syntax, first + i, locations);
            if (!declaration.Span.Contains(syntax.Span) || declaration.SyntaxTree != syntax.SyntaxTree)
                problems.Add(Problem.Of(Rules.TwoDeclarations, new Site(first + i, ""), LayerTypes.Kind(type), symbol.Name));
        }
    }

    private static void Locate(AttributeData attribute, AttributeSyntax syntax, int index, Dictionary<Site, Location> locations)
    {
        locations[new Site(index, "")] = syntax.GetLocation();
        if (syntax.ArgumentList is not { } list || attribute.AttributeConstructor is not { } constructor)
            return;
        var position = 0;
        foreach (var argument in list.Arguments)
        {
            string name;
            if (argument.NameEquals is { } property)
            {
                name = property.Name.Identifier.ValueText;
            }
            else if (argument.NameColon is { } colon)
            {
                name = colon.Name.Identifier.ValueText;
            }
            else
            {
                var parameter = constructor.Parameters[Math.Min(position, constructor.Parameters.Length - 1)];
                name = parameter.IsParams ? $"{parameter.Name}[{Text.Invariant(position - parameter.Ordinal)}]" : parameter.Name;
                position++;
            }

            locations[new Site(index, name)] = argument.Expression.GetLocation();
        }
    }
}
