using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Frontend;

/// <summary>Properties of a network's class that carry layers → its members.</summary>
internal static class MemberReader
{
    private const string Type = "NetDsl.LayerDescription";

    /// <summary>All members as declared. Their names and attributes are numbered behind the attributes of the class.</summary>
    public static EquatableArray<MemberSpec> Read(INamedTypeSymbol symbol, TypeDeclarationSyntax declaration, LayerReader reader, Dictionary<Site, Location> locations, List<Problem> problems, CancellationToken cancellation)
    {
        var members = new List<MemberSpec>();
        var number = symbol.GetAttributes().Length;
        foreach (var property in Members(symbol))
        {
            var syntax = property.DeclaringSyntaxReferences[0].GetSyntax(cancellation);
            locations[new Site(number, "")] = property.Locations[0];
            LayerSites.Add(property.GetAttributes(), number + 1, symbol, declaration, locations, problems, cancellation);
            if (Objection(property) is var (what, mend))
                problems.Add(Problem.Of(Rules.MemberKind, new Site(number, ""), property.Name, what, mend));
            var modifiers = syntax is PropertyDeclarationSyntax written ? string.Join(" ", written.Modifiers.Select(modifier => modifier.Text)) : "";
            members.Add(new MemberSpec(property.Name, modifiers, number, reader.ReadMember(property, number + 1)));
            number += 1 + property.GetAttributes().Length;
        }

        return members.ToEquatableArray();
    }

    /// <summary>Whether C# rejects a member by itself: a report of ours would only blur its own.</summary>
    public static bool AreRejected(INamedTypeSymbol symbol) => Members(symbol).SelectMany(member => member.GetAttributes().Select(attribute => (member, attribute)))
        .Any(pair => pair.attribute.AttributeClass is { TypeKind: TypeKind.Error } || pair.member.Type.TypeKind == TypeKind.Error)
        || Members(symbol).Any(member => member.GetAttributes().Count(attribute => LayerTypes.Is(attribute.AttributeClass, LayerTypes.Input)) > 1);

    /// <summary>The properties with layers.</summary>
    public static IEnumerable<IPropertySymbol> Members(INamedTypeSymbol symbol) =>
        symbol.GetMembers().OfType<IPropertySymbol>().Where(property => property.GetAttributes().Any(attribute => attribute.AttributeClass is { } type && LayerReader.IsLayer(type)));

    private static (string What, string Mend)? Objection(IPropertySymbol property) => property switch
    {
        { IsIndexer: true } => ("is an indexer", "declare a property"),
        { IsPartialDefinition: false } => ("isn't partial, so NetDsl can't give it its value", $"write 'partial LayerDescription {property.Name} {{ get; }}'"),
        { PartialImplementationPart: not null } => ("has a body already", "leave the body to NetDsl"),
        { SetMethod: not null } => ("has a setter, but what a network consists of doesn't change", "declare it with { get; } alone"),
        { RefKind: not RefKind.None } or { NullableAnnotation: NullableAnnotation.Annotated } => Wrong(property),
        _ when !LayerTypes.Is(property.Type, Type) => Wrong(property),
        _ => null,
    };

    private static (string What, string Mend) Wrong(IPropertySymbol property) => ($"is of type {(property.RefKind == RefKind.None ? "" : "ref ")}{property.Type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}", "a member's type is LayerDescription, which tells its last layer's name, shape and counts");
}
