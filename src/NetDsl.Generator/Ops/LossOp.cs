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

/// <summary>What training minimises: reads the prediction and a target, gives one number and the gradient of the prediction.</summary>
/// <param name="Reduction">Member of LossReduction.</param>
internal abstract record LossOp(string Reduction) : LayerOp
{
    /// <summary>Its factor in the sum of the network's losses.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>How many results it compares; they come first among the node's inputs.</summary>
    public virtual int Predictions => 1;

    /// <summary>Whether the user passes in what it compares them with.</summary>
    public virtual bool HasTarget => true;

    public override string Symbol => "loss";

    public override string Settings => Weight == 1 ? Reduction : $"{Reduction}, weight {Text.RoundTrip(Weight)}";

    public override string Summary => $"{Name} ({ReductionWords})";

    /// <summary>A last argument of the kernel's call where the weight isn't 1.</summary>
    protected string GradientFactor => Weight == 1 ? "" : $", gradientFactor: {Text.RoundTrip(Weight)}";

    /// <summary>Whether its terms can have factors.</summary>
    public virtual bool HasWeights => true;

    /// <summary>Numbers, or labels, that a sample has as target.</summary>
    /// <param name="prediction">Shape of the prediction.</param>
    /// <param name="takesLabels">Whether they are labels.</param>
    public virtual int TargetSize(Shape prediction, bool takesLabels) => takesLabels ? prediction.Rows : prediction.Size;

    /// <summary>What Predict applies to the prediction, where the loss contains an activation.</summary>
    public virtual LayerOp? OutputActivation => null;

    /// <summary>The values that a prediction must lie in for the loss to have a meaning.</summary>
    public virtual Interval PredictionRange => Interval.Real;

    /// <summary>The loss term as mathematics.</summary>
    public abstract string Term(string prediction, string target);

    /// <summary>Its derivative with respect to the prediction, as a factor, and what explains its letters.</summary>
    public abstract (string Text, string Where) TermDerivative(string prediction, string target);

    public string ReductionWords => Reduction switch
    {
        "Mean" => "mean",
        "Sum" => "sum",
        _ => "mean over the batch",
    };

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report) => new(EquatableArray<Shape>.Empty, EquatableArray<Shape>.Empty);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"L = {ReductionWords} of {Term(string.Join(", ", inputs.Take(Predictions)), inputs[inputs.Count - 1])}";

    public string GradientFormula(IReadOnlyList<string> inputs, string gradient)
    {
        var (text, where) = TermDerivative(string.Join(", ", inputs.Take(Predictions)), inputs[inputs.Count - 1]);
        return $"{gradient} = {(Weight == 1 ? "" : Text.RoundTrip(Weight) + "·")}{text}{(Reduction == "Sum" ? "" : " / " + Divisor)}{where}";
    }

    /// <summary>C# of the kernel's call, whose value is the loss.</summary>
    public abstract string Evaluate(LossCode code);

    public override void Differentiate(GradientTape tape, Node node) => tape.SeedLoss(node);

    /// <summary>What the sum of the terms is divided by.</summary>
    protected virtual string Divisor => Reduction == "Mean" ? "elements" : "n";

    public static string ReadReduction(LayerArguments arguments) => arguments.EnumMember("Reduction", "Mean");
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
