using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;

namespace NetDsl.Generator.Frontend;

/// <summary>A method's body → its result as an expression over its parameters: statements here, expressions, patterns and calls beside it.</summary>
/// <remarks>
/// Branches run side by side and are joined after an <c>if</c>, each variable by a choice between its two values, so the work grows with the text alone.
/// </remarks>
internal sealed partial class BodyReader(Compilation compilation, Algebra algebra, FormulaProblems problems, CancellationToken cancellation)
{
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];

    /// <summary>What a method's variables hold at one point of it, and what it has returned on the way there.</summary>
    private sealed class State(IMethodSymbol? method, Dictionary<ISymbol, Expr> values)
    {
        public IMethodSymbol? Method => method;

        public Dictionary<ISymbol, Expr> Values { get; set; } = values;

        public List<Exit> Exits { get; } = [];

        /// <summary>Whether every way to this point has returned.</summary>
        public bool HasReturned { get; set; }

        public State Fork() => new(method, new Dictionary<ISymbol, Expr>(Values, SymbolEqualityComparer.Default));
    }

    /// <summary>A return statement's value, or an <c>if</c> with the exits of its branches.</summary>
    private sealed record Exit(Expr? Value, Expr? Condition, List<Exit> Yes, List<Exit> No);

    /// <summary>The result of a method whose parameters are the given expressions; something harmless where there are problems.</summary>
    public Expr Read(IMethodSymbol method, IReadOnlyList<Expr> arguments)
    {
        if (Body(method) is not { } body)
            return algebra.Zero;
        var state = new State(method, new Dictionary<ISymbol, Expr>(SymbolEqualityComparer.Default));
        foreach (var (parameter, argument) in method.Parameters.Zip(arguments, (parameter, argument) => (parameter, argument)))
            state.Values[parameter] = argument;
        _stack.Add(method);
        Execute(body, state);
        _stack.RemoveAt(_stack.Count - 1);
        return Leave(state.Exits, null, method.ReturnType) ?? algebra.Zero;
    }

    /// <summary>The value of an expression in a constructor, where variables and members hold what is given.</summary>
    public Expr Read(IOperation expression, IMethodSymbol constructor, IReadOnlyDictionary<ISymbol, Expr> values)
    {
        _stack.Add(constructor);
        var state = new State(constructor, new Dictionary<ISymbol, Expr>(SymbolEqualityComparer.Default));
        foreach (var pair in values)
            state.Values.Add(pair.Key, pair.Value);
        return Evaluate(expression, state);
    }

    private IBlockOperation? Body(IMethodSymbol method)
    {
        var syntax = method.DeclaringSyntaxReferences[0].GetSyntax(cancellation);
        var body = Model(syntax.SyntaxTree).GetOperation(syntax, cancellation) switch
        {
            IMethodBodyOperation declared => declared.BlockBody ?? declared.ExpressionBody,
            ILocalFunctionOperation local => local.Body,
            _ => null,
        };
        if (body is null)
            problems.Add(Rules.UnsupportedExpression, method.Locations[0], method.Name, "its body isn't there to be read");
        return body;
    }

    private SemanticModel Model(SyntaxTree tree)
    {
        if (!_models.TryGetValue(tree, out var model))
            _models[tree] = model = compilation.GetSemanticModel(tree);
        return model;
    }

    // From the last exit to the first: an if's branches end with their own exits or go on to what follows it.
    private Expr? Leave(List<Exit> exits, Expr? rest, ITypeSymbol type)
    {
        for (var i = exits.Count - 1; i >= 0; i--)
            rest = exits[i] is { Condition: { } condition } exit ? Join(type, condition, Leave(exit.Yes, rest, type), Leave(exit.No, rest, type)) : exits[i].Value;
        return rest;
    }

    private void Execute(IOperation statement, State state)
    {
        cancellation.ThrowIfCancellationRequested();
        // What follows a return is never reached.
        if (state.HasReturned)
            return;
        switch (statement)
        {
            case IBlockOperation block:
                foreach (var inner in block.Operations)
                    Execute(inner, state);
                break;
            case IVariableDeclarationGroupOperation group:
                foreach (var declarator in group.Declarations.SelectMany(declaration => declaration.Declarators))
                    Declare(declarator, state);
                break;
            case IReturnOperation { ReturnedValue: { } returned }:
                state.Exits.Add(new Exit(Evaluate(returned, state), null, [], []));
                state.HasReturned = true;
                break;
            case IConditionalOperation branch:
                Branch(branch, state);
                break;
            case IExpressionStatementOperation { Operation: var effect }:
                Assign(effect, state);
                break;
            case IEmptyOperation or ILocalFunctionOperation:
                break;
            case IInvalidOperation:
                problems.LeaveToCSharp();
                break;
            default:
                RefuseStatement(statement);
                break;
        }
    }

    private void Declare(IVariableDeclaratorOperation declarator, State state)
    {
        if (declarator.Symbol.IsRef)
            Refuse(declarator, "a reference to another variable has no place among numbers");
        else if (!ScalarTypes.IsScalar(declarator.Symbol.Type))
            RefuseType(declarator, declarator.Symbol.Type);
        else if (declarator.GetVariableInitializer() is { } initializer)
            state.Values[declarator.Symbol] = Evaluate(initializer.Value, state);
    }

    private void Branch(IConditionalOperation branch, State state)
    {
        var condition = Evaluate(branch.Condition, state);
        var (yes, no) = (state.Fork(), state.Fork());
        Execute(branch.WhenTrue, yes);
        if (branch.WhenFalse is { } otherwise)
            Execute(otherwise, no);
        if (yes.Exits.Count + no.Exits.Count > 0)
            state.Exits.Add(new Exit(null, condition, yes.Exits, no.Exits));
        state.HasReturned = yes.HasReturned && no.HasReturned;
        // Where a branch has returned for good, the variables go on as the other one left them.
        state.Values = yes.HasReturned ? no.Values : no.HasReturned ? yes.Values : Join(condition, yes.Values, no.Values);
    }

    private Dictionary<ISymbol, Expr> Join(Expr condition, Dictionary<ISymbol, Expr> yes, Dictionary<ISymbol, Expr> no)
    {
        var joined = new Dictionary<ISymbol, Expr>(yes, SymbolEqualityComparer.Default);
        foreach (var pair in no)
        {
            var type = pair.Key is ILocalSymbol local ? local.Type : ((IParameterSymbol)pair.Key).Type;
            joined[pair.Key] = Join(type, condition, yes.TryGetValue(pair.Key, out var other) ? other : null, pair.Value)!;
        }

        return joined;
    }

    // C# lets nobody read a variable to which one branch gave no value, nor leave a method without one.
    private Expr? Join(ITypeSymbol type, Expr condition, Expr? yes, Expr? no) => yes is null ? no : no is null ? yes : Choose(type, condition, yes, no);

    private void Assign(IOperation effect, State state)
    {
        var target = effect switch
        {
            ISimpleAssignmentOperation { IsRef: false } assignment => assignment.Target,
            ICompoundAssignmentOperation compound => compound.Target,
            IIncrementOrDecrementOperation step => step.Target,
            _ => null,
        };
        ISymbol? variable = target switch
        {
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            _ => null,
        };
        if (effect is IInvalidOperation || target is IInvalidOperation)
            problems.LeaveToCSharp();
        else if (variable is null)
            Refuse(effect, "it would act on something else than this method's variables, or on nothing");
        else if (!SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, state.Method))
            Refuse(target!, "it belongs to the method around this one: hand it over as a parameter");
        else
            state.Values[variable] = Assigned(effect, target!, state);
    }

    private Expr Assigned(IOperation effect, IOperation target, State state) => effect switch
    {
        ISimpleAssignmentOperation assignment => Evaluate(assignment.Value, state),
        ICompoundAssignmentOperation compound => Binary(compound, compound.OperatorKind, target.Type, Evaluate(target, state), Evaluate(compound.Value, state)),
        _ => Binary(effect, effect.Kind == OperationKind.Increment ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract, target.Type, Evaluate(target, state), algebra.One),
    };
}
