using NetDsl.Oracle.Format;

namespace NetDsl.Oracle.Language;

/// <summary>Configuration → loss.</summary>
internal static class LossReader
{
    /// <exception cref="UnsupportedException">The language lacks the loss or one of its settings.</exception>
    public static Loss Read(Settings settings)
    {
        var function = settings.Text("function");
        var loss = function switch
        {
            "mse" => new Loss("MeanSquaredError") { IsSymmetric = true },
            "half_squared_error" => new Loss("SquaredError") { IsSymmetric = true },
            "mae" => new Loss("MeanAbsoluteError") { IsSymmetric = true },
            "huber" => new Loss("Huber", Code.Of(settings.Number("delta"))) { IsSymmetric = true },
            "hinge" => new Loss("Hinge", Code.Of(settings.Number("margin")), $"Squared = {Code.Of(settings.Flag("squared", false))}"),
            "bce" => new Loss("BinaryCrossEntropy"),
            "bce_with_logits" => new Loss("BinaryCrossEntropy", Weights(settings, "pos_weight", "PositiveWeights")) { Activation = new Layer("Sigmoid") },
            "smooth_l1" => new Loss("SmoothL1", Code.Of(settings.Number("beta"))) { IsSymmetric = true },
            "log_cosh" => new Loss("LogCosh") { IsSymmetric = true },
            "kl_divergence" => settings.Text("prediction_is") switch
            {
                "log_probability" => new Loss("KullbackLeibler"),
                "logits" => new Loss("KullbackLeibler") { Activation = new Layer("LogSoftmax") },
                var form => throw new UnsupportedException($"no divergence of a prediction that is '{form}'"),
            },
            "multi_class_hinge" => new Loss("MulticlassHinge", [Code.Of(settings.Number("margin")), $"OverClasses = {Code.Of(settings.Flag("over_classes", false))}", .. ClassSettings(settings)]) { TakesLabels = true, IsPerRow = true },
            "nll" => new Loss("NegativeLogLikelihood", ClassSettings(settings)) { TakesLabels = true, IsPerRow = true },
            "softmax_cross_entropy" => new Loss("SoftmaxCrossEntropy", [.. ClassSettings(settings), Smoothing(settings)]) { TakesLabels = true, IsPerRow = true },
            "softmax_cross_entropy_soft" => new Loss("SoftmaxCrossEntropy", Smoothing(settings)) { IsPerRow = true },
            _ => throw new UnsupportedException($"no loss '{function}'"),
        };
        var reduction = settings.Text("reduction");
        // The sum's gradient with the arriving gradient as weights is that of the terms.
        var member = reduction switch
        {
            "mean" => "Mean",
            "sum" or "none" => "Sum",
            "batch_mean" => "BatchMean",
            _ => throw new UnsupportedException($"no reduction '{reduction}'"),
        };
        settings.RequireAllRead(loss.Attribute);
        return loss with { Arguments = [.. loss.Arguments.Where(argument => argument.Length > 0), $"Reduction = Reduction.{member}"], IsUnreduced = reduction == "none" };
    }

    private static string[] ClassSettings(Settings settings) =>
    [
        Weights(settings, "class_weights", "ClassWeights"),
        settings.OptionalInteger("ignore_index") is { } index ? $"IgnoreIndex = {index}" : "",
    ];

    private static string Weights(Settings settings, string name, string property) =>
        settings.Numbers(name) is { } weights ? $"{property} = {Code.Of(weights)}" : "";

    private static string Smoothing(Settings settings) => $"LabelSmoothing = {Code.Of(settings.Number("label_smoothing", 0))}";
}
