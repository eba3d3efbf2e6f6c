using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>A function of several numbers and its derivatives by each of them.</summary>
internal sealed class GateFormula : IEquatable<GateFormula>
{
    public const string Gradient = "$dy";

    /// <summary>Differentiates a gate.</summary>
    /// <param name="supplied">Derivatives of the user's own by piece, over the pieces and <see cref="ActivationFormula.Output"/>.</param>
    public GateFormula(Algebra algebra, Expr value, int pieces, string settings, IReadOnlyDictionary<string, Expr> supplied)
    {
        Algebra = algebra;
        Value = value;
        Pieces = pieces;
        Settings = settings;
        Derivatives = Enumerable.Range(0, pieces).Select(i => Derivation.By(algebra, Value, algebra.Variable(Piece(i)), supplied, algebra.Variable(ActivationFormula.Output))).ToList();
    }

    public Algebra Algebra { get; }

    public Expr Value { get; }

    public IReadOnlyList<Expr> Derivatives { get; }

    public int Pieces { get; }

    public string Settings { get; }

    /// <summary>Equal formulas give equal code, whichever layers they belong to.</summary>
    public bool Equals(GateFormula? other) => other is not null && AsText() == other.AsText();

    public override bool Equals(object? obj) => Equals(obj as GateFormula);

    public override int GetHashCode() => AsText().GetHashCode();

    private string AsText() => string.Join("|", Derivatives.Prepend(Value).Select(FormulaText.Write));

    /// <summary>The variable of a piece.</summary>
    public static string Piece(int index) => "$" + Text.Invariant(index);

    /// <summary>Statements that leave expressions in locals.</summary>
    public IReadOnlyList<string> Print(IReadOnlyList<(string Local, Expr Root)> results, Func<int, string> piece, string gradient, HashSet<string> taken)
    {
        var finished = Stability.Finish(Algebra, results.Select(result => result.Root).ToList());
        return new VectorCode(name => name == Gradient ? gradient : piece(Index(name)), taken).Write([.. results.Zip(finished, (result, root) => (result.Local, root))]);
    }

    /// <summary>How formulas write a piece of x: x₁, x₂.</summary>
    public static Func<string, string> Variables(string x) => name => x + "[" + Text.Invariant(Index(name) + 1) + "]";

    private static int Index(string variable) => int.Parse(variable.Substring(1), System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>y = f(x₁, x₂, …) of equal pieces of an axis: gated linear units and the elementwise part of recurrent cells.</summary>
/// <param name="GateName">In dumps and default layer names.</param>
/// <param name="Function">f with its arguments.</param>
/// <param name="Axis">The axis that the pieces lie along.</param>
internal sealed record GateOp(string GateName, GateFormula Function, int Axis) : LayerOp
{
    public override string Name => GateName;

    public override bool DerivativeReadsInput => true;

    public override string Symbol => "a";

    public override string Settings => string.Join(", ", new[] { Function.Settings, Axis == 0 ? "" : $"axis = {Text.Invariant(Axis)}" }.Where(part => part.Length > 0));

    public override string Summary => Settings.Length == 0 ? Name : $"{Name}, {Settings}";

    public override bool HasEpilogue => true;

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (Axis < -x.Rank || Axis >= x.Rank)
        {
            report(Rules.AxisOutOfRange, "Axis", Axes.Report(Axis, x));
            return Ops.Inference.Same(x);
        }

        var extent = x.Extents[Axes.Index(Axis, x)];
        if (extent % Function.Pieces != 0)
            report(Rules.Pieces, "", [Name, Text.Invariant(Function.Pieces), Text.Invariant(extent), x.ToString(), Text.Invariant((extent / Function.Pieces + 1) * Function.Pieces)]);
        return new(EquatableArray.Of(x.With(Axes.Index(Axis, x), Math.Max(1, extent / Function.Pieces))), EquatableArray<Shape>.Empty);
    }

    public override long Flops(Shape x, Shape y) => y.LongSize * Algebra.Nodes([Function.Value]).Count(node => node.Operands.Count > 0);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var (text, where) = MathText.Write(Function.Value, GateFormula.Variables(inputs[0]));
        return $"{outputs[0]} = {text}{where}";
    }

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (rows, columns) = Matrix(code.Shape(code.Root.Outputs[0]));
        var op = code.GateEpilogue(Function, columns);
        return $"Kernels::Pass.Apply<{code.Type}, {op.Type}>({code.Variable(code.Root.Inputs[0])}, {code.Result}, {rows}, {Text.Invariant(columns)}, {Text.Invariant(columns * Function.Pieces)}, {Text.Invariant(columns)}, {op.Construction})";
    }

    public override void Differentiate(GradientTape tape, Node node)
    {
        if (tape.NeedsGradient(node.Inputs[0]))
            tape.Add(new GateBackwardOp(this), node, [tape.GradientOf(node.Outputs[0]), node.Inputs[0]], [tape.MakeGradient(node.Inputs[0])]);
    }

    /// <summary>Rows, and columns of one piece.</summary>
    public (string Rows, int Columns) Matrix(Shape y)
    {
        var (outer, along, inner) = Axes.Around(Axis, y);
        return (StepCode.Samples(outer), along * inner);
    }
}

/// <summary>dxᵢ = dy ⊙ ∂f/∂xᵢ for each piece.</summary>
internal sealed record GateBackwardOp(GateOp Gate) : Op
{
    public override string Name => Gate.Name + ".backward";

    public override string Role(int place) => place == 0 ? "d" + Gate.Symbol : "x";

    public override string Settings => Gate.Settings;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        string.Join("     ", Gate.Function.Derivatives.Select((derivative, i) =>
        {
            var (text, where) = MathText.Write(derivative, GateFormula.Variables(inputs[1]), isFactor: true);
            return $"{outputs[0]}[{Text.Invariant(i + 1)}] = {inputs[0]} ⊙ {text}{where}";
        }));

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} → {outputs[0]}";

    public override string Call(StepCode code)
    {
        var (rows, columns) = Gate.Matrix(code.Shape(code.Root.Inputs[0]));
        var op = code.GateBackward(Gate.Function, columns);
        return $"Kernels::Pass.Apply<{code.Type}, {op.Type}>({code.Variable(code.Root.Inputs[0])}, {code.Result}, {rows}, {Text.Invariant(columns)}, {Text.Invariant(columns)}, {Text.Invariant(columns * Gate.Function.Pieces)}, {op.Construction})";
    }
}
