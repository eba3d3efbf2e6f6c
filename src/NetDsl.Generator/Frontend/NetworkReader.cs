using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Frontend;

/// <summary>Symbols and attributes → <see cref="NetworkSpec"/>: the only code that knows Roslyn's types.</summary>
internal static class NetworkReader
{
    private static readonly string[] GeneratedMethods = ["Forward", "Loss", "OutputGradient", "Backward", "BackwardInput", "Predict", "CheckGradients"];

    private static readonly string[] GeneratedMembers = ["Parameters", "Gradients", "Workspace", "Description", "Layout"];

    private static readonly string[] DeviceMembers = ["Gpu", "On"];

    /// <summary>Whether networks get a half for devices: the compilation references NetDsl.Kernels.Ilgpu.</summary>
    public static bool HasDevices(Compilation compilation) => compilation.GetTypeByMetadataName(LayerTypes.GpuDevice) is not null;

    /// <summary>Reads a class with [Network]; a surprise in it stays with it and leaves the other networks alone.</summary>
    public static ParsedNetwork Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        try
        {
            return ReadNetwork(context, cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var location = ((TypeDeclarationSyntax)context.TargetNode).Identifier.GetLocation();
            var problem = Problem.Of(Rules.InternalError, Site.Class, context.TargetSymbol.Name, exception.GetType().Name + ": " + exception.Message);
            return new ParsedNetwork(null, EquatableArray.Of(problem), new SourceMap(new Dictionary<Site, Location> { [Site.Class] = location }));
        }
    }

    private static ParsedNetwork ReadNetwork(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var symbol = (INamedTypeSymbol)context.TargetSymbol;
        var declaration = (TypeDeclarationSyntax)context.TargetNode;
        var problems = new List<Problem>();
        CheckDeclaration(symbol, declaration, HasDevices(context.SemanticModel.Compilation), problems, cancellation);
        var locations = LayerSites.Of(symbol, declaration, problems, cancellation);
        var reader = new LayerReader(symbol, context.SemanticModel.Compilation, cancellation);
        var layers = reader.ReadAll();
        var members = MemberReader.Read(symbol, declaration, reader, locations, problems, cancellation);
        problems.AddRange(reader.Problems);
        var isBroken = reader.IsBroken || IsRejected(symbol, symbol.GetAttributes(), members.Count > 0) || MemberReader.AreRejected(symbol);
        var precision = context.Attributes[0].NamedArguments.Where(argument => argument.Key == "Precision").Select(argument => argument.Value.Value as int?).FirstOrDefault() ?? 0;
        var network = context.Attributes[0].ApplicationSyntaxReference!.GetSyntax(cancellation);
        if (precision is < 0 or > 1 && !context.SemanticModel.GetDiagnostics(network.Span, cancellation).Any(diagnostic => diagnostic.DefaultSeverity == DiagnosticSeverity.Error))
            problems.Add(Problem.Of(Rules.OutOfRange, Site.Class, "Precision of [Network]", Text.Invariant(precision), "it must be Precision.Single or Precision.Double"));
        var containers = Containers(symbol).Select(container => new ContainingType(Keyword(container), container.Name)).ToEquatableArray();
        if (isBroken)
            problems.Clear();
        var spec = problems.Count > 0 || isBroken ? null : new NetworkSpec(Namespace(symbol), containers, symbol.Name, precision == 1, layers, members);
        return new ParsedNetwork(spec, problems.ToEquatableArray(), new SourceMap(locations));
    }

    /// <summary>A class with layers that lacks [Network] would otherwise be passed over in silence; its first layer reports it.</summary>
    public static ParsedNetwork? ReadOrphan(GeneratorAttributeSyntaxContext context)
    {
        var attributes = context.TargetSymbol.GetAttributes();
        // Of a class with members alone, the first of them.
        if (context.TargetSymbol is IPropertySymbol && (context.TargetSymbol.ContainingType.GetAttributes().Any(attribute => attribute.AttributeClass is { } type && (LayerTypes.Is(type, LayerTypes.Network) || LayerReader.IsLayer(type)))
            || LayerTypes.DerivesFrom(context.TargetSymbol.ContainingType, LayerTypes.Block)
            || !SymbolEqualityComparer.Default.Equals(MemberReader.Members(context.TargetSymbol.ContainingType).First(), context.TargetSymbol)))
            return null;
        if (attributes.Any(attribute => LayerTypes.Is(attribute.AttributeClass, LayerTypes.Network))
            || context.TargetSymbol is INamedTypeSymbol symbol && LayerTypes.DerivesFrom(symbol, LayerTypes.Block)
            || attributes.First(attribute => attribute.AttributeClass is { } type && LayerReader.IsLayer(type) && LayerReader.IsOwn(LayerTypes.Kind(type))) != context.Attributes[0])
            return null;
        return Orphan(context.TargetSymbol as INamedTypeSymbol ?? context.TargetSymbol.ContainingType, context.Attributes[0]);
    }

    /// <summary>Whether a declaration may be that of a class with layers, by its text alone: without 'partial' nobody means a network.</summary>
    public static bool MayBeOrphan(SyntaxNode node) => node is ClassDeclarationSyntax { AttributeLists.Count: > 0 } declaration && IsPartial(declaration);

