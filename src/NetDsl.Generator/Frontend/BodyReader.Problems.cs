using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;

namespace NetDsl.Generator.Frontend;

/// <content>What can't stand in a formula, and why.</content>
internal sealed partial class BodyReader
{
    private const string Allowed = "arithmetic, comparisons, conditions, local variables, constants, functions of Math, MathF and NetDsl.Functions, and static methods made of these";

    private const string NotConstant = "its value isn't known while compiling: make it const, or static readonly with a value in this project";

    private Expr Refuse(IOperation operation, string why)
    {
        problems.Add(Rules.UnsupportedExpression, operation.Syntax.GetLocation(), Snippet(operation.Syntax), why);
        return algebra.Zero;
    }

    private Expr RefuseType(IOperation operation, ITypeSymbol type) =>
        Refuse(operation, $"it is of type '{type.ToDisplayString(NullableFlowState.None)}', but formulas are made of float, double, a floating-point type parameter, and bool for conditions");

    // A statement of many lines is shown by the word that it begins with.
    private void RefuseStatement(IOperation statement)
    {
        var keyword = statement.Syntax.GetFirstToken();
        problems.Add(Rules.UnsupportedExpression, keyword.GetLocation(), keyword.ValueText, Why(statement));
    }

    private Expr RefuseExpression(IOperation operation)
    {
        if (operation is not IInvalidOperation)
            return operation.Type is { } type && !ScalarTypes.IsScalar(type) ? RefuseType(operation, type) : Refuse(operation, Why(operation));
        problems.LeaveToCSharp();
        return algebra.Zero;
    }

    private Expr RefuseOperator(IOperation operation) => Refuse(operation, "NetDsl knows no derivative of this operator: allowed are " + Allowed);

    private static string Why(IOperation operation) => operation switch
    {
        ILoopOperation => "a loop repeats, but a formula is one expression: write its terms out",
        ISwitchOperation => "a switch statement isn't read: write a switch expression, or if and return",
        IThrowOperation => "a formula has a value for every number: leave the check out, [Range] on an argument of the attribute does it where the attribute is used",
        IAssignmentOperation or IIncrementOrDecrementOperation => "an assignment is a statement of its own: write it on a line before",
        IPropertyReferenceOperation => NotConstant,
        _ => "allowed are " + Allowed,
    };

    private static string Snippet(SyntaxNode syntax)
    {
        var text = string.Join(" ", syntax.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 60 ? text : text.Substring(0, 57) + "…";
    }
}
