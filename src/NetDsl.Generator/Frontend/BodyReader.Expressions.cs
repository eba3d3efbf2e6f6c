using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Frontend;

/// <content>Expressions.</content>
internal sealed partial class BodyReader
{
    // What a person writes stays far below; what a program writes must neither hang the compiler nor overflow its stack.
    private const int MaxOperations = 5000;
    private const int MaxDepth = 200;

    private readonly Dictionary<Expr, int> _depths = [];
    private int _operations;
    private int _nesting;
    private bool _isTooLarge;

    private Expr Evaluate(IOperation operation, State state)
    {
        if (_isTooLarge || ++_operations > MaxOperations || _nesting > MaxDepth)
            return TooLarge();
        _nesting++;
        var result = Constant(operation) ?? EvaluateVariable(operation, state);
        _nesting--;
        return Depth(result) > MaxDepth ? TooLarge() : result;
    }

    private Expr EvaluateVariable(IOperation operation, State state)
    {
        switch (operation)
        {
            case IConversionOperation { OperatorMethod: null } conversion when ScalarTypes.IsScalar(operation.Type):
                // What is real becomes an integer by cutting; everything else keeps its value.
                return ScalarTypes.IsInteger(operation.Type) && !ScalarTypes.IsInteger(conversion.Operand.Type)
                    ? Refuse(operation, "cutting off the digits behind the point has no derivative")
                    : Evaluate(conversion.Operand, state);
            case ILocalReferenceOperation { Local: var local }:
                return state.Values.TryGetValue(local, out var value) ? value : Outside(operation, local, state);
            case IParameterReferenceOperation { Parameter: var parameter }:
                return state.Values.TryGetValue(parameter, out var argument) ? argument : Outside(operation, parameter, state);
            case IMemberReferenceOperation { Instance: IInstanceReferenceOperation, Member.OriginalDefinition: var member } when state.Values.TryGetValue(member, out var held):
                return held;
            case IFieldReferenceOperation reference:
                return Field(reference);
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Plus } unary:
                return Evaluate(unary.Operand, state);
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus } unary:
                return algebra.Negate(Evaluate(unary.Operand, state));
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } unary:
                return algebra.Not(Evaluate(unary.Operand, state));
            case IBinaryOperation binary when ScalarTypes.IsScalar(binary.LeftOperand.Type) && ScalarTypes.IsScalar(binary.Type):
                return Binary(binary, binary.OperatorKind, binary.LeftOperand.Type, Evaluate(binary.LeftOperand, state), Evaluate(binary.RightOperand, state));
            case IConditionalOperation { WhenFalse: { } otherwise } choice when ScalarTypes.IsScalar(choice.Type):
                return Choose(choice.Type!, Evaluate(choice.Condition, state), Evaluate(choice.WhenTrue, state), Evaluate(otherwise, state));
            case ISwitchExpressionOperation choice when ScalarTypes.IsScalar(choice.Type):
                return Switch(choice, state);
            case IIsPatternOperation test when ScalarTypes.IsScalar(test.Value.Type):
                return Matches(test.Pattern, Evaluate(test.Value, state));
            case IInvocationOperation call:
                return Call(call, state);
            default:
                return RefuseExpression(operation);
        }
    }

    // C# has folded what is integer or condition; real numbers are meant as the decimals that are written, and fold here, whatever their precision.
    private Expr? Constant(IOperation operation)
    {
        if (operation is ILiteralOperation { Syntax: LiteralExpressionSyntax literal } && ScalarTypes.IsReal(operation.Type))
            return algebra.Constant(Decimal(literal.Token.Text.Replace("_", "").TrimEnd('f', 'F', 'd', 'D')));
        if (operation is IMemberReferenceOperation { Member: var member } && ElementaryCalls.Constant(member) is { } known)
            return algebra.Constant(known);
        if (operation.ConstantValue is not { HasValue: true, Value: { } value })
            return null;
        // A real number without a text of its own is a default argument.
        return ScalarTypes.IsBoolean(operation.Type) || ScalarTypes.IsInteger(operation.Type) || operation is ILiteralOperation or IDefaultValueOperation && ScalarTypes.IsReal(operation.Type)
            ? algebra.Constant(Number(value))
            : null;
    }

    /// <summary>A constant of C#. The shortest decimal of a float is what was written: 0.1f is 0.1.</summary>
    public static double Number(object value) => value switch
    {
        bool condition => condition ? 1 : 0,
        float single => Decimal(single.ToString("R", CultureInfo.InvariantCulture)),
        _ => Convert.ToDouble(value, CultureInfo.InvariantCulture),
    };

    private static double Decimal(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private Expr Field(IFieldReferenceOperation reference)
    {
        var field = reference.Field.OriginalDefinition;
        if (!ScalarTypes.IsScalar(field.Type))
            return RefuseType(reference, field.Type);
        if (SymbolEqualityComparer.Default.Equals(field.ContainingAssembly, compilation.Assembly) && field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer: { } initializer } && (field.IsConst || IsFixed(field)))
        {
            if (_stack.Contains(field, SymbolEqualityComparer.Default))
                return Refuse(reference, "its value depends on itself");
            _stack.Add(field);
            var value = Model(initializer.SyntaxTree).GetOperation(initializer.Value, cancellation) is { } operation
                ? Evaluate(operation, new State(null, new Dictionary<ISymbol, Expr>(SymbolEqualityComparer.Default)))
                : algebra.Zero;
            _stack.RemoveAt(_stack.Count - 1);
            return value;
        }

        return field is { IsConst: true, ConstantValue: { } constant }
            ? algebra.Constant(Number(constant))
            : Refuse(reference, NotConstant);
    }

    // A static constructor could give it another value.
    private static bool IsFixed(IFieldSymbol field) => field is { IsStatic: true, IsReadOnly: true } && field.ContainingType.StaticConstructors.All(constructor => constructor.IsImplicitlyDeclared);

    private Expr Outside(IOperation reference, ISymbol variable, State state)
    {
        // C# reports a variable without a value.
        if (!SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, state.Method))
            return Refuse(reference, "it belongs to the method around this one: hand it over as a parameter");
        problems.LeaveToCSharp();
        return algebra.Zero;
    }

    private Expr Binary(IOperation operation, BinaryOperatorKind kind, ITypeSymbol? operand, Expr a, Expr b)
    {
        if (ScalarTypes.IsBoolean(operand))
        {
            return kind switch
            {
                BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd => algebra.And(a, b),
                BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr => algebra.Or(a, b),
                BinaryOperatorKind.Equals => Same(a, b),
                BinaryOperatorKind.NotEquals or BinaryOperatorKind.ExclusiveOr => algebra.Not(Same(a, b)),
                _ => RefuseOperator(operation),
            };
        }

        return kind switch
        {
            BinaryOperatorKind.Add => algebra.Add(a, b),
            BinaryOperatorKind.Subtract => algebra.Subtract(a, b),
            BinaryOperatorKind.Multiply => algebra.Multiply(a, b),
            BinaryOperatorKind.Divide when ScalarTypes.IsInteger(operand) => Refuse(operation, "the division of integers cuts off digits, which has no derivative: divide real numbers, as in x / 2.0"),
            BinaryOperatorKind.Divide => algebra.Divide(a, b),
            BinaryOperatorKind.LessThan => algebra.Less(a, b),
            BinaryOperatorKind.LessThanOrEqual => algebra.LessOrEqual(a, b),
            BinaryOperatorKind.GreaterThan => algebra.Less(b, a),
            BinaryOperatorKind.GreaterThanOrEqual => algebra.LessOrEqual(b, a),
            BinaryOperatorKind.Equals => algebra.Equal(a, b),
            BinaryOperatorKind.NotEquals => algebra.Not(algebra.Equal(a, b)),
            _ => RefuseOperator(operation),
        };
    }

    private Expr Same(Expr a, Expr b) => ChooseCondition(a, b, algebra.Not(b));

    private Expr Choose(ITypeSymbol type, Expr condition, Expr yes, Expr no) =>
        ScalarTypes.IsBoolean(type) ? ChooseCondition(condition, yes, no) : algebra.Select(condition, yes, no);

    private Expr ChooseCondition(Expr condition, Expr yes, Expr no) =>
        yes == no ? yes
        : yes.Is(1) ? algebra.Or(condition, no)
        : no.Is(1) ? algebra.Or(algebra.Not(condition), yes)
        : algebra.Or(algebra.And(condition, yes), algebra.And(algebra.Not(condition), no));

    private Expr TooLarge()
    {
        if (!_isTooLarge)
            problems.Add(Rules.FormulaTooLarge, _stack[0].Locations[0], _stack[0].ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat), Text.Invariant(MaxOperations), Text.Invariant(MaxDepth));
        _isTooLarge = true;
        return algebra.Zero;
    }

    private int Depth(Expr e)
    {
        if (!_depths.TryGetValue(e, out var depth))
            _depths[e] = depth = e.Operands.Count == 0 ? 1 : 1 + e.Operands.Max(Depth);
        return depth;
    }
}
