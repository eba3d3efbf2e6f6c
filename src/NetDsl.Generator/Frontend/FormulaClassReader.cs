using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Frontend;

/// <summary>Finds Value, its terms and its derivatives in a class, checks their parameters, and has their bodies read.</summary>
internal sealed partial class FormulaClassReader
{
    private sealed record Signature(IMethodSymbol Method, IReadOnlyList<FormulaParameter> Parameters, string DerivativeOf);

    // What a derivative calls the result of Value.
    private const string Result = "value";

    private static readonly HashSet<string> TargetNames = new(StringComparer.OrdinalIgnoreCase) { "target", "label", "truth", "expected", "actual" };

    private static readonly HashSet<string> PredictionNames = new(StringComparer.OrdinalIgnoreCase) { "prediction", "predicted", "estimate", "output", "score" };

    // What the kernel keeps in registers.
    private const int MostTerms = 8;

    private readonly INamedTypeSymbol _type;
    private readonly FormulaKind _kind;
    private readonly Compilation _compilation;
    private readonly FormulaProblems _problems;
    private readonly CancellationToken _cancellation;
    private readonly IReadOnlyDictionary<string, AttributeArgument> _arguments;
    private readonly IReadOnlyList<IMethodSymbol> _methods;
    private readonly IReadOnlyList<(IMethodSymbol Symbol, ConstructorReader Values)> _constructors;
    private readonly List<FormulaAssignment> _assignments = [];

    public FormulaClassReader(INamedTypeSymbol type, FormulaKind kind, Compilation compilation, FormulaProblems problems, CancellationToken cancellation)
    {
        (_type, _kind, _compilation, _problems, _cancellation) = (type, kind, compilation, problems, cancellation);
        _arguments = AttributeArguments.Of(type);
        _constructors = type.InstanceConstructors.Where(constructor => constructor.DeclaredAccessibility != Accessibility.Private)
            .Select(constructor => (constructor, new ConstructorReader(compilation, new Algebra(), cancellation).Follow(constructor))).ToList();
        // A class inherits the formula of its base, and what it declares itself goes before.
        _methods = LayerTypes.Declaring(type).SelectMany(current => current.GetMembers().OfType<IMethodSymbol>()).Where(method => method.MethodKind == MethodKind.Ordinary).ToList();
    }

    public ParsedFormula Read()
    {
        var value = FindValue();
        if (value is not null && !IsHere(value))
            return Inherited(value.ContainingType);
        var signatures = value is null ? [] : Signatures(value);
        // A parameter of a wrong type would only give more problems in the body.
        var methods = _problems.IsBroken ? [] : signatures.Select(Body).ToList();
        return Parsed(new FormulaSpec(_kind, LayerTypes.MetadataName(_type), methods.ToEquatableArray(), Assignments));
    }

    private List<Signature> Signatures(IMethodSymbol value)
    {
        CheckResult(value);
        var terms = _kind == FormulaKind.SampleLoss ? Terms(value) : [];
        var count = DataCount(value.Parameters.Select(parameter => parameter.Name));
        var parameters = Parameters(value, count, terms.Select(term => term.Name));
        foreach (var method in _kind == FormulaKind.ElementwiseLoss ? [value] : terms)
            CheckOrder(method);
        var sums = value.Parameters.Where(parameter => terms.Any(term => string.Equals(term.Name, parameter.Name, StringComparison.OrdinalIgnoreCase))).Select(parameter => parameter.Name);
        // By what the layer's input gives; a loss isn't differentiated by its target.
        var data = new HashSet<string>(value.Parameters.Take(_kind == FormulaKind.Gate ? count : Math.Min(count, 1)).Select(parameter => parameter.Name).Concat(sums), StringComparer.Ordinal);
        return [new(value, parameters, ""), .. terms.Select(term => new Signature(term, Parameters(term, 2, []), "")), .. Derivatives(value, parameters, data)];
    }

    private ParsedFormula Inherited(INamedTypeSymbol declaring)
    {
        var spec = CompiledFormulas.Read(declaring, _kind);
        if (spec is null)
            _problems.Add(Rules.FormulaNotCompiled, _type.Locations[0], LayerTypes.Kind(declaring), declaring.ContainingAssembly.Name);
        if (spec is null)
            return Parsed(null);
        var data = new HashSet<string>(spec.Methods.Where(method => method.DerivativeOf.Length == 0).SelectMany(Data), StringComparer.OrdinalIgnoreCase);
        if (spec.Value.Parameters.All(parameter => parameter.Name != Result))
            data.Add(Result);
        var methods = spec.Methods.Select(method => method with
        {
            Parameters = method.Parameters.Select(parameter => data.Contains(parameter.Name) ? parameter : parameter with { Default = Start(method.Name, parameter.Name, parameter.Default, _type.Locations[0]) }).ToEquatableArray(),
        }).ToEquatableArray();
        return Parsed(new FormulaSpec(_kind, LayerTypes.MetadataName(_type), methods, Assignments));

        IEnumerable<string> Data(FormulaMethod method) =>
            method != spec.Value ? method.Parameters.Take(2).Select(parameter => parameter.Name).Append(method.Name)
            : method.Parameters.Take(DataCount(method.Parameters.Select(parameter => parameter.Name))).Select(parameter => parameter.Name);
    }

