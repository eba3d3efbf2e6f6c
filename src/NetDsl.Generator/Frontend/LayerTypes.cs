using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using NetDsl.Generator.Formulas;

namespace NetDsl.Generator.Frontend;

/// <summary>What the attribute classes of NetDsl are called, and what derives from them.</summary>
internal static class LayerTypes
{
    public const string Network = "NetDsl.NetworkAttribute";

    public const string Input = "NetDsl.InputAttribute";

    public const string GpuDevice = "NetDsl.Kernels.Ilgpu.GpuDevice";

    public const string Layer = "NetDsl.LayerAttribute";

    public const string Block = "NetDsl.BlockAttribute";

    public const string Bracket = "NetDsl.BracketAttribute";

    public const string Loss = "NetDsl.LossAttribute";

    public const string Learnable = "NetDsl.LearnableAttribute";

    public const string DefaultReduction = "NetDsl.DefaultReductionAttribute";

    public const string Above = "NetDsl.AboveAttribute";

    public const string Derivative = "NetDsl.DerivativeAttribute";

    public const string CompiledFormula = "NetDsl.CompiledFormulaAttribute";

    public const string Functions = "NetDsl.Functions";

    private static readonly Dictionary<string, FormulaKind> FormulaBases = new(StringComparer.Ordinal)
    {
        ["ActivationAttribute"] = FormulaKind.Activation,
        ["GateAttribute"] = FormulaKind.Gate,
        ["ElementwiseLossAttribute"] = FormulaKind.ElementwiseLoss,
        ["SampleLossAttribute"] = FormulaKind.SampleLoss,
        ["RegularizerAttribute"] = FormulaKind.Regularizer,
    };

    // Comparing the last part first spares every other class of the project its full name.
    public static bool Is(ITypeSymbol? type, string name) => type is { Name: var last } && name.EndsWith(last, StringComparison.Ordinal) && type.ToDisplayString() == name;

    public static bool DerivesFrom(INamedTypeSymbol type, string name) => Bases(type).Any(current => Is(current, name));

    /// <summary>What kind of formula a class declares; null for other classes, and for NetDsl's own bases.</summary>
    public static FormulaKind? Formula(INamedTypeSymbol type) =>
        Bases(type).Select(Base).FirstOrDefault(kind => kind is not null);

    /// <summary>The class and its bases up to NetDsl's own: where the methods of its formula are.</summary>
    public static IEnumerable<INamedTypeSymbol> Declaring(INamedTypeSymbol type) =>
        new[] { type }.Concat(Bases(type)).TakeWhile(current => Base(current) is null).Select(current => current.OriginalDefinition);

    /// <summary>Sigmoid for SigmoidAttribute.</summary>
    public static string Kind(INamedTypeSymbol type) =>
        type.Name.EndsWith("Attribute", StringComparison.Ordinal) ? type.Name.Substring(0, type.Name.Length - "Attribute".Length) : type.Name;

    /// <summary>The name that reflection knows: <c>Layers.Outer+SwishAttribute</c>.</summary>
    public static string MetadataName(INamedTypeSymbol type)
    {
        if (type.ContainingType is { } outer)
            return MetadataName(outer) + "+" + type.MetadataName;
        return type.ContainingNamespace is { IsGlobalNamespace: false } space ? $"{space.ToDisplayString()}.{type.MetadataName}" : type.MetadataName;
    }

    private static FormulaKind? Base(INamedTypeSymbol type) => FormulaBases.TryGetValue(type.Name, out var kind) && type.ContainingNamespace is { Name: "NetDsl", ContainingNamespace.IsGlobalNamespace: true } ? kind : null;

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (var current = type.BaseType; current is not null; current = current.BaseType)
            yield return current;
    }
}
