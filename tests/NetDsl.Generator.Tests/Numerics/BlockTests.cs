namespace NetDsl.Generator.Tests.Numerics;

public class BlockTests
{
    /// <summary>Blocks that stand for all that blocks can do.</summary>
    internal const string Declarations = """
        [Sum]
        [Branch, Conv(nameof(width), 3, Stride = nameof(stride), Padding = Padding.Same, Bias = false), BatchNorm, ReLU]
        [Conv(nameof(width), 3, Padding = Padding.Same, Bias = false), BatchNorm]
        [Branch, Projection(nameof(width), Stride = nameof(stride))]
        [End, ReLU]
        public sealed class BasicAttribute(int width, int stride = 1) : BlockAttribute;

        [BatchNorm, ReLU]
        [Sum, Branch, Conv(nameof(width), 3, Stride = nameof(stride), Padding = Padding.Same, Bias = false), BatchNorm, ReLU, Conv(nameof(width), nameof(kernel), Padding = Padding.Same)]
        [Branch, Projection(nameof(width), Stride = nameof(stride), Kind = ProjectionKind.ZeroPadding), End]
        public sealed class PreactivatedAttribute(object width, object stride, int kernel = 1) : BlockAttribute;

        [Basic(4, Repeat = nameof(count)), Preactivated(nameof(width), 2), Dropout(nameof(rate))]
        public sealed class StageAttribute(object count, double rate, int width) : BlockAttribute;

        [Sum, Branch, Dense(nameof(width), Bias = nameof(bias)), Tanh, Dense(nameof(width)), Branch, Projection(nameof(width), Normalize = false), End]
        public sealed class ResidualAttribute(int width, bool bias = true) : BlockAttribute;

        [Concat, Branch, Conv(nameof(ones), 1), ReLU, Branch, Residual3(nameof(threes)), Branch, MaxPool(3, Stride = 1, Padding = Padding.Same), End]
        public sealed class InceptionAttribute(int ones, object threes) : BlockAttribute;

        [Product, Branch, Conv(nameof(width), 3, Padding = Padding.Same), Branch, Conv(nameof(width), 1), Sigmoid, End]
        public sealed class Residual3Attribute(object width) : BlockAttribute;
        """;

    private static readonly NetworkCase[] Cases =
    [
        new("ResNet", "[Input(3, 8, 8)] [Conv(4, 3, Padding = Padding.Same, Bias = false), BatchNorm, ReLU]\n[Basic(4), Basic(4)] [Basic(6, 2), Basic(6, Name = \"second\")] [GlobalAveragePool, Dense(3), SoftmaxCrossEntropy]", 5),
        new("Preactivated", "[Input(2, 7, 9)] [Stage(2, 0.2, 7)] [Preactivated(7, 1, 3)] [GlobalAveragePool, Dense(3), SquaredError]", 4),
        new("Inception", "[Input(3, 5, 5)] [Inception(2, 4), Inception(3, 1, Name = \"last\")] [ReLU, GlobalAveragePool, SquaredError]", 4),
        new("Perceptron", "[Input(5)] [Residual(4), Residual(4, false, Repeat = 3, Name = \"deep\")] [Tanh, Dense(2), L2(0.1), MeanSquaredError]", 7),
        new("Shortcuts", "[Input(3, 6, 6)] [Projection(5, Stride = 2), ReLU, Projection(5), Projection(8, Kind = ProjectionKind.ZeroPadding, Stride = new[] { 1, 2 }), Tanh, Projection(9, Kind = ProjectionKind.ZeroPadding), Flatten, Projection(4), SquaredError]", 4),
        new("Frozen", "[Input(2, 6, 6)] [Basic(3, Frozen = true)] [Residual3(3), Residual3(3, Frozen = true)] [GlobalAveragePool, Dense(4, Frozen = true), Tanh, Tied(\"dense1\"), Dense(4), Tied(\"dense2\", Frozen = true), SquaredError]", 4),
        new("Outside", "[Input(5)] [Residual(5), Sum, Branch, Tanh, Branch, Shared(\"residual1\", Name = \"again\"), End]", 4),
        new("Tied", "[Input(6)] [Dense(3, Name = \"encoder\"), Sigmoid, Tied(\"encoder\"), Tanh, Dense(3), SiLU, Tied(\"encoder\", Bias = false), L2(0.1), MeanSquaredError]", 5),
        new("TiedSequence", "[Input(3, 4)] [Tanh, Dense(5), Sum, Branch, Branch, Dense(5), End, GELU, Tied(\"dense1\"), SquaredError]", 5),
        new("SharedLayers", "[Input(4)] [Dense(4, Name = \"fold\"), Tanh, Shared(\"fold\"), Tanh] [Sum, Branch, Shared(\"fold\"), Branch, PReLU(PerChannel = true), Shared(\"prelu1\"), Dropout(0.2), Shared(\"dropout1\"), End] [L2(0.2), Dense(2), SquaredError]", 6),
        new("SharedConvolutions", "[Input(2, 6, 6)] [Conv(2, 3, Padding = Padding.Same, Name = \"filter\"), ReLU] [Concat, Branch, MaxPool(2), Shared(\"filter\"), Branch, Shared(\"filter\"), AveragePool(2), End] [GlobalAveragePool, Dense(2), SquaredError]", 4),
        new("SharedBlocks", "[Input(4, 5, 5)] [Residual3(4), Shared(\"residual31\"), Inception(2, 3), PadChannels(9), Conv(4, 1), Shared(\"inception1\"), Residual3(6, Repeat = 2), Shared(\"residual33\"), GlobalAveragePool, Residual(6), Shared(\"residual1\", Name = \"again\"), Shared(\"again\"), MeanSquaredError]", 4),
    ];

    private static readonly Lazy<NetworkBatch> Networks = new(() => new NetworkBatch([.. Cases.Select(network => (network, false)), .. Cases.Select(network => (network, true))], Declarations));

    public static TheoryData<NetworkCase, bool> All => Pair(Cases);

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void A_network_of_blocks_agrees_with_the_reference(NetworkCase network, bool isDouble) => Networks.Value.Check(network, isDouble, seed: 5);

    private static TheoryData<NetworkCase, bool> Pair(IEnumerable<NetworkCase> networks)
    {
        var all = new TheoryData<NetworkCase, bool>();
        foreach (var network in networks)
        {
            all.Add(network, false);
            all.Add(network, true);
        }

        return all;
    }
}