    private EquatableArray<FormulaAssignment> Assignments => _assignments.Distinct().ToEquatableArray();

    private ParsedFormula Parsed(FormulaSpec? spec)
    {
        if (_type.DeclaringSyntaxReferences.Any(reference => HasErrors(reference.GetSyntax(_cancellation))))
            return ParsedFormula.Of(null);
        return _problems.Parsed(spec, isExported: !_type.IsFileLocal, HasErrors);
    }

    private IMethodSymbol? FindValue()
    {
        var declared = _methods.Where(method => method.Name == "Value").ToList();
        var own = declared.Where(method => SymbolEqualityComparer.Default.Equals(method.ContainingType, declared[0].ContainingType)).ToList();
        var value = own.FirstOrDefault();
        var kind = LayerTypes.Kind(_type);
        if (value is null)
            _problems.Add(Rules.NoFormula, _type.Locations[0], kind, "has no method called 'Value', which its base class asks for", $"write '{Example}'");
        else if (own.Count > 1)
            _problems.Add(Rules.NoFormula, own[1].Locations[0], kind, $"has {Text.Invariant(own.Count)} methods called 'Value'", "keep one; its number type doesn't matter, since the network's precision decides");
        else if (!value.IsStatic)
            _problems.Add(Rules.NoFormula, value.Locations[0], kind, "has a 'Value' that isn't static", "make it static, and take the attribute's arguments as parameters of the same names");
        else if (value.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal)
            _problems.Add(Rules.NoFormula, value.Locations[0], kind, "hides its 'Value'", "make it public or internal");
        return own.Count == 1 && value!.IsStatic ? value : null;
    }

    private string Example => _kind switch
    {
        FormulaKind.Activation => "public static double Value(double x) => …",
        FormulaKind.Gate => "public static double Value(double a, double b) => …",
        FormulaKind.ElementwiseLoss => "public static double Value(double prediction, double target) => …",
        FormulaKind.SampleLoss => "public static double Value(double squares) => …' and 'public static double Squares(double prediction, double target) => …",
        _ => "public static double Value(double weight) => …",
    };

    // A gate's pieces are all that comes before the first argument.
    private int DataCount(IEnumerable<string> parameters) => _kind switch
    {
        FormulaKind.Gate => Math.Max(2, parameters.TakeWhile(parameter => !_arguments.ContainsKey(parameter)).Count()),
        FormulaKind.ElementwiseLoss => 2,
        FormulaKind.SampleLoss => 0,
        _ => 1,
    };

    private string DataWords(IMethodSymbol method) =>
        method.Name != "Value" ? "a prediction and its target" : _kind switch
        {
            FormulaKind.Activation => "the number x",
            FormulaKind.Gate => "at least two pieces of the channels",
            FormulaKind.ElementwiseLoss => "a prediction and its target",
            FormulaKind.SampleLoss => "at least one of the terms",
            _ => "the weight",
        };

    private List<IMethodSymbol> Terms(IMethodSymbol value)
    {
        var terms = value.Parameters
            .Select(parameter => _methods.FirstOrDefault(method => method.IsStatic && method.Name != "Value" && string.Equals(method.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)))
            .OfType<IMethodSymbol>().ToList();
        foreach (var term in terms.Where(term => !IsHere(term) && CompiledFormulas.Find(term) is null))
            Misfit(value, value.Locations[0], $"takes the term '{term.Name}' from {term.ContainingAssembly.Name}, which doesn't hold it as a formula: declare it beside Value");
        if (terms.Count == 0)
            Misfit(value, value.Locations[0], $"takes {DataWords(value)} first: other static methods of a prediction and its target, which have the names of its parameters");
        if (terms.Count > MostTerms)
            Misfit(value, value.Locations[0], $"sums {Text.Invariant(terms.Count)} terms, but a loss has at most {Text.Invariant(MostTerms)}");
        foreach (var again in terms.SelectMany(term => _methods.Where(method => method.Name == term.Name && SymbolEqualityComparer.Default.Equals(method.ContainingType, term.ContainingType)).Skip(1)))
            Misfit(again, again.Locations[0], "is there several times, so it isn't clear which one is summed: keep one");
        terms.ForEach(CheckResult);
        return terms;
    }

    private void CheckResult(IMethodSymbol method)
    {
        if (!ScalarTypes.IsReal(method.ReturnType))
            Misfit(method, method.Locations[0], $"gives {method.ReturnType.ToDisplayString()}, but a formula gives float, double or a floating-point type parameter");
    }

