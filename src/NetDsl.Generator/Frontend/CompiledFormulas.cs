using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Frontend;

/// <summary>Formulas in an assembly's metadata: what [CompiledFormula] says.</summary>
internal static class CompiledFormulas
{
    /// <summary>The formula of a class from another assembly; null where that was compiled without the generator, or with one that wrote something else.</summary>
    public static FormulaSpec? Read(INamedTypeSymbol type, FormulaKind kind)
    {
        var entries = Entries(type).ToLookup(entry => entry.Method == MethodText.Constructor);
        var methods = entries[false].Select(entry => MethodText.Read(entry.Method, entry.Text)).OfType<FormulaMethod>().ToEquatableArray();
        var assignments = entries[true].Select(entry => MethodText.ReadAssignment(entry.Text)).OfType<FormulaAssignment>().ToEquatableArray();
        var isWhole = methods.Count == entries[false].Count() && assignments.Count == entries[true].Count();
        return methods.Any(method => method.Name == "Value") && isWhole ? new FormulaSpec(kind, LayerTypes.MetadataName(type), methods, assignments) : null;
    }

    /// <summary>One method of such a class.</summary>
    public static FormulaMethod? Find(IMethodSymbol method)
    {
        var type = method.ContainingType.OriginalDefinition;
        return Entries(type).Where(entry => entry.Method == method.Name).Select(entry => MethodText.Read(entry.Method, entry.Text)).FirstOrDefault();
    }

    private static IEnumerable<(string Method, string Text)> Entries(INamedTypeSymbol type)
    {
        var name = LayerTypes.MetadataName(type);
        return type.ContainingAssembly.GetAttributes()
            .Where(attribute => attribute.ConstructorArguments.Length == 3 && attribute.ConstructorArguments[0].Value as string == name && LayerTypes.Is(attribute.AttributeClass, LayerTypes.CompiledFormula))
            .Select(attribute => (attribute.ConstructorArguments[1].Value as string ?? "", attribute.ConstructorArguments[2].Value as string ?? ""));
    }
}
