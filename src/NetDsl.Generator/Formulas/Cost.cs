using System.Collections.Generic;
using System.Linq;

namespace NetDsl.Generator.Formulas;

/// <summary>What it takes to compute expressions, in vector additions; shared parts count once.</summary>
internal static class Cost
{
    /// <summary>Writing a buffer in the forward pass and reading it in the backward pass.</summary>
    public const int Buffer = 4;

    public static int Of(params Expr[] roots)
    {
        var seen = new HashSet<Expr>();
        int Visit(Expr node) => seen.Add(node) ? Own(node) + node.Operands.Sum(Visit) : 0;

        return roots.Sum(Visit);
    }

    private static int Own(Expr node) => node.Kind switch
    {
        ExprKind.Constant or ExprKind.Variable => 0,
        ExprKind.Divide => node.B.IsConstant ? 1 : 5,
        ExprKind.Power when node.B.Is(2) => 1,
        ExprKind.Power when node.B.IsConstant && node.B.Value == System.Math.Floor(node.B.Value) && node.B.Value <= 16 => 3,
        ExprKind.Power => 45,
        ExprKind.Call => Functions.Of(node.Name).Cost,
        _ => 1,
    };
}
