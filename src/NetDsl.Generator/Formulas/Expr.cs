using System.Collections.Generic;

namespace NetDsl.Generator.Formulas;

internal enum ExprKind
{
    Constant,
    Variable,
    Add,
    Subtract,
    Multiply,
    Divide,
    Negate,
    Power,
    Min,
    Max,

    /// <summary>An elementary function of one argument: <see cref="Functions"/>.</summary>
    Call,

    /// <summary>The second operand where the first (a condition) holds, else the third.</summary>
    Select,
    Less,
    LessOrEqual,
    Equal,
    And,
    Or,
    Not,
}

/// <summary>A node of an expression graph over real numbers and conditions. <see cref="Algebra"/> makes them, each only once, so equal expressions are the same object.</summary>
/// <param name="id">Number in the order of making: operands have smaller ones.</param>
/// <param name="value">A constant's number; conditions that are constant are 1 or 0.</param>
/// <param name="name">A variable's or a function's name.</param>
internal sealed class Expr(int id, ExprKind kind, double value, string name, IReadOnlyList<Expr> operands)
{
    public int Id => id;

    public ExprKind Kind => kind;

    public double Value => value;

    public string Name => name;

    public IReadOnlyList<Expr> Operands => operands;

    public Expr A => operands[0];

    public Expr B => operands[1];

    public Expr C => operands[2];

    public bool IsConstant => kind == ExprKind.Constant;

    /// <summary>Whether it is true or false, not a number.</summary>
    public bool IsCondition => kind is ExprKind.Less or ExprKind.LessOrEqual or ExprKind.Equal or ExprKind.And or ExprKind.Or or ExprKind.Not;

    public bool Is(double number) => kind == ExprKind.Constant && value.Equals(number);

    public bool Calls(string function) => kind == ExprKind.Call && name == function;

    public override string ToString() => FormulaText.Write(this);
}
