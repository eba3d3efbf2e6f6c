using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Tests.Numerics;

public class OperationTests
{
    /// <summary>Every operation of the catalogue in small networks of its own.</summary>
    private static readonly Dictionary<string, string[]> Stacks = new()
    {
        ["Dense"] =
        [
            "[Input(3)] [Dense(4), MeanSquaredError]",
            "[Input(5)] [Dense(7, Bias = false), Dense(2, Name = \"last\", Weights = Initialization.HeNormalLeaky, WeightsValue = 0.1), SquaredError]",
            "[Input(4, 3)] [Dense(5), Tanh, Dense(2), SquaredError]",
            "[Input(2, 3, 5)] [Tanh, Dense(6), Sigmoid, Dense(1), MeanSquaredError]",
            "[Input(6)] [L2(0.1), Dense(5, Frozen = true), PReLU(Frozen = true), Dense(4, Frozen = true), Dropout(0.2), Dense(3), SquaredError]",
            "[Input(6)] [Dense(5), ReLU, Dense(4, Frozen = true, Bias = false), PReLU, SquaredError]",
            "[Input(6)] [Dense(5, Frozen = true), SquaredError]",
            "[Input(6)] [Dense(5), ReLU, Dropout(0.3), Dense(3), Tanh]",
            "[Input(6)] [Dense(5, Frozen = true), Softmax]",
            "[Input(6)] [SiLU]",
            "[Input(2, 3)] [Flatten]",
        ],
        ["Conv"] =
        [
            "[Input(1, 12, 12)] [Conv(3, 5), ReLU, MaxPool(2), Conv(4, 3), Tanh, Flatten, Dense(3), SoftmaxCrossEntropy]",
            "[Input(3, 7, 9)] [Conv(5, 3, 2, Stride = new[] { 2, 3 }, Padding = Padding.Same), PReLU(PerChannel = true), Dropout(0.3), Conv(2, 3, Dilation = 2, Padding = Padding.Full, Bias = false), SquaredError]",
            "[Input(6, 19)] [Conv(4, 3, Groups = 2, Pads = new[] { 2, 0 }), GELU, Conv(8, 2, Groups = 4, Name = \"deep\"), PReLU(PerChannel = true, ChannelAxis = -1), Dense(2), MeanSquaredError]",
            "[Input(2, 4, 5, 6)] [Conv(3, 2, Pads = new[] { 1, 0, 1 }), SiLU, Dropout(0.2), MaxPool(2, Padding = Padding.Valid), Conv(2, 1), SquaredError]",
            "[Input(2, 8, 8)] [Conv(3, 3, Frozen = true), PReLU(PerChannel = true), MaxPool(2), Conv(4, 2), ReLU, Flatten, Dense(3, Frozen = true), SoftmaxCrossEntropy]",
            "[Input(2, 5, 5)] [TransposedConv(3, 2, Stride = 2, Frozen = true), Tanh, Conv(2, 3), Sigmoid]",
            "[Input(4, 2, 2)] [Conv(6, 3, Padding = Padding.Same), ReLU, Conv(6, 3, Padding = Padding.Same), ReLU, Conv(3, 2), Sigmoid, MeanSquaredError]",
            "[Input(5, 6, 6)] [Tanh, Conv(5, 3, Groups = 5, Padding = Padding.Same, Bias = false), HardSwish, Conv(1, 1), LeakyReLU, L2(0.1), Huber]",
        ],
        ["Flatten"] =
        [
            "[Input(3, 4)] [Flatten, Dense(3), Tanh, Flatten, SquaredError]",
            "[Input(2, 5, 3)] [Conv(2, 2), ReLU, Flatten, PReLU(PerChannel = true), Dropout(0.3), Dense(3), SquaredError]",
            "[Input(3, 4)] [Flatten, SquaredError]",
            "[Input(3, 4)] [Flatten, Softmax, SquaredError]",
            "[Input(3, 4)] [Flatten, Tanh, Flatten, Softmax, Flatten, SquaredError]",
            "[Input(3, 4, 2)] [Flatten, Flatten, GELU, Dense(4), Flatten, MeanSquaredError]",
        ],
        ["MaxPool"] =
        [
            "[Input(3, 9)] [MaxPool(3, Stride = 2), Tanh, Dense(2), SquaredError]",
            "[Input(2, 6, 8)] [MaxPool(2, 3, Stride = new[] { 1, 2 }, Pads = new[] { 0, 1, 1, 0 }), Dropout(0.3), Conv(3, 2), ReLU, MaxPool(2, Padding = Padding.Same), Flatten, Dense(2), SquaredError]",
            "[Input(2, 5, 6, 4)] [Conv(3, 2), Tanh, MaxPool(2, Stride = 1, Dilation = new[] { 2, 1, 1 }), MaxPool(2, CeilMode = true, Stride = 3, Pads = new[] { 0, 0, 0, 0, 0, 1 }), SquaredError]",
            "[Input(3, 8, 8)] [MaxPool(2), SquaredError]",
            "[Input(3, 32, 32)] [MaxPool(2), Conv(2, 3), ReLU, MaxPool(3, Stride = 2, Padding = Padding.Valid), Dense(2), SquaredError]",
        ],
        ["AveragePool"] =
        [
            "[Input(3, 9)] [AveragePool(3, Stride = 2), Tanh, Dense(2), SquaredError]",
            "[Input(2, 6, 9)] [Conv(3, 3, Padding = Padding.Same), Tanh, AveragePool(2, 3, Pads = new[] { 1, 0, 1, 2 }), ReLU, Dropout(0.2), AveragePool(3, Stride = 1, Padding = Padding.Same, IncludePadding = false), SquaredError]",
            "[Input(2, 4, 5, 6)] [AveragePool(2, CeilMode = true), Conv(2, 2), AveragePool(1, 2, 2), SquaredError]",
            "[Input(3, 8, 8)] [AveragePool(2), PReLU(PerChannel = true), SquaredError]",
        ],
        ["L2Pool"] =
        [
            "[Input(3, 9)] [L2Pool(3, Stride = 1), Tanh, Dense(2), SquaredError]",
            "[Input(2, 6, 8)] [Conv(3, 3, Padding = Padding.Same), ScaledTanh, L2Pool(2), Dropout(0.3), L2Pool(3, Stride = 2, Pads = 1), SquaredError]",
            "[Input(2, 3, 4, 6)] [L2Pool(2, 2, 3, Padding = Padding.Same), SquaredError]",
        ],
        ["GlobalAveragePool"] =
        [
            "[Input(3, 4, 5)] [Conv(5, 3), SiLU, GlobalAveragePool, Dense(3), SoftmaxCrossEntropy]",
            "[Input(3, 7)] [GlobalAveragePool, Dropout(0.2), PReLU(PerChannel = true), SquaredError]",
        ],
        ["GlobalMaxPool"] =
        [
            "[Input(3, 4, 5)] [Conv(5, 3), Tanh, GlobalMaxPool, Dense(3), SoftmaxCrossEntropy]",
            "[Input(1, 2, 3, 7)] [GlobalMaxPool, Tanh, SquaredError]",
        ],
        ["Reshape"] =
        [
            "[Input(48)] [Reshape(3, 4, 4), Conv(2, 3), ReLU, Reshape(-1), Dense(3), SquaredError]",
            "[Input(12)] [Reshape(3, -1), MaxPool(2), Reshape(2, 3), Dense(2), Softmax, SquaredError]",
            "[Input(12)] [Reshape(3, 4), Tanh, Reshape(2, 6), SquaredError]",
            "[Input(12)] [Dense(8), Reshape(2, 2, 2), PReLU(PerChannel = true), Dropout(0.3), Reshape(4, 2), Tanh, SquaredError]",
            "[Input(12)] [Reshape(3, 4), GELU, Reshape(12), Sigmoid, Reshape(2, 6), BinaryCrossEntropy]",
            "[Input(12)] [Reshape(3, 4), SquaredError]",
        ],
        ["TransposedConv"] =
        [
            "[Input(3, 5)] [TransposedConv(4, 4, Stride = 2, Crop = 1), ReLU, TransposedConv(2, 3, Bias = false), Dense(2), SquaredError]",
            "[Input(4, 3, 4)] [TransposedConv(6, 3, 2, Stride = new[] { 2, 3 }, Crop = new[] { 1, 0 }, OutputPadding = new[] { 1, 2 }, Groups = 2), PReLU(PerChannel = true), Dropout(0.3), Conv(2, 3), SquaredError]",
            "[Input(2, 2, 3, 2)] [Conv(3, 2), Tanh, TransposedConv(2, 2, Stride = 2, Dilation = new[] { 1, 2, 1 }), MeanSquaredError]",
            "[Input(2, 4, 4)] [TransposedConv(2, 2, Stride = 3), L2(0.2), SquaredError]",
        ],
        ["Filter"] =
        [
            "[Input(3, 7, 9)] [Filter(Filter.SobelX, Filter.SobelY), ReLU, Conv(2, 3), SquaredError]",
            "[Input(2, 7, 9)] [Conv(3, 3), Tanh, Filter(Filter.Gaussian, Sigma = 0.6, Padding = Padding.Same, Name = \"blur\"), Dense(2), L2(0.1), SquaredError]",
            "[Input(2, 6, 7)] [Conv(3, 2), ReLU, Filter(Filter.Gabor, Filter.Gabor, Orientation = new[] { 0, 45, 90 }, Wavelength = 3, Size = new[] { 3, 5 }, SumChannels = true, Frozen = false, Bias = true), Sigmoid, SquaredError]",
            "[Input(2, 11)] [L2(0.2), Filter(Filter.Box, Size = new[] { 3 }, Stride = 2, Frozen = false), Tanh, Dense(3), SoftmaxCrossEntropy]",
            "[Input(2, 3, 4, 5)] [Filter(Filter.Gaussian, Size = new[] { 2, 3, 3 }, Dilation = 1), SquaredError]",
            "[Input(2, 5, 6)] [Filter(Size = new[] { 1, 2 }, Weights = new double[] { 1, 2, -3, 4.5, 1, 0, 0, 1 }, SumChannels = true, Pads = 1), Sigmoid, Conv(1, 2), SquaredError]",
            "[Input(2, 6, 6)] [Filter(Filter.LaplacianOfGaussian, Size = 3, Padding = Padding.Same), BatchNorm, ReLU, Dense(2), SquaredError]",
            "[Input(2, 6, 6)] [Filter(Filter.ScharrX, Filter.Laplacian8, Filter.Emboss, Filter.Sharpen, SumChannels = true), Dropout(0.3), Dense(2), SquaredError]",
        ],
        ["Upsample"] =
        [
            "[Input(3, 5)] [Upsample(3), Tanh, Conv(2, 3), SquaredError]",
            "[Input(2, 4, 8)] [Conv(3, 3), ReLU, Upsample(2), Dropout(0.3), Conv(1, 3, 2), SquaredError]",
            "[Input(2, 2, 3, 2)] [Conv(2, 1), GELU, Upsample(1, 2, 3), SquaredError]",
            "[Input(2, 9, 9)] [Upsample(2), Conv(2, 2, Stride = 2), Upsample(2), SquaredError]",
            "[Input(3, 5)] [Conv(2, 1), Upsample(3, Mode = UpsampleMode.Linear), Tanh, Conv(2, 3), SquaredError]",
            "[Input(2, 4, 19)] [Conv(3, 3), ReLU, Upsample(2, Mode = UpsampleMode.Linear), Dropout(0.3), Conv(1, 3, 2), SquaredError]",
            "[Input(2, 2, 3, 2)] [Conv(2, 1), GELU, Upsample(1, 2, 3, Mode = UpsampleMode.Linear, AlignCorners = true), SquaredError]",
            "[Input(2, 1, 5)] [Conv(2, 1), Upsample(4, 3, Mode = UpsampleMode.Linear, AlignCorners = true), Conv(1, 2), SquaredError]",
        ],
        ["Sum"] =
        [
            "[Input(2, 5, 6)] [Sum] [Branch] [Conv(3, 3, Padding = Padding.Same), ReLU] [Conv(2, 3, Padding = Padding.Same)] [Branch] [End] [ReLU, Dense(3), SoftmaxCrossEntropy]",
            "[Input(4)] [Dense(5), Tanh] [Sum] [Branch] [Branch] [Dense(5), Sigmoid, Dropout(0.3), Dense(5)] [Branch] [Dense(5), SiLU] [End] [GELU, Dense(3), SquaredError]",
            "[Input(6)] [Sum] [Branch] [Branch] [End] [SquaredError]",
            "[Input(2, 3)] [Sum] [Branch] [Flatten] [Branch] [Flatten, Tanh] [Branch] [Flatten] [End] [Sigmoid, MeanSquaredError]",
            "[Input(5)] [Sum] [Branch] [Tanh] [Branch] [Sum, Branch, GELU, Branch, Sum, Branch, Branch, Dense(5), End, Dropout(0.2), End] [Branch] [End] [Tanh, Tanh, SquaredError]",
            "[Input(3, 4, 4)] [Conv(4, 3, Padding = Padding.Same), PReLU(PerChannel = true)] [Sum, Branch, Conv(4, 3, Padding = Padding.Same), PReLU(PerChannel = true), Branch, PReLU(PerChannel = true), Conv(4, 1), End] [ReLU, MaxPool(2)] [Sum, Branch, Branch, Conv(4, 3, Padding = Padding.Same), L2(0.1), End] [GlobalAveragePool, SquaredError]",
            "[Input(5)] [Dense(4), Tanh] [Sum, Branch, Softmax, Branch, SiLU, End] [Tanh, Huber]",
            "[Input(5)] [Sum, Branch, Flatten, Branch, Tanh, End] [Flatten, SquaredError]",
        ],
        ["PadChannels"] =
        [
            "[Input(3, 4, 5)] [Conv(3, 1), ReLU, PadChannels(6), Conv(2, 1), SquaredError]",
            "[Input(3, 7)] [PadChannels(5), Tanh, PadChannels(5), GlobalAveragePool, SquaredError]",
            "[Input(4)] [Tanh, PadChannels(9), SquaredError]",
        ],
        ["Product"] =
        [
            "[Input(5)] [Product] [Branch] [Dense(4), Tanh] [Branch] [Dense(4), Sigmoid] [End] [Dense(3), SquaredError]",
            "[Input(4)] [Product, Branch, Branch, Dense(4), Branch, End] [Tanh, SquaredError]",
            "[Input(2, 4, 4)] [Conv(3, 3, Padding = Padding.Same)] [Product, Branch, Branch, Conv(3, 1), Sigmoid, Dropout(0.3), End] [ReLU, MeanSquaredError]",
            "[Input(3)] [Product] [Branch] [Tanh] [Branch] [End] [SquaredError]",
        ],
        ["Concat"] =
        [
            "[Input(5, 6, 7)] [Concat] [Branch] [Conv(3, 1), ReLU] [Branch] [Conv(2, 1), ReLU, Conv(4, 3, Padding = Padding.Same), ReLU] [Branch] [MaxPool(3, Stride = 1, Padding = Padding.Same), Conv(2, 1), Tanh] [End] [GlobalAveragePool, Dense(3), SoftmaxCrossEntropy]",
            "[Input(4)] [Dense(6), Tanh] [Concat, Branch, Branch, Dense(3), ReLU, Branch, End] [Dense(2), SquaredError]",
            "[Input(3, 4)] [Concat(Axis = -1), Branch, Dense(2), Branch, Tanh, Branch, Dropout(0.3), End] [PReLU(PerChannel = true), SquaredError]",
            "[Input(2, 4, 5)] [Concat(Axis = 1), Branch, Tanh, MaxPool(2, 1), Branch, PReLU(PerChannel = true), End] [Flatten, Tanh, SquaredError]",
            "[Input(4)] [Concat] [Branch] [Branch] [End] [SquaredError]",
        ],
        ["Dropout"] =
        [
            "[Input(9)] [Dropout(0.3), Dense(8), Dropout(0.5), Dense(3), MeanSquaredError]",
            "[Input(6)] [Dense(8), LeakyReLU(0.2), Dropout(0.4), Dropout(0.1), Dense(3), ReLU, Dropout(0.25), MeanSquaredError]",
            "[Input(6)] [Dropout(0), SquaredError]",
            "[Input(3, 4)] [Dropout(0.5), Tanh, SquaredError]",
        ],
        ["ChannelDropout"] =
        [
            "[Input(5, 3, 3)] [Conv(4, 2), Tanh, ChannelDropout(0.4), Conv(3, 2), ChannelDropout(0.5), SquaredError]",
            "[Input(3, 7)] [ChannelDropout(0.3), Tanh, ChannelDropout(0), Dense(2), SquaredError]",
        ],
        ["BatchNorm"] =
        [
            "[Input(5)] [Dense(7, Bias = false), BatchNorm, ReLU, Dense(3), MeanSquaredError]",
            "[Input(2, 7, 6)] [Conv(3, 3, 2, Bias = false), BatchNorm, ReLU, MaxPool(2, 2, Padding = Padding.Same), Conv(4, 2, Bias = false), BatchNorm(Momentum = 0.3, Epsilon = 0.1), Tanh, Flatten, Dense(3), SoftmaxCrossEntropy]",
            "[Input(3, 5)] [BatchNorm, GELU, Conv(2, 3, Bias = false), BatchNorm(Affine = false), PReLU(PerChannel = true), SquaredError]",
            "[Input(3, 5)] [BatchNorm(Affine = false), Dense(4), SquaredError]",
            "[Input(2, 7, 6)] [Conv(3, 3), BatchNorm(Frozen = true), ReLU, Flatten, LayerNorm(Frozen = true), Dense(4, Bias = false), BatchNorm, Tanh, Dense(2), SquaredError]",
            "[Input(2, 3, 3, 4)] [Conv(3, 2, Groups = 1), ReLU, BatchNorm, Dropout(0.3), TransposedConv(2, 2, Bias = false), BatchNorm, SquaredError]",
            "[Input(6)] [BatchNorm, SquaredError]",
            "[Input(4, 3, 3)] [Tanh, BatchNorm(Epsilon = 0.01), Flatten, BatchNorm(Epsilon = 0.01), Dense(5, Bias = false), BatchNorm(Epsilon = 0.01), Softmax, MeanSquaredError]",
            "[Input(3, 1, 1)] [BatchNorm, PReLU(PerChannel = true), BatchNorm, SquaredError]",
            "[Input(4, 6)] [Dense(3), BatchNorm, Sigmoid, L2Pool(2, Stride = 1), BatchNorm, GlobalAveragePool, Sigmoid, BinaryCrossEntropy]",
        ],
        ["LayerNorm"] =
        [
            "[Input(5)] [Dense(7), LayerNorm, ReLU, LayerNorm(Affine = false), Dense(3), MeanSquaredError]",
            "[Input(3, 6)] [Dense(5), LayerNorm, GELU, LayerNorm(Axes = 2), PReLU(PerChannel = true), SquaredError]",
            "[Input(2, 4, 3)] [LayerNorm, Conv(3, 2, Bias = false), LayerNorm(Axes = 1, Epsilon = 0.1), Tanh, Dense(2), SquaredError]",
            "[Input(6)] [LayerNorm, SquaredError]",
        ],
        ["RmsNorm"] =
        [
            "[Input(5)] [Dense(7), RmsNorm, SiLU, RmsNorm(Affine = false), Dense(3), MeanSquaredError]",
            "[Input(3, 4, 2)] [RmsNorm(Axes = 2), Conv(3, 2), RmsNorm(Epsilon = 0.1), Dropout(0.2), SquaredError]",
            "[Input(3, 6)] [RmsNorm, SquaredError]",
        ],
        ["GroupNorm"] =
        [
            "[Input(2, 7, 6)] [Conv(6, 3), GroupNorm(3), ReLU, MaxPool(2, Padding = Padding.Same), Conv(4, 2), GroupNorm(1, Affine = false), Tanh, Dense(3), SoftmaxCrossEntropy]",
            "[Input(6)] [GroupNorm(2), Dense(8), GroupNorm(4, Epsilon = 0.1), GELU, Dense(2), SquaredError]",
            "[Input(4, 3)] [GroupNorm(4), PReLU(PerChannel = true), GroupNorm(2), SquaredError]",
        ],
        ["InstanceNorm"] =
        [
            "[Input(3, 5, 4)] [Conv(4, 2, Bias = false), InstanceNorm, LeakyReLU, InstanceNorm(Affine = false, Epsilon = 0.1), SquaredError]",
            "[Input(3, 7)] [InstanceNorm, Tanh, Dense(2), SquaredError]",
        ],
        ["LocalResponseNorm"] =
        [
            "[Input(7, 3, 4)] [Conv(6, 2), ReLU, LocalResponseNorm(5, Alpha = 0.3), MaxPool(2, Padding = Padding.Same), Dense(3), SoftmaxCrossEntropy]",
            "[Input(6)] [LocalResponseNorm(4, Alpha = 0.5, Beta = 1, K = 1, AlphaOverSize = true), Dense(5), LocalResponseNorm(9, Alpha = 0.2), Tanh, SquaredError]",
            "[Input(3, 5)] [Tanh, LocalResponseNorm(1, Alpha = 0.7), LocalResponseNorm(3), SquaredError]",
        ],
        ["Softmax"] =
        [
            "[Input(6)] [Dense(5), Softmax, MeanSquaredError]",
            "[Input(3, 4)] [Softmax(Axis = 0), Dense(3), MeanSquaredError]",
            "[Input(3, 4, 2)] [Softmax(Axis = -2), Tanh, Softmax, SquaredError]",
            "[Input(6)] [Dense(5), Softmax, BinaryCrossEntropy]",
            "[Input(6)] [Dense(5), Softmax, Dense(4), Softmax, Dense(3), SoftmaxCrossEntropy]",
            "[Input(6)] [Softmax, Tanh, Dense(4), MeanSquaredError]",
            "[Input(6)] [Tanh, Softmax, SiLU, Softmax, SquaredError]",
        ],
        ["LogSoftmax"] =
        [
            "[Input(6)] [Dense(5), LogSoftmax, NegativeLogLikelihood]",
            "[Input(3, 4)] [LogSoftmax(Axis = 0), Dense(3), MeanSquaredError]",
            "[Input(3, 4, 2)] [LogSoftmax(Axis = -2), Tanh, LogSoftmax, KullbackLeibler(Reduction = Reduction.BatchMean)]",
        ],
        ["Maxout"] =
        [
            "[Input(6)] [Dense(12), Maxout(3), Dense(3), MeanSquaredError]",
            "[Input(4, 3, 5)] [Maxout(2), Tanh, SquaredError]",
            "[Input(5, 6)] [Dense(8), Maxout(2, Axis = -1), Dropout(0.3), Maxout(5), SquaredError]",
        ],
        ["Sigmoid"] = Activation("Sigmoid"),
        ["Tanh"] = Activation("Tanh"),
        ["ScaledTanh"] = Activation("ScaledTanh"),
        ["ReLU"] = Activation("ReLU"),
        ["LeakyReLU"] = [.. Activation("LeakyReLU"), .. Activation("LeakyReLU(0.3)"), .. Activation("LeakyReLU(0)")],
        ["ELU"] = [.. Activation("ELU"), .. Activation("ELU(0.5)")],
        ["SELU"] = Activation("SELU"),
        ["Softplus"] = [.. Activation("Softplus"), .. Activation("Softplus(2.5)")],
        ["GELU"] = [.. Activation("GELU"), .. Activation("GELU(TanhApproximation = true)")],
        ["SiLU"] = Activation("SiLU"),
        ["PReLU"] =
        [
            .. Activation("PReLU"), .. Activation("PReLU(0.1, PerChannel = true, ChannelAxis = -1)"),
            "[Input(4, 3, 5)] [PReLU(PerChannel = true), Tanh, PReLU(PerChannel = true, ChannelAxis = 1), Dropout(0.2), SquaredError]",
            "[Input(3, 4)] [Dense(5), PReLU(PerChannel = true), Dense(2), PReLU, SquaredError]",
        ],
        ["ParametricSwish"] = Activation("ParametricSwish"),
        ["Softsign"] = Activation("Softsign"),
        ["HardSigmoid"] = [.. Activation("HardSigmoid"), .. Activation("HardSigmoid(Keras = true)")],
        ["HardSwish"] = Activation("HardSwish"),
        ["HardTanh"] = [.. Activation("HardTanh"), .. Activation("HardTanh(-0.5, 0.25)")],
        ["Mish"] = Activation("Mish"),
        ["LogSigmoid"] = Activation("LogSigmoid"),
        ["Swish"] = [.. Activation("Swish"), .. Activation("Swish(1.5)")],
        ["GLU"] = Gate("GLU"),
        ["SwiGLU"] = Gate("SwiGLU"),
        ["GEGLU"] = Gate("GEGLU"),
        ["L1"] = Penalty("L1(0.1)"),
        ["L2"] = Penalty("L2(0.3)"),
        ["ElasticNet"] = Penalty("ElasticNet(0.1, 0.2)"),
        ["SmoothL1"] = [.. Loss("SmoothL1"), Loss("SmoothL1", "0.5")],
        ["LogCosh"] = Loss("LogCosh"),
        ["KullbackLeibler"] = Loss("LogSoftmax, KullbackLeibler"),
        ["MulticlassHinge"] = [.. Loss("MulticlassHinge"), Loss("MulticlassHinge", "0.6, OverClasses = true, IgnoreIndex = 1, ClassWeights = new double[] { 1, 2, 0.25 }")],
        ["SquaredError"] = Loss("SquaredError"),
        ["MeanSquaredError"] = Loss("MeanSquaredError"),
        ["MeanAbsoluteError"] = Loss("MeanAbsoluteError"),
        ["Huber"] = [.. Loss("Huber"), Loss("Huber", "0.4")],
        ["Hinge"] = [.. Loss("Hinge"), Loss("Hinge", "0.7"), Loss("Hinge", "Squared = true")],
        ["BinaryCrossEntropy"] =
        [
            .. Loss("Sigmoid, BinaryCrossEntropy"),
            Loss("Sigmoid, BinaryCrossEntropy", "PositiveWeights = new[] { 2.5 }"),
            Loss("Sigmoid, BinaryCrossEntropy", "PositiveWeights = new double[] { 1, 2, 0.25 }"),
            "[Input(5)] [Sigmoid, BinaryCrossEntropy]",
        ],
        ["SoftmaxCrossEntropy"] =
        [
            .. Loss("SoftmaxCrossEntropy"),
            Loss("SoftmaxCrossEntropy", "LabelSmoothing = 0.1"),
            Loss("SoftmaxCrossEntropy", "LabelSmoothing = 0.2, IgnoreIndex = -100, ClassWeights = new double[] { 1, 2, 0.25 }"),
            "[Input(4, 3)] [Dense(3), SoftmaxCrossEntropy(IgnoreIndex = 1)]",
            "[Input(4, 3)] [Dense(3), SoftmaxCrossEntropy(Reduction = Reduction.BatchMean)]",
        ],
        ["NegativeLogLikelihood"] =
        [
            .. Loss("NegativeLogLikelihood"),
            Loss("NegativeLogLikelihood", "IgnoreIndex = 0, ClassWeights = new double[] { 1, 2, 0.25 }"),
            "[Input(4, 3)] [Dense(3), NegativeLogLikelihood]",
        ],
        ["Contrastive"] = [Embeddings("Contrastive(nameof(A), nameof(B), 1.5)"), Embeddings("Contrastive(nameof(A), nameof(B), 2, OneMeansSimilar = false, Reduction = Reduction.Sum)")],
        ["CosineEmbedding"] = [Embeddings("CosineEmbedding(nameof(A), nameof(B), 0.2)")],
        ["TripletMargin"] = [Embeddings("TripletMargin(nameof(A), nameof(B), nameof(C))"), Embeddings("TripletMargin(nameof(A), nameof(B), nameof(C), Swap = true, Weight = 3)")],
    };

