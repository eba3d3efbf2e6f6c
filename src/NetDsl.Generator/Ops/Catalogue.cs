using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>All operations by the attribute that declares them: one line each.</summary>
internal static class Catalogue
{
    private static readonly Dictionary<string, Func<LayerArguments, LayerOp>> Operations = new(StringComparer.Ordinal)
    {
        ["Dense"] = DenseOp.Parse,
        ["Dropout"] = DropoutOp.Parse,
        ["Softmax"] = SoftmaxOp.Parse,

        ["Sigmoid"] = _ => Activation("sigmoid", "Sigmoid", DerivativeFrom.Output, "σ({0})", "{0} ⊙ (1 − {0})"),
        ["Tanh"] = _ => Activation("tanh", "Tanh", DerivativeFrom.Output, "tanh({0})", "(1 − {0}²)"),
        ["ScaledTanh"] = _ => Activation("scaled_tanh", "ScaledTanh", DerivativeFrom.Output, "{a}·tanh({b}·{0})", "{b}/{a}·({a}² − {0}²)", ("a", 1.7159), ("b", 2.0 / 3)),
        ["ReLU"] = _ => Activation("relu", "Relu", DerivativeFrom.OutputSign, "relu({0})", "[{0} > 0]"),
        ["LeakyReLU"] = arguments => Activation("leaky_relu", "LeakyRelu", DerivativeFrom.OutputSign, "max({0}, {slope}·{0})", "([{0} > 0] + {slope}·[{0} ≤ 0])", ("slope", arguments.AtLeast("slope", 0.01, 0, "the slope of the negative side"))),
        ["ELU"] = arguments => Activation("elu", "Elu", DerivativeFrom.Output, "elu({0}, α = {alpha})", "(1 where {0} > 0, else {0} + {alpha})", ("alpha", arguments.Above("alpha", 1, "alpha"))),
        ["SELU"] = _ => Activation("selu", "Selu", DerivativeFrom.Output, "selu({0})", "(λ where {0} > 0, else {0} + λα)"),
        ["Softplus"] = arguments => Activation("softplus", "Softplus", DerivativeFrom.Output, "log(1 + e^({beta}·{0}))/{beta}", "(1 − e^(−{beta}·{0}))", ("beta", arguments.Above("beta", 1, "beta, the sharpness of the bend,"))),
        ["GELU"] = arguments => arguments.Flag("TanhApproximation", false)
            ? Activation("gelu_tanh", "GeluTanh", DerivativeFrom.Input, "{0}/2 ⊙ (1 + tanh(√(2/π)·({0} + 0.044715·{0}³)))", "gelu′({0})")
            : Activation("gelu", "Gelu", DerivativeFrom.Input, "{0} ⊙ Φ({0})", "(Φ({0}) + {0} ⊙ φ({0}))"),
        ["SiLU"] = _ => Activation("silu", "Silu", DerivativeFrom.Input, "{0} ⊙ σ({0})", "(σ({0}) ⊙ (1 + {0} ⊙ (1 − σ({0}))))"),

        ["SquaredError"] = ElementwiseLosses.SquaredError,
        ["MeanSquaredError"] = ElementwiseLosses.MeanSquaredError,
        ["MeanAbsoluteError"] = ElementwiseLosses.MeanAbsoluteError,
        ["Huber"] = ElementwiseLosses.Huber,
        ["Hinge"] = ElementwiseLosses.Hinge,
        ["BinaryCrossEntropy"] = ElementwiseLosses.BinaryCrossEntropy,
        ["SoftmaxCrossEntropy"] = SoftmaxCrossEntropyOp.Parse,
        ["NegativeLogLikelihood"] = NegativeLogLikelihoodOp.Parse,
    };

    /// <summary>The names of all layer attributes, without their ending.</summary>
    public static IEnumerable<string> Kinds => Operations.Keys.OrderBy(kind => kind, StringComparer.Ordinal);

    public static bool Contains(string kind) => Operations.ContainsKey(kind);

    /// <summary>Reads an attribute's arguments; problems go to them.</summary>
    public static LayerOp Parse(string kind, LayerArguments arguments) => Operations[kind](arguments);

    private static ActivationOp Activation(string name, string kernel, DerivativeFrom from, string function, string derivative, params (string Name, double Value)[] constants) =>
        new(function, derivative, kernel, from, name, constants.Select(constant => new FormulaConstant(constant.Name, constant.Value)).ToEquatableArray());
}
