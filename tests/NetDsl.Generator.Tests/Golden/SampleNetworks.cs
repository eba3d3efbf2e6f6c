namespace NetDsl.Generator.Tests.Golden;

/// <summary>The networks whose graphs and sources are kept as golden files.</summary>
internal static class SampleNetworks
{
    public static readonly IReadOnlyDictionary<string, string> Sources = new Dictionary<string, string>
    {
        ["Xor"] = """
            [NetDsl.Network, NetDsl.Input(2)]
            [NetDsl.Dense(8), NetDsl.Tanh]
            [NetDsl.Dense(1), NetDsl.Sigmoid, NetDsl.BinaryCrossEntropy]
            public partial class Xor;
            """,
        ["LogisticRegression"] = """
            [NetDsl.Network, NetDsl.Input(4)]
            [NetDsl.Dense(1), NetDsl.Sigmoid, NetDsl.BinaryCrossEntropy]
            public partial class LogisticRegression;
            """,
        ["Mlp"] = """
            using NetDsl;

            namespace Digits;

            [Network, Input(784)]
            [Dense(512, Name = "hidden"), ReLU, Dropout(0.5)]
            [Dense(256, Weights = Initialization.HeNormal), GELU, Dropout(0.2)]
            [Dense(10), SoftmaxCrossEntropy]
            public partial class Mlp;
            """,
        ["Sequence"] = """
            using NetDsl;

            [Network(Precision = Precision.Double), Input(12, 6)]
            [Dense(5), SiLU]
            [Dense(3, Bias = false), SoftmaxCrossEntropy(ClassWeights = new[] { 1.0, 2, 0.5 }, IgnoreIndex = -1)]
            public partial class Sequence;
            """,
        ["SoftmaxRegression"] = """
            using NetDsl;

            [Network, Input(3, 4, 5)]
            [Dense(7), Softmax, MeanSquaredError]
            public partial class SoftmaxRegression;
            """,
        ["ActivationFirst"] = """
            using NetDsl;

            [Network, Input(6)]
            [Softplus(2), Dropout(0.1)]
            [Dense(4), LeakyReLU(0.1), ELU]
            [Dense(2), Huber(0.5)]
            public partial class ActivationFirst;
            """,
        ["LeNet"] = """
            using NetDsl;

            namespace Digits;

            [Network, Input(1, 28, 28)]
            [Conv(20, 5), ReLU, MaxPool(2)]
            [Conv(40, 5), ReLU, MaxPool(2)]
            [Flatten, Dense(100), ReLU, Dropout(0.5)]
            [Dense(10), SoftmaxCrossEntropy]
            public partial class LeNet;
            """,
        ["ConvNorm"] = """
            using NetDsl;

            namespace Digits;

            [Network, Input(1, 12, 12)]
            [Conv(8, 3, Bias = false), BatchNorm, ReLU, MaxPool(2)]
            [Conv(16, 3, 2, Bias = false), BatchNorm, ReLU]
            [Flatten, Dense(10), SoftmaxCrossEntropy]
            public partial class ConvNorm;
            """,
        ["Residual"] = """
            using NetDsl;

            namespace Digits;

            [Sum]
            [Branch, Conv(nameof(width), 3, Stride = nameof(stride), Padding = Padding.Same, Bias = false), BatchNorm, ReLU]
            [Conv(nameof(width), 3, Padding = Padding.Same, Bias = false), BatchNorm]
            [Branch, Projection(nameof(width), Stride = nameof(stride))]
            [End, ReLU]
            public sealed class BasicAttribute(int width, int stride = 1) : BlockAttribute;

            [Network, Input(3, 16, 16), Conv(8, 3, Padding = Padding.Same), ReLU]
            [Basic(8, Repeat = 2)]
            [Basic(16, 2)]
            [GlobalAveragePool, Dense(10), SoftmaxCrossEntropy]
            public partial class Residual;
            """,
        ["Joined"] = """
            using NetDsl;

            [Network, Input(4)]
            [Dense(6, Name = "code"), Tanh]
            [Sum] [Branch] [Branch, Dense(6), Sigmoid] [Branch, Shared("dense1"), SiLU] [End]
            [Product] [Branch, Dense(6), Sigmoid] [Branch] [End]
            [Concat] [Branch] [Branch, Tied("code")] [End]
            [Dense(2), SquaredError]
            public partial class Joined;
            """,
        ["OwnFunctions"] = """
            using System;
            using NetDsl;

            namespace Laboratory;

            public sealed class SmoothAttribute : ActivationAttribute
            {
                public static float Value(float x) => x / (1 + MathF.Exp(-x));
            }

            public sealed class TwoSidedAttribute(double steepness = 2) : ActivationAttribute
            {
                public static double Value(double x, double steepness)
                {
                    if (x < 0)
                        return Math.Tanh(steepness * x);
                    return x + x * x / 4;
                }
            }

            public sealed class RobustAttribute(double delta = 1) : ElementwiseLossAttribute
            {
                public static double Value(double prediction, double target, double delta)
                {
                    var distance = Math.Abs(prediction - target);
                    return distance <= delta ? 0.5 * distance * distance : delta * (distance - 0.5 * delta);
                }
            }

            [Network, Input(16)]
            [Dense(32), Smooth, Dropout(0.5)]
            [Dense(32), Mish, L2(0.001)]
            [Dense(24), TwoSided(0.5)]
            [Dense(8), PReLU(PerChannel = true)]
            [Dense(4), SwiGLU, Robust(1.5)]
            public partial class OwnFunctions;
            """,
        ["Encoder"] = """
            using NetDsl;

            namespace Digits;

            [Network, Input(1, 8, 8)]
            [Conv(16, 3, Name = "filters", Frozen = true), ReLU, MaxPool(2)]
            [Flatten, Dense(32, Bias = false), BatchNorm, ReLU]
            [Dense(8), Tanh]
            public partial class Encoder;
            """,
        ["NoParameters"] = """
            using NetDsl;

            [Network, Input(5)]
            [SiLU, Tanh, SquaredError]
            public partial class NoParameters;
            """,
        ["PolicyValue"] = """
            using NetDsl;

            namespace Games;

            [Network, Input(17, 8, 8)]
            [Conv(32, 3, Padding = Padding.Same), ReLU]
            public partial class PolicyValue
            {
                [Conv(2, 1), ReLU, Flatten, Dense(82), SoftmaxCrossEntropy]
                public partial LayerDescription Policy { get; }

                [Conv(1, 1), ReLU, Flatten, Dense(1), Tanh, SquaredError(Weight = 0.5)]
                public partial LayerDescription Value { get; }
            }
            """,
        ["TwoTowers"] = """
            using NetDsl;

            [Network(Precision = Precision.Double)]
            public partial class TwoTowers
            {
                [Input(1, 8, 8)] public partial LayerDescription Picture { get; }

                [Input(10)] public partial LayerDescription Tag { get; }

                [Concat(nameof(A), nameof(B)), Dense(1), Sigmoid, BinaryCrossEntropy] public partial LayerDescription Match { get; }

                [Dense(16, From = nameof(Picture)), ReLU] public partial LayerDescription A { get; }

                [Dense(16, From = nameof(Tag)), ReLU] public partial LayerDescription B { get; }
            }
            """,
    };

    /// <summary>The networks' names, for theories.</summary>
    public static TheoryData<string> Names => [.. Sources.Keys];
}
