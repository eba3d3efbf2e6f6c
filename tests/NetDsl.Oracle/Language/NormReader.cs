using NetDsl.Oracle.Format;

namespace NetDsl.Oracle.Language;

/// <summary>Configuration → normalisation.</summary>
internal static class NormReader
{
    /// <param name="settings">The settings.</param>
    /// <param name="inputs">Names of the inputs: those of the running statistics.</param>
    public static Layer Batch(Settings settings, IReadOnlyDictionary<string, string> inputs)
    {
        var layer = new Layer("BatchNorm", $"Momentum = {Code.Of(settings.Number("momentum"))}", Epsilon(settings), Affine(settings))
        {
            State = new Dictionary<string, string> { ["runningMean"] = inputs["running_mean"], ["runningVariance"] = inputs["running_var"] },
            IsTraining = settings.Flag("training", false),
        };
        settings.RequireAllRead(layer.Attribute);
        return layer;
    }

    public static Layer Layer(Settings settings) => Finish(settings, "LayerNorm", $"Axes = {settings.Integers("normalized_shape").Length}");

    public static Layer Rms(Settings settings) => Finish(settings, "RmsNorm", "Axes = 1");

    public static Layer Group(Settings settings) => Finish(settings, "GroupNorm", $"{settings.Integer("groups")}");

    public static Layer Instance(Settings settings) => Finish(settings, "InstanceNorm");

    public static Layer LocalResponse(Settings settings)
    {
        var layer = new Layer(
            "LocalResponseNorm",
            $"{settings.Integer("size")}",
            $"Alpha = {Code.Of(settings.Number("alpha"))}",
            $"Beta = {Code.Of(settings.Number("beta"))}",
            $"K = {Code.Of(settings.Number("k"))}",
            $"AlphaOverSize = {Code.Of(settings.Flag("alpha_over_size", false))}");
        settings.RequireAllRead(layer.Attribute);
        return layer;
    }

    private static Layer Finish(Settings settings, string attribute, params string[] arguments)
    {
        var layer = new Layer(attribute, [.. arguments, Epsilon(settings), Affine(settings)]);
        settings.RequireAllRead(attribute);
        return layer;
    }

    private static string Epsilon(Settings settings) => $"Epsilon = {Code.Of(settings.Number("eps"))}";

    private static string Affine(Settings settings) => $"Affine = {Code.Of(settings.Flag("affine", true))}";
}
