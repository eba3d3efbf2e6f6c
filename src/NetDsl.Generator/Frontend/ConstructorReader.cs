using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NetDsl.Generator.Formulas;

namespace NetDsl.Generator.Frontend;

/// <summary>What a constructor of an attribute class leaves in properties, fields and the parameters of the constructors that it calls, over its own parameters.</summary>
/// <remarks>Initialisers, arguments of <c>base</c> and <c>this</c>, and simple assignments are followed. All else that may change a value makes it NaN, which no formula takes.</remarks>
internal sealed class ConstructorReader(Compilation compilation, Algebra algebra, CancellationToken cancellation)
{
    private readonly Dictionary<ISymbol, Expr> _values = new(SymbolEqualityComparer.Default);

    // Of constructors of other assemblies, whose bodies nobody sees.
    private readonly List<(string Name, Expr Value)> _compiled = [];

    private readonly HashSet<ISymbol> _called = new(SymbolEqualityComparer.Default);

    private readonly Expr _unknown = algebra.Constant(double.NaN);

    /// <summary>Follows a constructor that is called by an attribute.</summary>
    public ConstructorReader Follow(IMethodSymbol constructor)
    {
        Call(constructor.OriginalDefinition, constructor.Parameters.Select(parameter => (Expr?)algebra.Variable(parameter.Name)).ToList());
        foreach (var property in LayerTypes.Declaring(constructor.ContainingType).SelectMany(AttributeArguments.Members).OfType<IPropertySymbol>().Where(HasCode))
            ForgetWhatSets(property);
        return this;
    }

    /// <summary>All that goes by a name, without regard to case: one value where the class is well made.</summary>
    public IReadOnlyList<Expr> Find(string name) =>
        _values.Where(pair => pair.Key is not ILocalSymbol).Select(pair => (pair.Key.Name, pair.Value)).Concat(_compiled)
            .Where(held => string.Equals(held.Name, name, StringComparison.OrdinalIgnoreCase)).Select(held => held.Value).Distinct().ToList();

    /// <summary>How a constructor is known in the assembly's metadata: <c>double slope, int n</c>.</summary>
    public static string Signature(IMethodSymbol constructor) =>
        string.Join(", ", constructor.OriginalDefinition.Parameters.Select(parameter => $"{parameter.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)} {parameter.Name}"));

    private void Call(IMethodSymbol constructor, IReadOnlyList<Expr?> arguments)
    {
        // C# reports one that calls itself.
        if (!_called.Add(constructor))
            return;
        foreach (var (parameter, argument) in constructor.Parameters.Zip(arguments, (parameter, argument) => (parameter, argument)))
            Set(parameter, argument);
        var type = constructor.ContainingType;
        if (!SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly))
        {
            ReadCompiled(constructor);
            return;
        }