    /// <summary>The same for a class whose layers are all functions of single elements, whose attributes may come from anywhere.</summary>
    public static ParsedNetwork? ReadFormulaOrphan(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        if (context.SemanticModel.GetDeclaredSymbol(context.Node, cancellation) is not INamedTypeSymbol symbol || LayerTypes.DerivesFrom(symbol, LayerTypes.Block))
            return null;
        var layers = symbol.GetAttributes().Where(attribute => attribute.AttributeClass is { } type && (LayerTypes.Is(type, LayerTypes.Network) || LayerReader.IsLayer(type))).ToList();
        if (layers.Count == 0 || LayerTypes.DerivesFrom(symbol, LayerTypes.Block) || layers.Any(attribute => LayerTypes.Is(attribute.AttributeClass, LayerTypes.Network) || LayerReader.IsOwn(LayerTypes.Kind(attribute.AttributeClass!))))
            return null;
        // One of several declarations reports it.
        return context.Node.Span.Contains(layers[0].ApplicationSyntaxReference!.Span) && context.Node.SyntaxTree == layers[0].ApplicationSyntaxReference!.SyntaxTree ? Orphan(symbol, layers[0]) : null;
    }

    private static ParsedNetwork Orphan(ISymbol symbol, AttributeData layer)
    {
        var location = layer.ApplicationSyntaxReference!.GetSyntax().GetLocation();
        var problem = Problem.Of(Rules.NoNetwork, new Site(0, ""), symbol.Name);
        return new ParsedNetwork(null, EquatableArray.Of(problem), new SourceMap(new Dictionary<Site, Location> { [Site.Class] = location }));
    }

    private static void CheckDeclaration(INamedTypeSymbol symbol, TypeDeclarationSyntax declaration, bool hasDevices, List<Problem> problems, CancellationToken cancellation)
    {
        void Report(Rule rule, params string[] arguments) => problems.Add(Problem.Of(rule, Site.Class, arguments));

        if (!IsPartial(declaration))
            Report(Rules.NotPartial, symbol.Name);
        if (symbol.TypeParameters.Length > 0)
            Report(Rules.Generic, symbol.Name, "");
        if (symbol.IsStatic)
            Report(Rules.WrongKind, symbol.Name, "static", "static");
        if (symbol.IsAbstract && !symbol.IsStatic)
            Report(Rules.WrongKind, symbol.Name, "abstract", "abstract");
        if (symbol.IsRecord)
            Report(Rules.WrongKind, symbol.Name, "a record", "record");
        if (symbol.IsFileLocal)
            Report(Rules.WrongKind, symbol.Name, "local to its file, where generated code can't reach it", "file");
        // A class can't have a member of its own name.
        var members = hasDevices ? GeneratedMembers.Concat(DeviceMembers).ToList() : [.. GeneratedMembers];
        if (members.Contains(symbol.Name) || GeneratedMethods.Contains(symbol.Name))
            Report(Rules.ReservedName, symbol.Name);
        foreach (var container in Containers(symbol))
        {
            if (container.IsFileLocal)
                Report(Rules.WrongKind, container.Name, "local to its file, where generated code can't reach it", "file");
            if (!container.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellation) is TypeDeclarationSyntax syntax && IsPartial(syntax)))
                Report(Rules.ContainerNotPartial, symbol.Name, container.Name);
            if (container.TypeParameters.Length > 0)
                Report(Rules.Generic, container.Name, $" or move '{symbol.Name}' out of it");
        }

        // A method of the user's is an overload beside ours.
        var taken = members.Where(name => symbol.GetMembers(name).Length > 0)
            .Concat(GeneratedMethods.Where(name => symbol.GetMembers(name).Any(member => member is not IMethodSymbol)));
        foreach (var name in taken)
            Report(Rules.NameCollision, symbol.Name, name);
    }

    private static bool IsPartial(TypeDeclarationSyntax declaration) => declaration.Modifiers.Any(SyntaxKind.PartialKeyword);

    // Where C# rejects the attributes by itself, a report of ours would only blur its own: on a struct or an interface, written twice,
    // or misspelt where the input or the loss would else be missed.
    private static bool IsRejected(INamedTypeSymbol symbol, IReadOnlyList<AttributeData> attributes, bool hasMembers)
    {
        bool Has(Func<INamedTypeSymbol, bool> accepts) => attributes.Any(attribute => attribute.AttributeClass is { } type && accepts(type));

        return symbol.TypeKind != TypeKind.Class
            || attributes.Count(attribute => LayerTypes.Is(attribute.AttributeClass, LayerTypes.Network)) > 1
            || attributes.Count(attribute => LayerTypes.Is(attribute.AttributeClass, LayerTypes.Input)) > 1
            || Has(type => type.TypeKind == TypeKind.Error) && (hasMembers || !(Has(type => LayerTypes.Is(type, LayerTypes.Input)) && Has(type => LayerTypes.DerivesFrom(type, LayerTypes.Loss))));
    }

    private static IEnumerable<INamedTypeSymbol> Containers(INamedTypeSymbol symbol)
    {
        var containers = new Stack<INamedTypeSymbol>();
        for (var container = symbol.ContainingType; container is not null; container = container.ContainingType)
            containers.Push(container);
        return containers;
    }

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { IsRecord: true, TypeKind: TypeKind.Struct } => "record struct",
        { IsRecord: true } => "record",
        { TypeKind: TypeKind.Struct } => "struct",
        { TypeKind: TypeKind.Interface } => "interface",
        _ => "class",
    };

    // Names as they are, without the signs that keywords need in C#.
    private static string Namespace(INamedTypeSymbol symbol)
    {
        var names = new Stack<string>();
        for (var space = symbol.ContainingNamespace; !space.IsGlobalNamespace; space = space.ContainingNamespace)
            names.Push(space.Name);
        return string.Join(".", names);
    }
}
