using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Frontend;

/// <summary>Symbols and attributes → <see cref="NetworkSpec"/>: the only code that knows Roslyn's types.</summary>
internal static class NetworkReader
{
    private static readonly string[] GeneratedMethods = ["Forward", "Loss", "OutputGradient", "Backward", "BackwardInput", "Predict", "CheckGradients"];

    private static readonly string[] GeneratedMembers = ["Parameters", "Gradients", "Workspace", "Description", "Layout"];

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
        var locations = new Dictionary<Site, Location> { [Site.Class] = declaration.Identifier.GetLocation() };
        CheckDeclaration(symbol, declaration, problems, cancellation);

        var attributes = symbol.GetAttributes();
        var layers = new List<LayerSpec>();
        var isBroken = IsRejected(symbol, attributes);
        for (var i = 0; i < attributes.Length; i++)
        {
            var attribute = attributes[i];
            if (attribute.AttributeClass is not { } type || !IsLayer(type))
                continue;
            if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax syntax)
                continue;
            var kind = LayerTypes.Kind(type);
            isBroken |= HasErrors(attribute);
            Locate(attribute, syntax, i, locations);
            if (!declaration.Span.Contains(syntax.Span) || declaration.SyntaxTree != syntax.SyntaxTree)
                problems.Add(Problem.Of(Rules.TwoDeclarations, new Site(i, ""), kind, symbol.Name));
            var formula = LayerTypes.Formula(type) is { } formulaKind ? ReadFormula(type, formulaKind, i, context.SemanticModel.Compilation, problems, ref isBroken, cancellation) : null;
            var isKnown = formula is not null || IsOwn(type) && (kind == "Input" || Catalogue.Contains(kind));
            var arguments = isKnown ? Arguments(attribute) : EquatableArray<Argument>.Empty;
            layers.Add(formula is null ? new LayerSpec(kind, i, isKnown, arguments) : new LayerSpec(kind, i, isKnown, Complete(arguments, formula, attribute), ForUse(formula, arguments)));
        }

        var precision = context.Attributes[0].NamedArguments.Where(argument => argument.Key == "Precision").Select(argument => argument.Value.Value as int?).FirstOrDefault() ?? 0;
        var network = context.Attributes[0].ApplicationSyntaxReference!.GetSyntax(cancellation);
        if (precision is < 0 or > 1 && !context.SemanticModel.GetDiagnostics(network.Span, cancellation).Any(diagnostic => diagnostic.DefaultSeverity == DiagnosticSeverity.Error))
            problems.Add(Problem.Of(Rules.OutOfRange, Site.Class, "Precision of [Network]", Text.Invariant(precision), "it must be Precision.Single or Precision.Double"));
        var containers = Containers(symbol).Select(container => new ContainingType(Keyword(container), container.Name)).ToEquatableArray();
        if (isBroken)
            problems.Clear();
        var spec = problems.Count > 0 || isBroken ? null : new NetworkSpec(Namespace(symbol), containers, symbol.Name, precision == 1, layers.ToEquatableArray());
        return new ParsedNetwork(spec, problems.ToEquatableArray(), new SourceMap(locations));
    }

    /// <summary>A class with layers that lacks [Network] would otherwise be passed over in silence; its first layer reports it.</summary>
    public static ParsedNetwork? ReadOrphan(GeneratorAttributeSyntaxContext context)
    {
        var attributes = context.TargetSymbol.GetAttributes();
        if (attributes.Any(attribute => LayerTypes.Is(attribute.AttributeClass, LayerTypes.Network))
            || attributes.First(attribute => attribute.AttributeClass is { } type && IsLayer(type) && IsSearched(LayerTypes.Kind(type))) != context.Attributes[0])
            return null;
        return Orphan(context.TargetSymbol, context.Attributes[0]);
    }

    /// <summary>Whether a declaration may be that of a class with layers, by its text alone: without 'partial' nobody means a network.</summary>
    public static bool MayBeOrphan(SyntaxNode node) => node is ClassDeclarationSyntax { AttributeLists.Count: > 0 } declaration && IsPartial(declaration);

    /// <summary>The same for a class whose layers are all functions of single elements, whose attributes may come from anywhere.</summary>
    public static ParsedNetwork? ReadFormulaOrphan(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        if (context.SemanticModel.GetDeclaredSymbol(context.Node, cancellation) is not INamedTypeSymbol symbol)
            return null;
        var layers = symbol.GetAttributes().Where(attribute => attribute.AttributeClass is { } type && (LayerTypes.Is(type, LayerTypes.Network) || IsLayer(type))).ToList();
        if (layers.Count == 0 || layers.Any(attribute => LayerTypes.Is(attribute.AttributeClass, LayerTypes.Network) || IsSearched(LayerTypes.Kind(attribute.AttributeClass!))))
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

    // By the names of their attributes.
    private static bool IsSearched(string kind) => kind == "Input" || Catalogue.Contains(kind);

    private static void CheckDeclaration(INamedTypeSymbol symbol, TypeDeclarationSyntax declaration, List<Problem> problems, CancellationToken cancellation)
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
        if (GeneratedMembers.Contains(symbol.Name) || GeneratedMethods.Contains(symbol.Name))
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
        var taken = GeneratedMembers.Where(name => symbol.GetMembers(name).Length > 0)
            .Concat(GeneratedMethods.Where(name => symbol.GetMembers(name).Any(member => member is not IMethodSymbol)));
        foreach (var name in taken)
            Report(Rules.NameCollision, symbol.Name, name);
    }

    private static bool IsPartial(TypeDeclarationSyntax declaration) => declaration.Modifiers.Any(SyntaxKind.PartialKeyword);

    private static bool IsLayer(INamedTypeSymbol type) => LayerTypes.Is(type, LayerTypes.Input) || LayerTypes.DerivesFrom(type, LayerTypes.Layer);

    // Where C# rejects the attributes by itself, a report of ours would only blur its own: on a struct or an interface, written twice,
    // or misspelt where the input or the loss would else be missed.
    private static bool IsRejected(INamedTypeSymbol symbol, IReadOnlyList<AttributeData> attributes)
    {
        bool Has(Func<INamedTypeSymbol, bool> accepts) => attributes.Any(attribute => attribute.AttributeClass is { } type && accepts(type));

        return symbol.TypeKind != TypeKind.Class
            || attributes.Count(attribute => LayerTypes.Is(attribute.AttributeClass, LayerTypes.Network)) > 1
            || attributes.Count(attribute => LayerTypes.Is(attribute.AttributeClass, LayerTypes.Input)) > 1
            || Has(type => type.TypeKind == TypeKind.Error) && !(Has(type => LayerTypes.Is(type, LayerTypes.Input)) && Has(type => LayerTypes.DerivesFrom(type, LayerTypes.Loss)));
    }

    private static bool IsOwn(INamedTypeSymbol type) => type.ContainingNamespace.ToDisplayString() == "NetDsl";

    // C# reports these itself; a second report of ours would only blur the first.
    private static bool HasErrors(AttributeData attribute) =>
        attribute.AttributeConstructor is null
        || attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(argument => argument.Value)).Any(HasErrors);

    private static bool HasErrors(TypedConstant constant) =>
        constant.Kind == TypedConstantKind.Error || constant is { Kind: TypedConstantKind.Array, IsNull: false } && constant.Values.Any(HasErrors);

    // A class of this compilation reports its own problems; that another assembly holds no formula is said where it is used.
    private static FormulaSpec? ReadFormula(INamedTypeSymbol type, FormulaKind kind, int attribute, Compilation compilation, List<Problem> problems, ref bool isBroken, CancellationToken cancellation)
    {
        var formula = FormulaReader.Read(type, kind, compilation, cancellation).Spec;
        if (formula is null && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly))
            isBroken = true;
        else if (formula is null)
            problems.Add(Problem.Of(Rules.FormulaNotCompiled, new Site(attribute, ""), LayerTypes.Kind(type), type.ContainingAssembly.Name));
        return formula;
    }

    // With what the attribute's constructor makes of its arguments; a property that is set here goes before.
    private static EquatableArray<Argument> Complete(EquatableArray<Argument> arguments, FormulaSpec formula, AttributeData attribute)
    {
        var signature = attribute.AttributeConstructor is { } constructor ? ConstructorReader.Signature(constructor) : "";
        var isSet = new HashSet<string>(attribute.NamedArguments.Select(argument => argument.Key), StringComparer.OrdinalIgnoreCase);
        var assigned = formula.Assignments.Where(assignment => assignment.Constructor == signature && !isSet.Contains(assignment.Parameter))
            .Select(assignment => new Argument(assignment.Parameter, Assigned(assignment.Text, attribute)));
        return arguments.Concat(assigned).ToEquatableArray();
    }

    private static Constant Assigned(string text, AttributeData attribute)
    {
        var given = attribute.AttributeConstructor!.Parameters.Zip(attribute.ConstructorArguments, (parameter, constant) => (parameter.Name, Value: Read(constant))).ToList();
        var algebra = new Algebra();
        var value = algebra.Substitute(FormulaText.Read(algebra, text)!, given.ToDictionary(argument => algebra.Variable(argument.Name), argument => algebra.Constant(argument.Value.Number)));
        return given.Where(argument => argument.Name == text).Select(argument => argument.Value).FirstOrDefault()
            ?? new Constant(value.IsConstant ? value.Value : double.NaN, EquatableArray<double>.Empty, null);
    }

    // Where the attribute says who learns, it goes before the formula.
    private static FormulaSpec ForUse(FormulaSpec formula, EquatableArray<Argument> arguments)
    {
        if (arguments.FirstOrDefault(argument => argument.Name == "PerChannel") is not { } perChannel)
            return formula;
        return formula with
        {
            Methods = formula.Methods.Select(method => method with
            {
                Parameters = method.Parameters.Select(parameter => parameter with { IsPerChannel = parameter.IsLearnable && perChannel.Value.Number != 0 }).ToEquatableArray(),
            }).ToEquatableArray(),
        };
    }

    private static EquatableArray<Argument> Arguments(AttributeData attribute)
    {
        if (attribute.AttributeConstructor is not { } constructor)
            return EquatableArray<Argument>.Empty;
        // A property is set after the constructor has run.
        var given = constructor.Parameters.Zip(attribute.ConstructorArguments, (parameter, constant) => new Argument(parameter.Name, Read(constant)))
            .Where(argument => attribute.NamedArguments.All(named => !string.Equals(named.Key, argument.Name, StringComparison.OrdinalIgnoreCase)))
            .Concat(attribute.NamedArguments.Where(argument => argument.Value is not { Kind: not TypedConstantKind.Array, Value: null }).Select(argument => new Argument(argument.Key, Read(argument.Value))))
            .ToList();
        // What a loss reduces by where its attribute says nothing.
        var reduction = attribute.AttributeClass!.GetAttributes().FirstOrDefault(candidate => LayerTypes.Is(candidate.AttributeClass, LayerTypes.DefaultReduction));
        if (reduction is { ConstructorArguments.Length: 1 } && given.All(argument => argument.Name != "Reduction"))
            given.Add(new Argument("Reduction", Read(reduction.ConstructorArguments[0])));
        return given.ToEquatableArray();
    }

    private static Constant Read(TypedConstant constant) => constant switch
    {
        { Kind: TypedConstantKind.Array, IsNull: false, Type: IArrayTypeSymbol { ElementType.TypeKind: TypeKind.Enum } } =>
            new Constant(0, EquatableArray<double>.Empty, null, IsArray: true, Members: constant.Values.Select(value => EnumMember(value) ?? "").ToEquatableArray()),
        { Kind: TypedConstantKind.Array } => new Constant(0, constant.IsNull ? EquatableArray<double>.Empty : constant.Values.Select(value => Number(value.Value)).ToEquatableArray(), null, !constant.IsNull && constant.Values.Any(value => value.Value is bool), IsArray: true),
        { Kind: TypedConstantKind.Enum } => new Constant(Number(constant.Value), EquatableArray<double>.Empty, EnumMember(constant)),
        _ => new Constant(Number(constant.Value), EquatableArray<double>.Empty, constant.Value as string, constant.Value is bool),
    };

    private static double Number(object? value) => value switch
    {
        char letter => letter,
        IConvertible number and not string => BodyReader.Number(number),
        _ => 0,
    };

    private static string? EnumMember(TypedConstant constant) =>
        constant.Type!.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => Equals(field.ConstantValue, constant.Value))?.Name;

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