        var body = constructor.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellation)).FirstOrDefault(syntax => syntax is ConstructorDeclarationSyntax or TypeDeclarationSyntax);
        var operation = body is ConstructorDeclarationSyntax ? Operation(body) as IConstructorBodyOperation : null;
        var next = Initializer(body, operation);
        if (next is not null)
            Call(next.TargetMethod.OriginalDefinition, Arguments(next, constructor));
        else if (LayerTypes.Declaring(type).Skip(1).FirstOrDefault() is { } parent)
            CallDefault(parent);
        // The other constructor of the class has run the initialisers.
        if (next is null || !SymbolEqualityComparer.Default.Equals(next.TargetMethod.ContainingType.OriginalDefinition, type))
            Initialize(type, constructor);
        if (operation is not null)
            Execute(operation, constructor);
    }

    private void CallDefault(INamedTypeSymbol type)
    {
        var called = type.InstanceConstructors.Where(candidate => candidate.Parameters.All(parameter => parameter.IsOptional || parameter.IsParams)).OrderBy(candidate => candidate.Parameters.Length).FirstOrDefault();
        if (called is not null)
            Call(called, called.Parameters.Select(parameter => parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: { } value } && ScalarTypes.IsScalar(parameter.Type) ? algebra.Constant(BodyReader.Number(value)) : null).ToList());
    }

    // The call of base or this that is written.
    private IInvocationOperation? Initializer(SyntaxNode? body, IConstructorBodyOperation? operation)
    {
        var called = operation is not null ? operation.Initializer : (body as TypeDeclarationSyntax)?.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>().Select(Operation).FirstOrDefault();
        return called?.DescendantsAndSelf().OfType<IInvocationOperation>().FirstOrDefault();
    }

    private List<Expr?> Arguments(IInvocationOperation call, IMethodSymbol caller)
    {
        var given = call.Arguments.Where(argument => argument.Parameter is not null).ToDictionary(argument => argument.Parameter!.Ordinal, argument => argument.Value);
        return call.TargetMethod.Parameters.Select(parameter => given.TryGetValue(parameter.Ordinal, out var value) ? Evaluate(value, caller) : null).ToList();
    }

    private void Initialize(INamedTypeSymbol type, IMethodSymbol constructor)
    {
        foreach (var member in AttributeArguments.Members(type))
        {
            var initializer = member.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellation)).Select(syntax => syntax switch
            {
                PropertyDeclarationSyntax property => property.Initializer,
                VariableDeclaratorSyntax field => field.Initializer,
                _ => null,
            }).FirstOrDefault(found => found is not null);
            if (initializer is not null)
                Set(member, Operation(initializer.Value) is { } value ? Evaluate(value, constructor) : _unknown);
        }
    }

    // A property with code of its own holds what that leaves elsewhere, and a use may run it.
    private void ForgetWhatSets(IPropertySymbol property)
    {
        _values[property] = _unknown;
        foreach (var setter in (property.SetMethod?.DeclaringSyntaxReferences ?? []).Select(reference => Operation(reference.GetSyntax(cancellation))).OfType<IOperation>())
        {
            if (setter.Descendants().Any(MayChangeAll))
                ForgetMembers(property.ContainingType);
            Forget(setter);
        }
    }

    // What an assembly says of its formulas' parameters; what else an attribute class holds there isn't known.
    private void ReadCompiled(IMethodSymbol constructor)
    {
        var type = constructor.ContainingType;
        var formula = LayerTypes.Formula(type) is { } kind ? CompiledFormulas.Read(type, kind) : null;
        var signature = Signature(constructor);
        var assigned = formula?.Assignments.Where(assignment => assignment.Constructor == signature).ToList() ?? [];
        foreach (var assignment in assigned)
        {
            var value = FormulaText.Read(algebra, assignment.Text)!;
            var arguments = constructor.Parameters.Where(parameter => _values.ContainsKey(parameter)).ToDictionary(parameter => algebra.Variable(parameter.Name), parameter => _values[parameter]);
            _compiled.Add((assignment.Parameter, algebra.Substitute(value, arguments)));
        }

        var parameters = formula?.Methods.SelectMany(method => method.Parameters).GroupBy(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => group.First(), StringComparer.OrdinalIgnoreCase) ?? [];
        foreach (var member in LayerTypes.Declaring(type).SelectMany(AttributeArguments.Members))
        {
            if (!parameters.ContainsKey(member.Name))
                _values[member] = _unknown;
            else if (parameters[member.Name] is { Default: var start } && !double.IsNaN(start) && assigned.All(assignment => !string.Equals(assignment.Parameter, member.Name, StringComparison.OrdinalIgnoreCase)) && constructor.Parameters.All(parameter => !string.Equals(parameter.Name, member.Name, StringComparison.OrdinalIgnoreCase)))
                _values[member] = algebra.Constant(start);
        }
    }

    private void Execute(IConstructorBodyOperation body, IMethodSymbol constructor)
    {
        var statements = new IOperation?[] { body.BlockBody, body.ExpressionBody }.OfType<IOperation>().ToList();
        var all = statements.SelectMany(statement => statement.Descendants()).ToList();
        // What comes behind a return may be left out, and somebody else who gets hold of the object may change all of it.
        if (all.Any(MayChangeAll))
            ForgetMembers(constructor.ContainingType);
        else if (all.Any(operation => operation is IReturnOperation))
            statements.ForEach(Forget);
        else
            statements.ForEach(statement => Execute(statement, constructor));
    }

    private void Execute(IOperation statement, IMethodSymbol constructor)
    {
        switch (statement)
        {
            case IBlockOperation block:
                foreach (var inner in block.Operations)
                    Execute(inner, constructor);
                break;
            case IVariableDeclarationGroupOperation group:
                Forget(group);
                foreach (var declarator in group.Declarations.SelectMany(declaration => declaration.Declarators))
                    Set(declarator.Symbol, declarator.GetVariableInitializer() is { } initializer ? Evaluate(initializer.Value, constructor) : null);
                break;
            case IExpressionStatementOperation { Operation: ISimpleAssignmentOperation { IsRef: false } assignment } when Variable(assignment.Target) is { } variable:
                Forget(assignment.Value);
                Set(variable, Evaluate(assignment.Value, constructor));
                break;
            default:
                Forget(statement);
                break;
        }
    }

    private Expr? Evaluate(IOperation value, IMethodSymbol constructor)
    {
        if (value.ConstantValue is { HasValue: true, Value: null })
            return null;
        var problems = new FormulaProblems();
        var read = new BodyReader(compilation, algebra, problems, cancellation).Read(value, constructor, _values);
        return problems.IsBroken ? _unknown : read;
    }

    // Null is C#'s null, which says that nothing is set.
    private void Set(ISymbol variable, Expr? value)
    {
        if (value is null)
            _values.Remove(variable);
        else
            _values[variable] = value;
    }

    // What may change in a way that isn't followed.
    private void Forget(IOperation statement)
    {
        foreach (var operation in statement.DescendantsAndSelf())
        {
            var changed = operation switch
            {
                IAssignmentOperation assignment => assignment.Target,
                IIncrementOrDecrementOperation step => step.Target,
                IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => argument.Value,
                _ => null,
            };
            foreach (var variable in changed?.DescendantsAndSelf().Select(Variable).OfType<ISymbol>() ?? [])
                _values[variable] = _unknown;
        }
    }

    private void ForgetMembers(INamedTypeSymbol type)
    {
        foreach (var member in LayerTypes.Declaring(type).SelectMany(AttributeArguments.Members))
            _values[member] = _unknown;
    }

    private static bool MayChangeAll(IOperation operation) => operation switch
    {
        IInstanceReferenceOperation instance => instance.Parent is not (IFieldReferenceOperation or IPropertyReferenceOperation),
        IInvocationOperation call => call.TargetMethod.MethodKind is MethodKind.LocalFunction or MethodKind.DelegateInvoke,
        IPropertyReferenceOperation { Instance: IInstanceReferenceOperation, Property: var property } => HasCode(property),
        _ => false,
    };

    // Of other assemblies nobody sees it.
    private static bool HasCode(IPropertySymbol property) => property.DeclaringSyntaxReferences.Length > 0 && !AttributeArguments.IsHeld(property);

    private static ISymbol? Variable(IOperation target) => target switch
    {
        IMemberReferenceOperation { Instance: IInstanceReferenceOperation, Member: var member } => member.OriginalDefinition,
        IParameterReferenceOperation { Parameter: var parameter } => parameter.OriginalDefinition,
        ILocalReferenceOperation { Local: var local } => local,
        _ => null,
    };

    private IOperation? Operation(SyntaxNode syntax) => compilation.GetSemanticModel(syntax.SyntaxTree).GetOperation(syntax, cancellation);
}
