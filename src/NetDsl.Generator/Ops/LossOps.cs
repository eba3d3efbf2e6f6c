using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>What training minimises: reads the prediction and a target, gives one number and the gradient of the prediction.</summary>
/// <param name="Reduction">Member of LossReduction.</param>
internal abstract record LossOp(string Reduction) : LayerOp
{
    public override string Symbol => "loss";

    public override string Settings => Reduction;

    public override string Summary => $"{Name} ({ReductionWords})";

    /// <summary>What Predict applies to the prediction, where the loss contains an activation.</summary>
    public virtual LayerOp? OutputActivation => null;

    /// <summary>The loss term as mathematics, with {0} the prediction and {1} the target.</summary>
    public abstract string Function { get; }

    /// <summary>Its derivative with respect to the prediction.</summary>
    public abstract string Derivative { get; }

    public string ReductionWords => Reduction switch
    {
        "Mean" => "mean",
        "Sum" => "sum",
        _ => "mean over the batch",
    };

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report) => new(EquatableArray<Shape>.Empty, EquatableArray<Shape>.Empty);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"L = {ReductionWords} of {string.Format(Function, inputs[0], inputs[1])}";

    public string GradientFormula(IReadOnlyList<string> inputs, string gradient) =>
        $"{gradient} = {string.Format(Derivative, inputs[0], inputs[1])}{(Reduction == "Sum" ? "" : " / " + Divisor)}";

    /// <summary>C# of the kernel's call, whose value is the loss.</summary>
    public abstract string Evaluate(LossCode code);

    public override void Differentiate(GradientTape tape, Node node) => tape.SeedLoss(node);

    /// <summary>What the sum of the terms is divided by.</summary>
    protected virtual string Divisor => Reduction == "Mean" ? "elements" : "n";

    protected static string ReadReduction(LayerArguments arguments, string whenUnset) => arguments.EnumMember("Reduction", whenUnset);
}

/// <summary>A loss whose terms are the elements: f(p, t).</summary>
/// <param name="LossName">In dumps and tables.</param>
/// <param name="Kernel">The static class with Value and Gradient.</param>
/// <param name="Constants">Constants of the function, in the order of the kernel's arguments.</param>
/// <param name="PositiveWeights">Factors on the terms of target 1, or none.</param>
internal sealed record ElementwiseLossOp(
    string LossName, string Kernel, string LossReduction, string Term, string TermDerivative,
    EquatableArray<FormulaConstant> Constants, EquatableArray<double> PositiveWeights) : LossOp(LossReduction)
{
    public override string Name => LossName;

    public override string Function => Fill(Term);

    public override string Derivative => Fill(TermDerivative);

    public override string Summary => Constants.Count == 0 ? base.Summary : $"{Name}, {string.Join(", ", Constants.Select(constant => $"{constant.Name} = {Text.RoundTrip(constant.Value)}"))} ({ReductionWords})";

    public override long Flops(Shape x, Shape y) => 2 * x.LongSize;

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (PositiveWeights.Count > 1 && PositiveWeights.Count != x.LongSize)
            report(Rules.WeightCount, "PositiveWeights", ["PositiveWeights", Text.Plural(PositiveWeights.Count, "number"), Text.Plural(x.LongSize, "output"), $"one for each of the {Text.Plural(x.LongSize, "output")}, or one for all"]);
        return base.Infer(x, report);
    }

    public override string Evaluate(LossCode code)
    {
        var term = code.Term();
        return $"Kernels::Losses.ElementwiseLoss.Evaluate<{code.Type}, {term.Type}>({code.Arguments}, {term.Construction})";
    }

    /// <summary>C# of the term or its derivative for one vector.</summary>
    public string TermCode(string method, string type, string prediction, string target, string? positiveWeight) =>
        $"Kernels::Losses.{Kernel}.{method}<V, {type}>({string.Join(", ", new[] { prediction, target }.Concat(Constants.Select(constant => Text.RoundTrip(constant.Value))).Concat(positiveWeight is null ? [] : [positiveWeight]))})";

    private string Fill(string formula) => Constants.Aggregate(formula, (text, constant) => text.Replace("{" + constant.Name + "}", Text.RoundTrip(constant.Value)));
}

/// <summary>A loss whose terms are rows of classes.</summary>
/// <param name="ClassWeights">Factor on each class, or none.</param>
/// <param name="IgnoreIndex">A label whose rows count nothing; int.MinValue for none.</param>
internal abstract record ClassLossOp(string LossReduction, EquatableArray<double> ClassWeights, int IgnoreIndex) : LossOp(LossReduction)
{
    /// <summary>Whether targets may be distributions instead of labels.</summary>
    public abstract bool TakesDistributions { get; }

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (ClassWeights.Count > 0 && ClassWeights.Count != x.Last)
            report(Rules.WeightCount, "ClassWeights", ["ClassWeights", Text.Plural(ClassWeights.Count, "number"), Text.Plural(x.Last, "class", "classes"), "one for each class"]);
        if (x.Last == 1)
            report(Rules.OneClass, "", [Name]);
        return base.Infer(x, report);
    }

    protected string LabelArguments(LossCode code) => $", classWeights: [{code.Literals(ClassWeights)}], ignoreIndex: {(IgnoreIndex == int.MinValue ? "null" : Text.Invariant(IgnoreIndex))}";

    protected override string Divisor => Reduction == "BatchMean" ? "n" : ClassWeights.Count > 0 || IgnoreIndex != int.MinValue ? "Σ weights" : "rows";
}

/// <summary>−Σ q·log softmax(z), softmax and loss in one step: dz = (softmax(z) − q)/n.</summary>
internal sealed record SoftmaxCrossEntropyOp(string LossReduction, double Smoothing, EquatableArray<double> ClassWeights, int IgnoreIndex) : ClassLossOp(LossReduction, ClassWeights, IgnoreIndex)
{
    public override string Name => "softmax_cross_entropy";

