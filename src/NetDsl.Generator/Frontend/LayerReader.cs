using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Frontend;

/// <summary>The attributes of a network or a block → layers: blocks with their own stacks inside, constants in place of parameters' names.</summary>
/// <param name="holder">The class whose attributes are read.</param>
/// <param name="compilation">The compilation that it belongs to.</param>
/// <param name="cancellation">Stops the reading.</param>
internal sealed class LayerReader(INamedTypeSymbol holder, Compilation compilation, CancellationToken cancellation)
{
    /// <summary>NetDsl's own attributes in a stack that are no operations.</summary>
    public static readonly string[] NotOperations = ["Input", "Branch", "End", "Projection", "Shared", "Tied"];

    private readonly List<INamedTypeSymbol> _open = [holder];

    /// <summary>What can be said of the attributes alone.</summary>
    public List<Problem> Problems { get; } = [];

    /// <summary>Whether C# reports an error in them, or a class that they use reports one of its own.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether a type can stand in a stack.</summary>
    public static bool IsLayer(INamedTypeSymbol type) =>
        LayerTypes.Is(type, LayerTypes.Input) || LayerTypes.DerivesFrom(type, LayerTypes.Layer) || LayerTypes.DerivesFrom(type, LayerTypes.Bracket);

    /// <summary>Whether NetDsl has an attribute of its own of that name.</summary>
    public static bool IsOwn(string kind) => NotOperations.Contains(kind) || Catalogue.Contains(kind);

    /// <summary>All layers in source order, each with its number among the class's attributes.</summary>
    /// <param name="names">What names of parameters stand for; null outside of blocks.</param>
    public EquatableArray<LayerSpec> ReadAll(IReadOnlyDictionary<string, Constant>? names = null) => ReadAll(holder.GetAttributes(), 0, holder, names, _ => null);

    /// <summary>The layers of a member.</summary>
    /// <param name="member">Its property.</param>
    /// <param name="first">Number of its first attribute.</param>
    public EquatableArray<LayerSpec> ReadMember(IPropertySymbol member, int first) => ReadAll(member.GetAttributes(), first, holder, null, _ => null);

    /// <summary>The parameters of a block's constructors, without values.</summary>
    public static IReadOnlyDictionary<string, Constant> Unknown(INamedTypeSymbol block) =>
        Constructors(block).SelectMany(constructor => constructor.Parameters).Select(parameter => parameter.Name).Distinct()
            .Where(name => Constructors(block).All(constructor => constructor.Parameters.Any(parameter => parameter.Name == name)))
            .ToDictionary(name => name, _ => new Constant(ConstantKind.Parameter, 0, EquatableArray<Constant>.Empty, null));

    private static IEnumerable<IMethodSymbol> Constructors(INamedTypeSymbol type) => type.InstanceConstructors.Where(constructor => constructor.DeclaredAccessibility == Accessibility.Public);

    // What is wrong within a block of another assembly is said at its use.
    private EquatableArray<LayerSpec> ReadAll(IReadOnlyList<AttributeData> attributes, int first, INamedTypeSymbol within, IReadOnlyDictionary<string, Constant>? names, Func<int, Site?> elsewhere)
    {
        var layers = new List<LayerSpec>();
        for (var i = 0; i < attributes.Count; i++)
        {
            if (attributes[i].AttributeClass is { } layer && IsLayer(layer))
                layers.Add(Read(attributes[i], layer, first + i, names, within, elsewhere(i)));
        }

        return layers.ToEquatableArray();
    }

