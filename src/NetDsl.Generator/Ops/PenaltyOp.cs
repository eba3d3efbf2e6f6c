using System;
using System.Collections.Generic;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>What a weight adds to the loss, and its derivative.</summary>
internal sealed record PenaltyFormula(Algebra Algebra, Expr Value, Expr Derivative, string Settings)
{
    public const string Weight = "$w";

    public const string Gradient = "$dw";

    public static PenaltyFormula Of(Algebra algebra, Expr value, Expr? supplied, string settings)
    {
        return new(algebra, value, supplied ?? Derivation.By(algebra, value, algebra.Variable(Weight)), settings);
    }

    /// <summary>Statements that leave an expression in a local.</summary>
    public IReadOnlyList<string> Print(string local, Expr root, ElementCode code, string gradient) =>
        new VectorCode(name => name == Weight ? code.Input(0) : gradient, code.Taken).Write([(local, Stability.Finish(Algebra, [root])[0])]);
}

/// <summary>L += Σ f(w): a penalty on the weights of a layer.</summary>
/// <param name="PenaltyName">In dumps and tables.</param>
/// <param name="Penalty">f with its arguments.</param>
internal sealed record PenaltyOp(string PenaltyName, PenaltyFormula Penalty) : LayerOp, IElementwiseTerm
{
    public override string Name => PenaltyName;

    public override string Symbol => "r";

    public override string Settings => Penalty.Settings;

    public override string Summary => Settings.Length == 0 ? Name : $"{Name}, {Settings}";

    public override LayerOp? Inference => null;

    public override string Role(int place) => "w";

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report) => new(EquatableArray<Shape>.Empty, EquatableArray<Shape>.Empty);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var (text, where) = MathText.Write(Penalty.Value, _ => inputs[0], isFactor: true);
        return $"L += Σ {text}{where}";
    }

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => inputs[0];

    public IReadOnlyList<string> Statements(ElementCode code) => Penalty.Print("penalty", Penalty.Value, code, "");

    public Channels ChannelsOf(Shape x) => Channels.None;

    public override string Call(StepCode code)
    {
        var (weight, size) = (code.Root.Inputs[0], code.Shape(code.Root.Inputs[0]).Size);
        var term = code.Term(size, "penalty");
        var operands = $"<{code.Type}, {term.Type}>({code.Variable(weight)}, 1, {Text.Invariant(size)}, {term.Construction}";
        // A device keeps the sum until the loss is asked for.
        return code.OnDevice ? $"Kernels::Reduce.AddSum{operands}, workspace.PenaltySum)" : $"workspace.Penalty += Kernels::Reduce.Sum{operands})";
    }

    public override void Differentiate(GradientTape tape, Node node) =>
        tape.Add(new PenaltyBackwardOp(this), node, [node.Inputs[0], tape.GradientOfParameter(node.Inputs[0])], []);
}

/// <summary>dw += f′(w), after the layer's own gradient.</summary>
internal sealed record PenaltyBackwardOp(PenaltyOp Penalty) : Op, IElementwiseTerm
{
    public override string Name => Penalty.Name + ".backward";

    public override string Role(int place) => place == 0 ? "w" : "dw";

    public override string Settings => Penalty.Settings;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var (text, where) = MathText.Write(Penalty.Penalty.Derivative, _ => inputs[0]);
        return $"{inputs[1]} += {text}{where}";
    }

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => inputs[0];

    public IReadOnlyList<string> Statements(ElementCode code)
    {
        var algebra = Penalty.Penalty.Algebra;
        return Penalty.Penalty.Print("penalised", algebra.Add(algebra.Variable(PenaltyFormula.Gradient), Penalty.Penalty.Derivative), code, code.Input(1));
    }

    public Channels ChannelsOf(Shape x) => Channels.None;

    public override string Call(StepCode code)
    {
        var (weight, gradient, size) = (code.Root.Inputs[0], code.Root.Inputs[1], code.Shape(code.Root.Inputs[0]).Size);
        var term = code.Term(size, "penalised");
        return $"Kernels::Pass.Apply<{code.Type}, {term.Type}>({code.Variable(weight)}, {code.Variable(gradient)}, 1, {Text.Invariant(size)}, {term.Construction})";
    }
}