    public override bool TakesDistributions => ClassWeights.Count == 0 && IgnoreIndex == int.MinValue;

    public override string Function => $"−Σ q ⊙ log softmax({{0}}), q = {(Smoothing == 0 ? "{1}" : $"{Text.RoundTrip(1 - Smoothing)}·{{1}} + {Text.RoundTrip(Smoothing)}/classes")}";

    public override string Derivative => "(softmax({0}) − q)";

    public override LayerOp? OutputActivation => new SoftmaxOp(-1);

    public override string Summary => Smoothing == 0 ? base.Summary : $"{Name}, smoothing {Text.RoundTrip(Smoothing)} ({ReductionWords})";

    public override long Flops(Shape x, Shape y) => 5 * x.LongSize;

    public override string Evaluate(LossCode code) =>
        $"Kernels::Losses.SoftmaxCrossEntropy.Evaluate<{code.Type}>({code.Arguments}, smoothing: {Text.RoundTrip(Smoothing)}{(code.TakesLabels ? LabelArguments(code) : "")}{code.RowsPerSample})";

    public static SoftmaxCrossEntropyOp Parse(LayerArguments arguments) => new(
        ReadReduction(arguments, "Mean"),
        arguments.Probability("LabelSmoothing", "the share of label smoothing"),
        arguments.Weights("ClassWeights"),
        arguments.Integer("IgnoreIndex", int.MinValue));
}

/// <summary>−y[label] for log-probabilities y.</summary>
internal sealed record NegativeLogLikelihoodOp(string LossReduction, EquatableArray<double> ClassWeights, int IgnoreIndex) : ClassLossOp(LossReduction, ClassWeights, IgnoreIndex)
{
    public override string Name => "negative_log_likelihood";

    public override bool TakesDistributions => false;

    public override string Function => "−{0}[label]";

    public override string Derivative => "−[class = label]";

    public override long Flops(Shape x, Shape y) => x.Rows;

    public override string Evaluate(LossCode code) =>
        $"Kernels::Losses.NegativeLogLikelihood.Evaluate<{code.Type}>({code.Arguments}{LabelArguments(code)}{code.RowsPerSample})";

    public static NegativeLogLikelihoodOp Parse(LayerArguments arguments) => new(
        ReadReduction(arguments, "Mean"),
        arguments.Weights("ClassWeights"),
        arguments.Integer("IgnoreIndex", int.MinValue));
}

/// <summary>The elementwise losses, one declaration each.</summary>
internal static class ElementwiseLosses
{
    public static LossOp SquaredError(LayerArguments arguments) =>
        Loss(arguments, "squared_error", "HalfSquaredError", "½({0} − {1})²", "({0} − {1})", whenUnset: "BatchMean");

    public static LossOp MeanSquaredError(LayerArguments arguments) =>
        Loss(arguments, "mean_squared_error", "SquaredError", "({0} − {1})²", "2({0} − {1})");

    public static LossOp MeanAbsoluteError(LayerArguments arguments) =>
        Loss(arguments, "mean_absolute_error", "AbsoluteError", "|{0} − {1}|", "sign({0} − {1})");

    public static LossOp Huber(LayerArguments arguments) =>
        Loss(arguments, "huber", "Huber", "huber({0} − {1}, {delta})", "clamp({0} − {1}, ±{delta})", constants: new FormulaConstant("delta", arguments.Above("delta", 1, "delta, where the parabola ends,")));

    public static LossOp Hinge(LayerArguments arguments)
    {
        var margin = new FormulaConstant("margin", arguments.Above("margin", 1, "the margin"));
        return arguments.Flag("Squared", false)
            ? Loss(arguments, "squared_hinge", "SquaredHinge", "max(0, {margin} − {1} ⊙ {0})²", "−2{1} ⊙ max(0, {margin} − {1} ⊙ {0})", constants: margin)
            : Loss(arguments, "hinge", "Hinge", "max(0, {margin} − {1} ⊙ {0})", "−{1} ⊙ [{1} ⊙ {0} < {margin}]", constants: margin);
    }

    public static LossOp BinaryCrossEntropy(LayerArguments arguments) =>
        Loss(arguments, "binary_cross_entropy", "BinaryCrossEntropy", "−{1} ⊙ log {0} − (1 − {1}) ⊙ log(1 − {0})", "({0} − {1})/({0} ⊙ (1 − {0}))") with { PositiveWeights = arguments.Weights("PositiveWeights") };

    /// <summary>The sigmoid and the loss behind it in one stable step on the logits.</summary>
    public static LossOp WithLogits(ElementwiseLossOp loss) => loss with
    {
        LossName = "binary_cross_entropy_with_logits",
        Kernel = "BinaryCrossEntropyWithLogits",
        Term = $"−{(loss.PositiveWeights.Count == 0 ? "" : "w ⊙ ")}{{1}} ⊙ log σ({{0}}) − (1 − {{1}}) ⊙ log(1 − σ({{0}}))",
        TermDerivative = loss.PositiveWeights.Count == 0 ? "(σ({0}) − {1})" : "((1 − {1}) ⊙ σ({0}) − w ⊙ {1} ⊙ (1 − σ({0})))",
    };

    private static ElementwiseLossOp Loss(LayerArguments arguments, string name, string kernel, string term, string derivative, string whenUnset = "Mean", params FormulaConstant[] constants) =>
        new(name, kernel, arguments.EnumMember("Reduction", whenUnset), term, derivative, constants.ToEquatableArray(), EquatableArray<double>.Empty);
}