    private LayerSpec Read(AttributeData attribute, INamedTypeSymbol type, int index, IReadOnlyDictionary<string, Constant>? names, INamedTypeSymbol within, Site? use)
    {
        void Report(Rule rule, string argument, params string[] arguments) => Problems.Add(Problem.Of(rule, use ?? new Site(index, argument), arguments));

        IsBroken |= HasErrors(attribute);
        var kind = LayerTypes.Kind(type);
        var isBlock = LayerTypes.DerivesFrom(type, LayerTypes.Block);
        var formula = LayerTypes.Formula(type) is { } formulaKind ? ReadFormula(type, formulaKind, Report) : null;
        if (!isBlock && formula is null && !(type.ContainingNamespace.ToDisplayString() == "NetDsl" && IsOwn(kind)))
            return new LayerSpec(kind, index, IsKnown: false, EquatableArray<Argument>.Empty);
        var arguments = Arguments(attribute, names, (argument, name) => Report(Rules.UnknownName, argument, name, LayerTypes.Kind(within), Parameters(names)));
        var block = isBlock ? ReadBlock(type, attribute, arguments, use ?? new Site(index, ""), names is null, Report) : (EquatableArray<LayerSpec>?)null;
        return formula is null
            ? new LayerSpec(kind, index, IsKnown: true, arguments, Block: block)
            : new LayerSpec(kind, index, IsKnown: true, Complete(arguments, formula, attribute), ForUse(formula, arguments));
    }

    private EquatableArray<LayerSpec> ReadBlock(INamedTypeSymbol type, AttributeData attribute, EquatableArray<Argument> arguments, Site use, bool isOutermost, Action<Rule, string, string[]> report)
    {
        var isHere = SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly);
        if (_open.Contains(type, SymbolEqualityComparer.Default))
        {
            // A class of this compilation says so itself.
            report(Rules.RecursiveBlock, "", [LayerTypes.Kind(type), string.Join(" → ", _open.SkipWhile(open => !SymbolEqualityComparer.Default.Equals(open, type)).Append(type).Select(LayerTypes.Kind))]);
            return EquatableArray<LayerSpec>.Empty;
        }

        if (isHere && BlockReader.HasProblems(type, compilation, cancellation))
        {
            IsBroken = true;
            return EquatableArray<LayerSpec>.Empty;
        }

