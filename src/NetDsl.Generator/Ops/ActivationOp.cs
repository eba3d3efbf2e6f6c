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

/// <summary>y = f(x), element by element, with the derivative that the compiler found.</summary>
/// <param name="ActivationName">In dumps and default layer names.</param>
/// <param name="Function">f with its arguments.</param>
/// <param name="KeepsDerivative">Whether f′(x) is computed beside f(x) and kept for the backward pass.</param>
/// <param name="ChannelAxis">The axis whose elements have learnable parameters of their own.</param>
internal sealed record ActivationOp(string ActivationName, ActivationFormula Function, bool KeepsDerivative, int ChannelAxis) : LayerOp, IElementwise
{
    public override string Name => ActivationName;

    public override string Symbol => "a";

    public override string Settings => Function.Settings;

    public override string Summary => Settings.Length == 0 ? Name : $"{Name}, {Settings}";

    public override bool HasEpilogue => true;

    public override bool DerivativeReadsInput => Derivation.Saved == Saved.Input;

    public override LayerOp? Inference => this with { KeepsDerivative = false };

    public override IReadOnlyList<SideOutput> SideOutputs => KeepsDerivative ? [new("d", ValueKind.Activation, "Derivative")] : [];

    public override IReadOnlyList<ParameterSpec> Parameters =>
        [.. Function.Learnables.Select(learnable => new ParameterSpec(learnable.Name, Symbols(learnable.Name), Ops.Initializer.Code("Constant", learnable.Start), FanIn: -1, FanOut: -1))];

    public override Interval OutputRange => new Ranges(Function.Algebra.Variable(ActivationFormula.Input), Interval.Real).Of(Derivation.Value);

    // Short names are those of values and gradients: m1 is a mask, dw1 a gradient.
    private static string Symbols(string name) => name.Length > 2 ? name : name + "Learnt";

    private Derivation Derivation => Function.Derivation;

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (Function.Learnables.Any(learnable => learnable.IsPerChannel) && (ChannelAxis < -x.Rank || ChannelAxis >= x.Rank))
        {
            report(Rules.AxisOutOfRange, "ChannelAxis", Axes.Report(ChannelAxis, x));
            return Ops.Inference.Same(x);
        }

        var parameters = Function.Learnables.Select(learnable => Shape.Of(learnable.IsPerChannel ? x.Extents[Axes.Index(ChannelAxis, x)] : 1));
        return new(Enumerable.Repeat(x, KeepsDerivative ? 2 : 1).ToEquatableArray(), parameters.ToEquatableArray());
    }

    public override long Flops(Shape x, Shape y) => y.LongSize * Function.Operations;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var (value, where) = MathText.Write(Derivation.Value, Variables(inputs));
        var text = $"{outputs[0]} = {value}{where}";
        if (!KeepsDerivative)
            return text;
        var (derivative, derivativeWhere) = MathText.Write(Derivation.Derivative, Variables(inputs));
        return $"{text}     {outputs[1]} = ∂{outputs[0]}/∂{inputs[0]} = {derivative}{derivativeWhere}";
    }

    public IReadOnlyList<string> Statements(ElementCode code)
    {
        var results = new List<(string, Expr)> { (code.Output(0), Derivation.Value) };
        if (KeepsDerivative)
            results.Add((code.Output(1), Derivation.Derivative));
        return Function.Print(results, code, code.Input(0), "", index => code.Input(1 + index));
    }

    public Channels ChannelsOf(Shape x) => Function.Learnables.Any(learnable => learnable.IsPerChannel) ? Channels.Along(ChannelAxis, x) : Channels.None;

    public override void Differentiate(GradientTape tape, Node node)
    {
        var (x, y) = (node.Inputs[0], node.Outputs[0]);
        var learnables = node.Inputs.Skip(1).ToList();
        for (var i = 0; i < learnables.Count && tape.NeedsGradient(learnables[i]); i++)
            tape.Add(new LearnableBackwardOp(this, i), node, [tape.GradientOf(y), x, .. learnables], [tape.ParameterGradient(learnables[i])]);
        if (!tape.NeedsGradient(x))
            return;
        var saved = Derivation.Saved switch
        {
            Saved.Input => x,
            Saved.Derivative => node.Outputs[1],
            Saved.OutputSign => tape.BehindMask(y),
            _ => y,
        };
        tape.Add(new ActivationBackwardOp(this), node, [tape.GradientOf(y), saved, .. learnables], [tape.MakeGradient(x)]);
    }

    /// <summary>How formulas write the variables of f: the input, then the learnable parameters.</summary>
    public Func<string, string> Variables(IReadOnlyList<string> inputs, string output = "") =>
        name => name == ActivationFormula.Input ? inputs[0] : name == ActivationFormula.Output ? output : inputs[1 + Function.IndexOf(name)];
}

