using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;

namespace NetDsl.Generator.Frontend;

/// <summary>An attribute class that declares a formula → <see cref="FormulaSpec"/>.</summary>
internal static class FormulaReader
{
    // The declaration and every network that uses it ask for the same formula of the same compilation.
    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<ISymbol, ParsedFormula>> Known = new();

    /// <summary>Whether a declaration may be that of a formula's class, by its text alone: neither its name nor its base's need say that it is an attribute.</summary>
    public static bool IsCandidate(SyntaxNode node) => node is ClassDeclarationSyntax { BaseList: not null };

    /// <summary>Reads a class where it is declared; null for classes without a formula, and for all but one declaration of a partial class.</summary>
    public static ParsedFormula? ReadDeclared(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        if (context.SemanticModel.GetDeclaredSymbol(context.Node, cancellation) is not INamedTypeSymbol type || LayerTypes.Formula(type) is not { } kind)
            return null;
        var first = type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellation)).FirstOrDefault(IsCandidate);
        if (first != context.Node)
            return null;
        var formula = Read(type, kind, context.SemanticModel.Compilation, cancellation);
        // What an abstract class lacks, those that derive from it may have.
        return type.IsAbstract && formula.Spec is null ? null : formula;
    }

    /// <summary>Reads a class of this compilation from its syntax, one of another assembly from what the generator has left there.</summary>
    public static ParsedFormula Read(INamedTypeSymbol type, FormulaKind kind, Compilation compilation, CancellationToken cancellation) =>
        Known.GetValue(compilation, _ => new ConcurrentDictionary<ISymbol, ParsedFormula>(SymbolEqualityComparer.Default)).GetOrAdd(type.OriginalDefinition, _ =>
            SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly) ? ReadSyntax(type, kind, compilation, cancellation) : ParsedFormula.Of(CompiledFormulas.Read(type, kind)));

    // A surprise in one formula leaves the others alone.
    private static ParsedFormula ReadSyntax(INamedTypeSymbol type, FormulaKind kind, Compilation compilation, CancellationToken cancellation)
    {
        var problems = new FormulaProblems();
        try
        {
            return new FormulaClassReader(type.OriginalDefinition, kind, compilation, problems, cancellation).Read();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            problems.Add(Rules.InternalError, type.Locations[0], type.Name, exception.GetType().Name + ": " + exception.Message);
            return problems.Parsed(null, isExported: false, _ => false);
        }
    }
}
