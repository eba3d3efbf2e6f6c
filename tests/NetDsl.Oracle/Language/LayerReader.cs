using NetDsl.Oracle.Format;

namespace NetDsl.Oracle.Language;

/// <summary>Configuration → layer.</summary>
internal static class LayerReader
{
    private static readonly Dictionary<string, Func<Settings, Layer>> Activations = new()
    {
        ["sigmoid"] = _ => new("Sigmoid"),
        ["tanh"] = _ => new("Tanh"),
        ["scaled_tanh"] = ScaledTanh,
        ["relu"] = _ => new("ReLU"),
        ["leaky_relu"] = settings => new("LeakyReLU", Code.Of(settings.Number("slope"))),
        ["elu"] = settings => new("ELU", Code.Of(settings.Number("alpha"))),
        ["selu"] = _ => new("SELU"),
        ["softplus"] = settings => new("Softplus", Code.Of(settings.Number("beta", 1))),
        ["gelu"] = _ => new("GELU"),
        ["gelu_tanh"] = _ => new("GELU", "TanhApproximation = true"),
        ["silu"] = _ => new("SiLU"),
        ["swish_beta"] = settings => new("Swish", Code.Of(settings.Number("beta"))),
        ["mish"] = _ => new("Mish"),
        ["softsign"] = _ => new("Softsign"),
        ["hard_sigmoid"] = _ => new("HardSigmoid"),
        ["hard_sigmoid_keras"] = _ => new("HardSigmoid", "Keras = true"),
        ["hardswish"] = _ => new("HardSwish"),
        ["hardtanh"] = settings => new("HardTanh", Code.Of(settings.Number("min")), Code.Of(settings.Number("max"))),
        ["softmax"] = settings => new("Softmax", $"Axis = {Axis(settings, "axis")}"),
        ["log_softmax"] = settings => new("LogSoftmax", $"Axis = {Axis(settings, "axis")}"),
        ["maxout"] = settings => new("Maxout", $"{settings.Integer("pieces")}", $"Axis = {Axis(settings, "axis")}"),
        ["prelu"] = settings => PReLU(settings.Integer("alphas") > 1, Axis(settings, "alpha_axis")),
    };

    // One slope for all has no axis.
    private static Layer PReLU(bool isPerChannel, int axis) => isPerChannel ? new("PReLU", "PerChannel = true", $"ChannelAxis = {axis}") : new("PReLU");

    /// <summary>The layer, or null where the operation does nothing and needs none.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="parameters">Names of its tensors.</param>
    /// <param name="inputs">Names of its inputs.</param>
    /// <exception cref="UnsupportedException">The language lacks the operation or one of its settings.</exception>
    public static Layer? Read(string op, Settings settings, IReadOnlyDictionary<string, string> parameters, IReadOnlyDictionary<string, string> inputs)
    {
        var layer = op switch
        {
            "dense" => Dense(settings),
            "dropout" => Dropout(settings, inputs),
            "activation" => Activation(settings),
            "conv" => WindowReader.Conv(settings),
            "conv_transpose" => WindowReader.TransposedConv(settings),
            "max_pool" => WindowReader.Pool("MaxPool", settings),
            "avg_pool" => WindowReader.Pool("AveragePool", settings),
            "lp_pool" => WindowReader.Pool("L2Pool", settings),
            "global_avg_pool" => Plain("GlobalAveragePool", settings),
            "global_max_pool" => Plain("GlobalMaxPool", settings),
            "flatten" => Plain("Flatten", settings),
            "batch_norm" => NormReader.Batch(settings, inputs),
            "layer_norm" => NormReader.Layer(settings),
            "rms_norm" => NormReader.Rms(settings),
            "group_norm" => NormReader.Group(settings),
            "instance_norm" => NormReader.Instance(settings),
            "local_response_norm" => NormReader.LocalResponse(settings),
            _ => throw new UnsupportedException($"no layer '{op}'"),
        };
        // Cases call a learnt slope alpha.
        return layer is null ? null : layer with { Parameters = parameters.ToDictionary(pair => pair.Key == "alpha" ? "slope" : pair.Key, pair => pair.Value) };
    }

    private static Layer Dense(Settings settings)
    {
        settings.Ignore("in_features");
        var layer = new Layer("Dense", $"{settings.Integer("out_features")}", $"Bias = {Code.Of(settings.Flag("bias", true))}");
        settings.RequireAllRead("Dense");
        return layer;
    }

    private static Layer Dropout(Settings settings, IReadOnlyDictionary<string, string> inputs)
    {
        var rate = settings.Number("rate");
        var layer = new Layer("Dropout", Code.Of(rate));
        layer = settings.Text("mode") switch
        {
            "eval" => layer,
            "train" => layer with { Mask = (rate, inputs["mask"]) },
            var mode => throw new UnsupportedException($"no dropout in mode '{mode}'"),
        };
        settings.RequireAllRead("Dropout");
        return layer;
    }

    private static Layer Plain(string attribute, Settings settings)
    {
        settings.RequireAllRead(attribute);
        return new Layer(attribute);
    }

    private static Layer? Activation(Settings settings)
    {
        var function = settings.Text("function");
        if (function == "identity")
            return null;
        var layer = Activations.TryGetValue(function, out var read) ? read(settings) : throw new UnsupportedException($"no activation '{function}'");
        settings.RequireAllRead(layer.Attribute);
        return layer;
    }

    private static Layer ScaledTanh(Settings settings)
    {
        settings.Fixed("a", 1.7159);
        settings.Fixed("b_num", 2);
        settings.Fixed("b_den", 3);
        return new Layer("ScaledTanh");
    }

    // The language's axes leave out the batch.
    private static int Axis(Settings settings, string name)
    {
        var axis = settings.Integer(name);
        return axis != 0 ? axis > 0 ? axis - 1 : axis : throw new UnsupportedException("no axis along the batch");
    }
}
