using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Frontend;

/// <summary>Checks attribute classes that are blocks where they are declared, used or not.</summary>
internal static class BlockReader
{
    // Every network that uses a block asks whether it is sound.
    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<ISymbol, ParsedNetwork>> Known = new();

    /// <summary>Whether a declaration may be a block's, by its text alone.</summary>
    public static bool IsCandidate(SyntaxNode node) => node is ClassDeclarationSyntax { BaseList: not null };

    /// <summary>The problems of a block; null for other classes, and for all but one declaration of a partial class.</summary>
    public static ParsedNetwork? ReadDeclared(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        if (context.SemanticModel.GetDeclaredSymbol(context.Node, cancellation) is not INamedTypeSymbol type || !IsBlock(type) || Declaration(type, cancellation) != context.Node)
            return null;
        return Read(type, context.SemanticModel.Compilation, cancellation);
    }

    /// <summary>Whether a block of the compilation, which reports its own problems, has any.</summary>
    public static bool HasProblems(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation) =>
        Read(type, compilation, cancellation) is { Problems.Count: > 0 } or { IsBroken: true };

    private static ParsedNetwork Read(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation) =>
        Known.GetValue(compilation, _ => new ConcurrentDictionary<ISymbol, ParsedNetwork>(SymbolEqualityComparer.Default)).GetOrAdd(type, _ => Check(type, compilation, cancellation));

    private static ParsedNetwork Check(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        var problems = new List<Problem>();
        var declaration = Declaration(type, cancellation);
        var locations = LayerSites.Of(type, declaration, problems, cancellation);
        try
        {
            // Before anything else follows blocks into blocks.
            if (Cycle(type) is { } cycle)
                problems.Add(Problem.Of(Rules.RecursiveBlock, new Site(cycle.Attribute, ""), LayerTypes.Kind(type), string.Join(" → ", cycle.Path.Select(LayerTypes.Kind))));
            if (problems.Count > 0 || Reached(type).Any(other => Cycle(other) is not null))
                return new ParsedNetwork(null, problems.ToEquatableArray(), new SourceMap(locations)) { IsBroken = true };
            var number = type.GetAttributes().Length;
            foreach (var member in MemberReader.Members(type))
            {
                locations[new Site(number, "")] = member.Locations[0];
                problems.Add(Problem.Of(Rules.MemberKind, new Site(number++, ""), member.Name, $"[{LayerTypes.Kind(type)}] is a block, which is one stack", "give the member to the networks that use the block"));
            }

            var reader = new LayerReader(type, compilation, cancellation);
            var layers = reader.ReadAll(LayerReader.Unknown(type));
            if (layers.Count == 0 && !type.IsAbstract && problems.Count == 0)
                problems.Add(Problem.Of(Rules.EmptyBlock, Site.Class, LayerTypes.Kind(type)));
            // nameof of what isn't there is C#'s to report, and yet a constant.
            var sites = new SourceMap(locations);
            var ownProblems = reader.Problems.Where(problem => !HasErrors(compilation, sites.Find(problem.Site), cancellation)).ToList();
            problems.AddRange(ownProblems);
            var isBroken = reader.IsBroken || ownProblems.Count < reader.Problems.Count;
            if (!isBroken)
                StackReader.Check(LayerTypes.Kind(type), layers, problems);
            return new ParsedNetwork(null, problems.ToEquatableArray(), sites) { IsBroken = isBroken };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            problems.Add(Problem.Of(Rules.InternalError, Site.Class, type.Name, exception.GetType().Name + ": " + exception.Message));
            return new ParsedNetwork(null, problems.ToEquatableArray(), new SourceMap(locations)) { IsBroken = true };
        }
    }

    private static bool HasErrors(Compilation compilation, Location location, CancellationToken cancellation) =>
        compilation.GetSemanticModel(location.SourceTree!).GetDiagnostics(location.SourceSpan, cancellation).Any(diagnostic => diagnostic.DefaultSeverity == DiagnosticSeverity.Error);

    private static IEnumerable<(int Attribute, INamedTypeSymbol Block)> Uses(INamedTypeSymbol type) =>
        type.GetAttributes().Select((attribute, i) => (i, attribute.AttributeClass)).Where(use => use.AttributeClass is not null && IsBlock(use.AttributeClass)).Select(use => (use.i, use.AttributeClass!));

    // All blocks that a class uses, those within them included.
    private static IEnumerable<INamedTypeSymbol> Reached(INamedTypeSymbol type)
    {
        var reached = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        var waiting = new Stack<INamedTypeSymbol>(Uses(type).Select(use => use.Block));
        while (waiting.Count > 0)
        {
            var block = waiting.Pop();
            if (!reached.Add(block))
                continue;
            foreach (var use in Uses(block))
                waiting.Push(use.Block);
        }

        return reached;
    }

    // The attribute that leads back to its class, and the way.
    private static (int Attribute, IReadOnlyList<INamedTypeSymbol> Path)? Cycle(INamedTypeSymbol type)
    {
        foreach (var (attribute, block) in Uses(type))
        {
            List<INamedTypeSymbol> path = [type];
            if (Find(block, []))
                return (attribute, path);

            bool Find(INamedTypeSymbol current, HashSet<ISymbol> seen)
            {
                path.Add(current);
                if (SymbolEqualityComparer.Default.Equals(current, type) || seen.Add(current.OriginalDefinition) && Uses(current).Any(use => Find(use.Block, seen)))
                    return true;
                path.RemoveAt(path.Count - 1);
                return false;
            }
        }

        return null;
    }

    private static bool IsBlock(INamedTypeSymbol type) => LayerTypes.DerivesFrom(type, LayerTypes.Block);

    private static TypeDeclarationSyntax Declaration(INamedTypeSymbol type, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>().OrderByDescending(syntax => syntax.AttributeLists.Count > 0).ThenByDescending(IsCandidate).First();
}