        var parameters = attribute.AttributeConstructor?.Parameters.Select(parameter => parameter.Name) ?? [];
        var names = arguments.Where(argument => parameters.Contains(argument.Name)).ToDictionary(argument => argument.Name, argument => isOutermost ? From(argument.Value, argument.Name) : argument.Value);
        _open.Add(type);
        var layers = ReadAll(type.GetAttributes(), 0, type, names, _ => use);
        _open.RemoveAt(_open.Count - 1);
        return layers;
    }

    // Problems with it within the block go back to the argument that it is.
    private static Constant From(Constant constant, string origin) => constant with
    {
        Origin = origin,
        Elements = constant.Elements.Select((element, i) => From(element, $"{origin}[{Text.Invariant(i)}]")).ToEquatableArray(),
    };

    private static string Parameters(IReadOnlyDictionary<string, Constant>? names) =>
        names is null || names.Count == 0 ? "no parameters: add one" : "the parameters " + string.Join(", ", names.Keys.OrderBy(name => name, StringComparer.Ordinal)) + ": write nameof of one of them";

    // C# reports these itself; a second report of ours would only blur the first.
    private static bool HasErrors(AttributeData attribute) =>
        attribute.AttributeConstructor is null
        || attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(argument => argument.Value)).Any(HasErrors);

    private static bool HasErrors(TypedConstant constant) =>
        constant.Kind == TypedConstantKind.Error || constant is { Kind: TypedConstantKind.Array, IsNull: false } && constant.Values.Any(HasErrors);

    // A class of this compilation reports its own problems; that another assembly holds no formula is said where it is used.
    private FormulaSpec? ReadFormula(INamedTypeSymbol type, FormulaKind kind, Action<Rule, string, string[]> report)
    {
        var formula = FormulaReader.Read(type, kind, compilation, cancellation).Spec;
        if (formula is null && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly))
            IsBroken = true;
        else if (formula is null)
            report(Rules.FormulaNotCompiled, "", [LayerTypes.Kind(type), type.ContainingAssembly.Name]);
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
            ?? Scalar(ConstantKind.Real, value.IsConstant ? value.Value : double.NaN, null);
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

    private static EquatableArray<Argument> Arguments(AttributeData attribute, IReadOnlyDictionary<string, Constant>? names, Action<string, string> reportName)
    {
        if (attribute.AttributeConstructor is not { } constructor)
            return EquatableArray<Argument>.Empty;
        Constant Resolve(string argument, TypedConstant constant, ITypeSymbol type)
        {
            if (constant is { Kind: TypedConstantKind.Array, IsNull: false })
                return new Constant(ConstantKind.Array, 0, constant.Values.Select((value, i) => Resolve($"{argument}[{Text.Invariant(i)}]", value, type is IArrayTypeSymbol array ? array.ElementType : type)).ToEquatableArray(), null);
            if (names is null || type.SpecialType != SpecialType.System_Object || constant.Value is not string name)
                return Read(constant);
            if (names.TryGetValue(name, out var value))
                return value;
            reportName(argument, name);
            return new Constant(ConstantKind.Parameter, 0, EquatableArray<Constant>.Empty, null);
        }

        // A property is set after the constructor has run.
        var given = constructor.Parameters.Zip(attribute.ConstructorArguments, (parameter, constant) => new Argument(parameter.Name, Resolve(parameter.Name, constant, parameter.Type)))
            .Where(argument => attribute.NamedArguments.All(named => !string.Equals(named.Key, argument.Name, StringComparison.OrdinalIgnoreCase)))
            .Concat(attribute.NamedArguments.Where(argument => argument.Value is not { Kind: not TypedConstantKind.Array, Value: null }).Select(argument => new Argument(argument.Key, Resolve(argument.Key, argument.Value, PropertyType(attribute, argument.Key)))))
            .ToList();
        // What a loss reduces by where its attribute says nothing.
        var reduction = attribute.AttributeClass!.GetAttributes().FirstOrDefault(candidate => LayerTypes.Is(candidate.AttributeClass, LayerTypes.DefaultReduction));
        if (reduction is { ConstructorArguments.Length: 1 } && given.All(argument => argument.Name != "Reduction"))
            given.Add(new Argument("Reduction", Read(reduction.ConstructorArguments[0])));
        return given.ToEquatableArray();
    }

    // The declared type, which for an object says more than the constant's own.
    private static ITypeSymbol PropertyType(AttributeData attribute, string name)
    {
        for (var type = attribute.AttributeClass; type is not null; type = type.BaseType)
        {
            if (type.GetMembers(name).OfType<IPropertySymbol>().FirstOrDefault() is { } property)
                return property.Type;
        }

        return attribute.NamedArguments.First(argument => argument.Key == name).Value.Type!;
    }

    private static Constant Read(TypedConstant constant) => constant switch
    {
        { Kind: TypedConstantKind.Array } => new Constant(ConstantKind.Array, 0, constant.IsNull ? EquatableArray<Constant>.Empty : constant.Values.Select(Read).ToEquatableArray(), null),
        { Kind: TypedConstantKind.Enum } => Scalar(ConstantKind.Member, Number(constant.Value), EnumMember(constant)),
        { Kind: TypedConstantKind.Type } => Scalar(ConstantKind.Other, 0, $"typeof({constant.Value})"),
        { Value: bool flag } => Scalar(ConstantKind.Flag, flag ? 1 : 0, null),
        { Value: string text } => Scalar(ConstantKind.Text, 0, text),
        { Value: char letter } => Scalar(ConstantKind.Other, letter, $"'{letter}'"),
        { Value: float or double } => Scalar(ConstantKind.Real, Number(constant.Value), null),
        { Value: null } => Scalar(ConstantKind.Other, 0, null),
        _ => Scalar(ConstantKind.Whole, Number(constant.Value), null),
    };

    private static Constant Scalar(ConstantKind kind, double number, string? text) => new(kind, number, EquatableArray<Constant>.Empty, text);

    private static double Number(object? value) => value is IConvertible number ? BodyReader.Number(number) : 0;

    private static string? EnumMember(TypedConstant constant) =>
        constant.Type!.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => Equals(field.ConstantValue, constant.Value))?.Name;
}
