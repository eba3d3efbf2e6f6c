namespace NetDsl.Generator.Tests.Numerics;

public class RandomNetworkTests
{
    private const int Count = 100;

    private static readonly string[] Activations =
        ["Sigmoid", "Tanh", "ScaledTanh", "ReLU", "LeakyReLU", "LeakyReLU(0.2)", "ELU", "ELU(0.7)", "SELU", "Softplus", "Softplus(3)", "GELU", "GELU(TanhApproximation = true)", "SiLU", "Softmax",
            "LogSoftmax", "Mish", "Softsign", "HardSigmoid", "HardSwish", "HardTanh", "LogSigmoid", "Swish(0.7)", "PReLU", "PReLU(PerChannel = true)", "PReLU(PerChannel = true, ChannelAxis = -1)", "ParametricSwish"];

    private static readonly string[] Losses =
        ["SquaredError", "MeanSquaredError", "MeanAbsoluteError", "Huber(0.5)", "Hinge", "Hinge(Squared = true)", "Sigmoid, BinaryCrossEntropy", "SmoothL1", "LogCosh", "SoftmaxCrossEntropy", "SoftmaxCrossEntropy(LabelSmoothing = 0.1)", "NegativeLogLikelihood"];

    private static readonly NetworkCase[] Cases = [.. Enumerable.Range(0, Count).Select(Draw)];

    private static readonly Lazy<NetworkBatch> Networks = new(() => new NetworkBatch(Cases.Select((network, i) => (network, IsDouble(i)))));

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Count)];

    [Theory]
    [MemberData(nameof(Indices), DisableDiscoveryEnumeration = true)]
    public void A_random_network_agrees_with_the_reference(int index) => Networks.Value.Check(Cases[index], IsDouble(index), seed: index);

    private static bool IsDouble(int index) => index % 3 == 0;

    // Inputs of one to three axes, up to six layers; sizes that fill neither vectors nor tiles.
    private static NetworkCase Draw(int index)
    {
        var random = new Random(index);
        T Any<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
        var rank = random.Next(1, 4);
        var extents = Enumerable.Range(0, rank).Select(_ => rank == 1 ? random.Next(1, 71) : random.Next(1, 8));
        var layers = new List<string>();
        for (var depth = random.Next(1, 7); depth > 0; depth--)
        {
            if (random.Next(4) > 0)
                layers.Add($"Dense({random.Next(1, 71)}{(random.Next(4) == 0 ? ", Bias = false" : "")})");
            if (random.Next(3) > 0)
                layers.Add(Any(Activations));
            if (random.Next(4) == 0)
                layers.Add($"Dropout(0.{random.Next(1, 8)})");
        }

        var loss = Any(Losses);
        if (loss.StartsWith("SoftmaxCrossEntropy", StringComparison.Ordinal) || loss.StartsWith("NegativeLogLikelihood", StringComparison.Ordinal))
            layers.Add($"Dense({random.Next(2, 71)})");
        var reduction = Any(["", "", "Reduction = Reduction.Sum", "Reduction = Reduction.BatchMean"]);
        if (reduction.Length > 0)
            loss = loss.EndsWith(')') ? $"{loss[..^1]}, {reduction})" : $"{loss}({reduction})";
        return new NetworkCase($"Random{index}", $"[Input({string.Join(", ", extents)})]\n[{string.Join(", ", [.. layers, loss])}]", random.Next(1, 34));
    }
}
