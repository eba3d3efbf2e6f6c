using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>What a network's layers must be to each other: predictions where it reads them, weights for penalties.</summary>
internal static class StackChecks
{
    public static void Run(NetworkSpec spec, IReadOnlyList<Layer> layers, List<Problem> problems)
    {
        // Without an input, too, that says enough.
        if ((spec.Stacks.All(stack => stack.Layers.All(layer => layer.Is("Input"))) && spec.Stacks.Any(stack => stack.Layers.Count > 0)) || IsLossOfInputs(layers))
            problems.Add(Problem.Of(Rules.NoLayers, Site.Class, spec.Name));
        foreach (var layer in layers)
        {
            if (layer.Op is LossOp loss)
                CheckLoss(layer, loss, layers, problems);
            if (layer.Op is PenaltyOp && !layers.Any(other => other.HasWeights && (layer.Member.Length == 0 || other.Member == layer.Member)))
                problems.Add(layer.Place.Problem(Rules.NothingToPenalise, "", layer.Kind, layer.Member.Length == 0 ? spec.Name : layer.Member));
        }
    }

    // A loss of pairs or triplets predicts nothing, so such a network would have no answer.
    private static bool IsLossOfInputs(IReadOnlyList<Layer> layers) =>
        layers.Any(layer => layer.Op is EmbeddingLossOp) && layers.All(layer => layer.Kind == "Input" || layer.Op is EmbeddingLossOp);

    private static void CheckLoss(Layer layer, LossOp loss, IReadOnlyList<Layer> layers, List<Problem> problems)
    {
        var before = Before(layer);
        if (loss is SoftmaxCrossEntropyOp && before?.Op is SoftmaxOp)
            problems.Add(before.Place.Problem(Rules.SoftmaxTwice, ""));
        if (loss is SoftmaxCrossEntropyOp && before?.Op is ActivationOp)
            problems.Add(layer.Place.Problem(Rules.LossDoesNotFit, "", layer.Kind, "scores of any size and sign", before.Kind, "remove it, since the loss contains the softmax"));
        var ranged = before;
        while (ranged?.Op is IView)
            ranged = Before(ranged);
        if (ranged is not null && !loss.PredictionRange.Contains(ranged.Op.OutputRange))
            problems.Add(layer.Place.Problem(Rules.LossDoesNotFit, "", layer.Kind, $"predictions in {loss.PredictionRange.Brackets}", ranged.Kind, Advice(loss.PredictionRange)));

        Layer? Before(Layer other) => other.Inputs[0] < 0 ? null : layers[other.Inputs[0]];
    }

    private static string Advice(Interval range) =>
        range.Contains(new Interval(0, 1)) ? "put [Sigmoid] between them"
        : range.High == 0 ? "put [LogSoftmax] between them, or use [SoftmaxCrossEntropy] on the scores, which contains softmax and logarithm"
        : "put a layer between them whose values lie there";
}