/// <summary>dx = dy ⊙ f′.</summary>
internal sealed record ActivationBackwardOp(ActivationOp Activation) : Op, IElementwise
{
    public override string Name => Activation.Name + ".backward";

    public override string Settings => Activation.Settings;

    public override bool HasEpilogue => true;

    public override bool KeepsZeros => true;

    public override string OperatorName => Activation.Function.Derivation.Saved == Saved.Derivative ? "derivative.backward" : Name;

    public override string Role(int place) => place switch
    {
        0 => "d" + Activation.Symbol,
        1 => Activation.Function.Derivation.Saved switch { Saved.Input => "x", Saved.Derivative => "derivative", _ => Activation.Symbol },
        _ => Activation.Function.Learnables[place - 2].Name,
    };

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var derivation = Activation.Function.Derivation;
        if (derivation.Saved == Saved.Derivative)
            return $"{outputs[0]} = {inputs[0]} ⊙ {inputs[1]}";
        var (text, where) = MathText.Write(derivation.Derivative, Activation.Variables([.. inputs.Skip(1)], inputs[1]), isFactor: true);
        return $"{outputs[0]} = {inputs[0]} ⊙ {text}{where}";
    }

    public IReadOnlyList<string> Statements(ElementCode code)
    {
        var formula = Activation.Function;
        var algebra = formula.Algebra;
        var slope = formula.Derivation.Saved == Saved.Derivative ? algebra.Variable(ActivationFormula.Input) : formula.Derivation.Derivative;
        var product = algebra.Make(ExprKind.Multiply, [algebra.Variable(ActivationFormula.Gradient), slope]);
        return formula.Print([(code.Output(0), slope.Is(1) ? product.A : product)], code, code.Input(1), code.Input(1), index => code.Input(2 + index), code.Input(0));
    }

    public Channels ChannelsOf(Shape x) => Activation.ChannelsOf(x);
}

/// <summary>dα = Σ dy ⊙ ∂f/∂α over everything that shares the parameter α.</summary>
internal sealed record LearnableBackwardOp(ActivationOp Activation, int Index) : Op, IElementwiseTerm
{
    public override string Name => $"{Activation.Name}.backward_{Learnable.Name}";

    public override string Role(int place) => place switch { 0 => "d" + Activation.Symbol, 1 => "x", _ => Activation.Function.Learnables[place - 2].Name };

    private Learnable Learnable => Activation.Function.Learnables[Index];

    private Expr Derivative => Activation.Function.DerivativeBy(Index);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var (text, where) = MathText.Write(Derivative, Activation.Variables([.. inputs.Skip(1)]), isFactor: true);
        return $"{outputs[0]} = Σ{(Learnable.IsPerChannel ? "ₙ" : "")} {inputs[0]} ⊙ {text}{where}";
    }

    public IReadOnlyList<string> Statements(ElementCode code)
    {
        var formula = Activation.Function;
        var product = formula.Algebra.Multiply(formula.Algebra.Variable(ActivationFormula.Gradient), Derivative);
        return formula.Print([(code.Output(0), product)], code, code.Input(1), "", index => code.Input(2 + index), code.Input(0));
    }

    public Channels ChannelsOf(Shape x) => Activation.ChannelsOf(x);

    public override string Call(StepCode code)
    {
        var (dy, sums) = (code.Root.Inputs[0], code.Root.Outputs[0]);
        var shape = code.Shape(dy);
        var channels = ChannelsOf(shape);
        if (Learnable.IsPerChannel && channels.Kind == ChannelKind.Columns)
        {
            var columns = code.Term(shape.Last);
            return $"Kernels::Reduce.Columns<{code.Type}, {columns.Type}>({code.Variable(dy)}, {code.Variable(sums)}, {code.Rows(dy)}, {Text.Invariant(shape.Last)}, {columns.Construction}, {code.Accumulate})";
        }

        // A shared parameter beside one for each channel sums over rows of the same length, then over all of them.
        var (outer, along, inner) = Learnable.IsPerChannel ? Axes.Around(Activation.ChannelAxis, shape) : channels.Kind == ChannelKind.None ? (1, 1, shape.Size) : (shape.Size / channels.Length, 1, channels.Length);
        var term = code.Term(inner);
        return $"Kernels::Reduce.Channels<{code.Type}, {term.Type}>({code.Variable(dy)}, {code.Variable(sums)}, {StepCode.Samples(outer)}, {Text.Invariant(along)}, {Text.Invariant(inner)}, {term.Construction}, {code.Accumulate})";
    }
}
