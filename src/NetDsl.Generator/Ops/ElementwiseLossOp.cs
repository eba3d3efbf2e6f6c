using System;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>A loss whose terms are the elements: f(p, t).</summary>
/// <param name="LossName">In dumps and tables.</param>
/// <param name="Loss">f with its arguments.</param>
/// <param name="Target">The parameter of f that is the target.</param>
internal sealed record ElementwiseLossOp(string LossName, string LossReduction, LossFormula Loss, FormulaParameter Target) : LossOp(LossReduction)
{
    public override string Name => LossName;

    public override string Summary => Loss.Settings.Length == 0 ? base.Summary : $"{Name}, {Loss.Settings} ({ReductionWords})";

    public override Interval PredictionRange => Loss.PredictionRange;

    public override (Interval Range, bool IsEnd) Targets => (Target.Range, Target.IsEnd);

    public override long Flops(Shape x, Shape y) => x.LongSize * Algebra.Nodes([Loss.Value]).Count(node => node.Operands.Count > 0);

    public override string Term(string prediction, string target)
    {
        var (text, where) = MathText.Write(Loss.Value, Loss.Variables(prediction, target));
        return text + where;
    }

    public override (string Text, string Where) TermDerivative(string prediction, string target) => MathText.Write(Loss.Derivative, Loss.Variables(prediction, target), isFactor: true);

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        Loss.CheckArrays(x, report);
        return base.Infer(x, report);
    }

    public override string Evaluate(LossCode code)
    {
        var term = code.Term();
        return $"Kernels::Losses.ElementwiseLoss.Evaluate<{code.Type}, {term.Type}>({code.Arguments}, {term.Construction}{GradientFactor})";
    }

    /// <summary>The activation before the loss and the loss as one function, where that has no logarithm or quotient of the prediction left to go wrong; else null. Derivatives of the user's own stay apart.</summary>
    public ElementwiseLossOp? Absorb(ActivationOp activation)
    {
        if (activation.Function.Learnables.Count > 0 || activation.Function.IsSupplied || Loss.IsSupplied || !Stability.IsDelicate(Loss.Value))
            return null;
        var composed = Loss.Of(activation.Function);
        return Stability.IsDelicate(composed.Value) ? null : this with { LossName = $"{LossName}_of_{activation.Name}", Loss = composed };
    }
}
