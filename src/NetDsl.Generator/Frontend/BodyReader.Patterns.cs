using System.Linq;
using Microsoft.CodeAnalysis.Operations;
using NetDsl.Generator.Formulas;

namespace NetDsl.Generator.Frontend;

/// <content>Switch expressions and patterns.</content>
internal sealed partial class BodyReader
{
    private Expr Switch(ISwitchExpressionOperation choice, State state)
    {
        if (!choice.IsExhaustive)
            return Refuse(choice, "it has no value for some numbers: end it with an arm '_ => …'");
        var value = Evaluate(choice.Value, state);
        // The arms cover everything, so the last one needs no condition.
        Expr? result = null;
        foreach (var arm in choice.Arms.Reverse())
        {
            var outcome = Evaluate(arm.Value, state);
            var condition = Matches(arm.Pattern, value);
            if (arm.Guard is { } guard)
                condition = algebra.And(condition, Evaluate(guard, state));
            result = result is null ? outcome : Choose(choice.Type!, condition, outcome, result);
        }

        return result!;
    }

    private Expr Matches(IPatternOperation pattern, Expr value)
    {
        var constants = new State(null, []);
        switch (pattern)
        {
            case IDiscardPatternOperation:
                return algebra.One;
            case IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: bool expected } }:
                return expected ? value : algebra.Not(value);
            case IConstantPatternOperation constant:
                var number = Evaluate(constant.Value, constants);
                // As a pattern, NaN is equal to itself.
                return number.IsConstant && double.IsNaN(number.Value) ? algebra.Not(algebra.Equal(value, value)) : algebra.Equal(value, number);
            case IRelationalPatternOperation relation:
                return Binary(relation, relation.OperatorKind, relation.Value.Type, value, Evaluate(relation.Value, constants));
            case INegatedPatternOperation negated:
                return algebra.Not(Matches(negated.Pattern, value));
            case IBinaryPatternOperation both:
                var (left, right) = (Matches(both.LeftPattern, value), Matches(both.RightPattern, value));
                return both.OperatorKind == Microsoft.CodeAnalysis.Operations.BinaryOperatorKind.And ? algebra.And(left, right) : algebra.Or(left, right);
            default:
                return Refuse(pattern, "a pattern compares with constants: <, <=, >, >=, a number, 'not', 'and', 'or' or '_'");
        }
    }
}