    private static readonly NetworkCase[] Cases =
        [.. Stacks.SelectMany(kind => kind.Value.Select((stack, i) => Case($"{kind.Key}{i}", stack)))];

    private static readonly Lazy<NetworkBatch> Networks = new(() => new NetworkBatch([.. Cases.Select(network => (network, false)), .. Cases.Select(network => (network, true))]));

    public static TheoryData<NetworkCase, bool> All
    {
        get
        {
            var all = new TheoryData<NetworkCase, bool>();
            foreach (var network in Cases)
            {
                all.Add(network, false);
                all.Add(network, true);
            }

            return all;
        }
    }

    private static NetworkCase Case(string name, string stack) =>
        stack.Contains("partial") ? new(name, "[Input(5), Dense(4), Tanh]", Batch: 6, stack) : new(name, stack.Replace("] [", "]\n["), Batch: 6);

    [Fact]
    public void Every_operation_of_the_language_is_tested() =>
        Stacks.Keys.Order(StringComparer.Ordinal).ShouldBe(Catalogue.Kinds.Concat(FormulaKinds).Order(StringComparer.Ordinal));

    private static IEnumerable<string> FormulaKinds =>
        typeof(LayerAttribute).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(LayerAttribute)) && !type.IsAbstract && type.GetMethod("Value") is not null)
            .Select(type => type.Name[..^"Attribute".Length]);

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void An_operation_agrees_with_the_reference(NetworkCase network, bool isDouble) => Networks.Value.Check(network, isDouble, seed: 11);

    // Members to compare, and what compares them.
    private static string Embeddings(string loss) => $$"""
        [Dense(3)] public partial LayerDescription A { get; }
        [Dense(3), Sigmoid] public partial LayerDescription B { get; }
        {{(loss.Contains("(C)") ? "[Tanh, Dense(3)] public partial LayerDescription C { get; }" : "")}}
        [{{loss}}] public partial LayerDescription Compared { get; }
        """;

    // Fused behind a product and before a dropout, as the first layer, twice in a row, behind a softmax, without parameters.
    private static string[] Activation(string activation) =>
    [
        $"[Input(5)] [{activation}, Dense(7), {activation}, Dropout(0.3), Dense(3), {activation}, MeanSquaredError]",
        $"[Input(3, 4)] [Softmax, {activation}, Dense(5), {activation}, {activation}, Dense(2), SquaredError]",
        $"[Input(5)] [{activation}, SquaredError]",
    ];

    // Behind a product, along another axis, and fused with what follows.
    private static string[] Gate(string gate) =>
    [
        $"[Input(5)] [Dense(8), {gate}, Dropout(0.2), Dense(3), MeanSquaredError]",
        $"[Input(3, 6)] [{gate}(Axis = -1), Tanh, SquaredError]",
        $"[Input(4, 3, 5)] [{gate}, Dense(2), {gate}, SquaredError]",
    ];

    // Of one layer, and of all.
    private static string[] Penalty(string penalty) =>
    [
        $"[Input(5)] [Dense(4), {penalty}, Tanh, Dense(3), MeanSquaredError]",
        $"[Input(5)] [{penalty}, Dense(4), Tanh, Dense(3, Bias = false), SquaredError]",
    ];

    // By each reduction, behind an activation, and straight behind the input.
    private static string[] Loss(string loss) =>
    [
        $"[Input(5)] [Dense(3), {loss}]",
        .. new[] { "Mean", "Sum", "BatchMean" }.Select(reduction => $"[Input(5)] [Dense(3), Tanh, {loss}(Reduction = Reduction.{reduction})]"),
        $"[Input(3)] [{loss}]",
    ];

    private static string Loss(string loss, string arguments) => $"[Input(5)] [Dense(3), Tanh, {loss}({arguments})]";
}