    // C# can't tell two numbers apart, but their names can.
    private void CheckOrder(IMethodSymbol method)
    {
        if (method.Parameters.Length >= 2 && TargetNames.Contains(method.Parameters[0].Name) && PredictionNames.Contains(method.Parameters[1].Name))
            _problems.Warn(Rules.SwappedLoss, method.Parameters[0].Locations[0], $"{LayerTypes.Kind(_type)}.{method.Name}", method.Parameters[0].Name, method.Parameters[1].Name);
    }

    private IEnumerable<Signature> Derivatives(IMethodSymbol value, IReadOnlyList<FormulaParameter> parameters, HashSet<string> data)
    {
        var known = new Dictionary<string, INamedTypeSymbol>(StringComparer.Ordinal);
        // A derivative that a base supplies is that of the base's own Value.
        foreach (var method in _methods.Where(method => SymbolEqualityComparer.Default.Equals(method.ContainingType, value.ContainingType) || !LayerTypes.Declaring(value.ContainingType).Contains(method.ContainingType, SymbolEqualityComparer.Default)))
        {
            var attribute = method.GetAttributes().FirstOrDefault(candidate => LayerTypes.Is(candidate.AttributeClass, LayerTypes.Derivative));
            if (attribute is null || parameters.Count == 0)
                continue;
            var by = attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Primitive, Value: string given } ? given : parameters[0].Name;
            // The class's own goes before its base's.
            if (known.TryGetValue(by, out var earlier) && !SymbolEqualityComparer.Default.Equals(earlier, method.ContainingType))
                continue;
            var names = string.Join(", ", parameters.Select(parameter => parameter.Name));
            var stray = method.Parameters.FirstOrDefault(parameter => parameter.Name != Result && parameters.All(other => other.Name != parameter.Name));
            var misfit =
                _kind == FormulaKind.ElementwiseLoss && by != parameters[0].Name ? $"a loss needs the derivative by its prediction '{parameters[0].Name}' alone"
                : parameters.Any(parameter => parameter.Name == by && !parameter.IsLearnable && !data.Contains(by)) ? $"'{by}' is an argument of the attribute, which nobody learns"
                : !method.IsStatic ? "it isn't static"
                : !ScalarTypes.IsReal(method.ReturnType) ? $"it gives {method.ReturnType.ToDisplayString()} instead of a real number"
                : parameters.All(parameter => parameter.Name != by) ? $"Value has no parameter '{by}', but {names}{(_kind == FormulaKind.SampleLoss ? "; the derivatives of the terms NetDsl finds itself" : "")}"
                : earlier is not null ? $"the derivative by '{by}' is there already"
                : stray is not null ? $"its parameter '{stray.Name}' is none of Value's, which are {names}, nor 'value', which is Value's result"
                : method.Parameters.Any(parameter => !ScalarTypes.IsScalar(parameter.Type)) ? "its parameters aren't all numbers or conditions"
                : null;
            known[by] = method.ContainingType;
            if (misfit is not null)
                _problems.Add(Rules.DerivativeDoesNotFit, (stray ?? (ISymbol)method).Locations[0], method.Name, $"{LayerTypes.Kind(_type)}.{value.Name}", misfit);
            else
                yield return new Signature(method, method.Parameters.Select(parameter => parameters.FirstOrDefault(other => other.Name == parameter.Name) ?? new FormulaParameter(parameter.Name, false, false, double.NaN, Interval.Real)).ToList(), by);
        }
    }

    private FormulaMethod Body(Signature signature)
    {
        if (!IsHere(signature.Method) && CompiledFormulas.Find(signature.Method) is { } compiled)
            return compiled;
        var algebra = new Algebra();
        var reader = new BodyReader(_compilation, algebra, _problems, _cancellation);
        var body = reader.Read(signature.Method, signature.Parameters.Select(parameter => algebra.Variable(parameter.Name)).ToList());
        return new FormulaMethod(signature.Method.Name, signature.Parameters.ToEquatableArray(), signature.DerivativeOf, FormulaText.Write(body));
    }

    private bool IsHere(IMethodSymbol method) => SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, _compilation.Assembly);

    private void Misfit(IMethodSymbol method, Location location, string what) => _problems.Add(Rules.FormulaParameters, location, $"{LayerTypes.Kind(_type)}.{method.Name}", what);

    // An error of C# in the class, or in the member elsewhere that a problem lies in, may well be its cause.
    private bool HasErrors(Location location) =>
        location.SourceTree is { } tree && HasErrors(tree.GetRoot(_cancellation).FindNode(location.SourceSpan).FirstAncestorOrSelf<MemberDeclarationSyntax>());

    // By default, since a project may turn warnings into errors, which say nothing against reading on.
    private bool HasErrors(SyntaxNode? declaration) =>
        declaration is not null && _compilation.GetSemanticModel(declaration.SyntaxTree).GetDiagnostics(declaration.Span, _cancellation).Any(diagnostic => diagnostic.DefaultSeverity == DiagnosticSeverity.Error);
}
