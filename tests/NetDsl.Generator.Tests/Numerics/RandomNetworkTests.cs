namespace NetDsl.Generator.Tests.Numerics;

public class RandomNetworkTests
{
    private const int Stacks = 200;

    private const int Graphs = 280;

    private const int Count = 360;

    private static readonly string[] Activations =
        ["Sigmoid", "Tanh", "ScaledTanh", "ReLU", "LeakyReLU", "LeakyReLU(0.2)", "ELU", "ELU(0.7)", "SELU", "Softplus", "Softplus(3)", "GELU", "GELU(TanhApproximation = true)", "SiLU", "Softmax",
            "LogSoftmax", "Mish", "Softsign", "HardSigmoid", "HardSwish", "HardTanh", "LogSigmoid", "Swish(0.7)", "PReLU", "PReLU(PerChannel = true)", "PReLU(PerChannel = true, ChannelAxis = -1)", "ParametricSwish"];

    // A softmax along the places of a channel takes its bias out again: gradients that are 0 but for rounding can't be compared.
    private static readonly string[] PlaneActivations = [.. Activations.Where(activation => !activation.Contains("Softmax"))];

    // Of few values with little spread, a small ε would magnify rounding.
    private static readonly string[] PlaneNorms =
        ["BatchNorm(Epsilon = 0.1)", "BatchNorm(Epsilon = 0.2, Momentum = 0.4, Affine = false)", "GroupNorm(1, Epsilon = 0.1)", "LayerNorm(Epsilon = 0.1)", "LayerNorm(Axes = 3, Epsilon = 0.1, Affine = false)", "RmsNorm(Epsilon = 0.1)",
            "LocalResponseNorm(3, Alpha = 0.3)", "LocalResponseNorm(4, Alpha = 0.2, Beta = 1, AlphaOverSize = true)"];

    private static readonly string[] Losses =
        ["SquaredError", "MeanSquaredError", "MeanAbsoluteError", "Huber(0.5)", "Hinge", "Hinge(Squared = true)", "Sigmoid, BinaryCrossEntropy", "SmoothL1", "LogCosh", "SoftmaxCrossEntropy", "SoftmaxCrossEntropy(LabelSmoothing = 0.1)", "NegativeLogLikelihood"];

    private static readonly NetworkCase[] Cases = [.. Enumerable.Range(0, Count).Select(index => index >= Graphs ? new RandomGraph(index).Network : index >= Stacks ? DrawJoined(index) : index % 2 == 0 ? Draw(index) : DrawConvolutional(index))];

    private static readonly Lazy<NetworkBatch> Networks = new(() => new NetworkBatch(Cases.Select((network, i) => (network, IsDouble(i))), BlockTests.Declarations));

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

        return Finish(index, extents, layers, random, batches: 33);
    }

    // One to three axes behind the channels; convolutions, poolings and what goes between them, with sizes that fill neither vectors nor tiles.
    private static NetworkCase DrawConvolutional(int index)
    {
        var random = new Random(index);
        var rank = random.Next(1, 4);
        var extents = new int[rank + 1];
        extents[0] = random.Next(1, 6);
        for (var i = 1; i <= rank; i++)
            extents[i] = random.Next(rank == 3 ? 2 : 3, rank == 1 ? 40 : rank == 2 ? 12 : 6);
        var layers = new List<string>();
        var (channels, largest) = (extents[0], extents.Skip(1).Max());
        for (var depth = random.Next(1, 5); depth > 0; depth--)
        {
            // Everything keeps at least one element along each axis: kernels that may not fit are padded.
            var kernel = random.Next(1, 4);
            var stride = random.Next(1, 3);
            var padding = random.Next(3) == 0 ? $"Pads = {random.Next(kernel)}" : "Padding = Padding.Same";
            if (padding.StartsWith("Pads", StringComparison.Ordinal))
                kernel = 1 + 2 * int.Parse(padding[^1..], System.Globalization.CultureInfo.InvariantCulture);
            switch (random.Next(8))
            {
                case 0:
                    layers.Add($"{Any(random, ["MaxPool", "AveragePool", "L2Pool"])}({kernel}, Stride = {stride}, {padding})");
                    break;
                case 1 when largest < 30:
                    layers.Add($"TransposedConv({channels = random.Next(1, 8)}, {kernel + 1}, Stride = {stride}, OutputPadding = {stride - 1})");
                    largest = largest * stride + kernel + 1;
                    break;
                case 2 when largest < 30:
                    layers.Add(random.Next(2) == 0 ? "Upsample(2)" : "Upsample(2, Mode = UpsampleMode.Linear)");
                    largest *= 2;
                    break;
                case 3:
                    layers.Add($"Conv({channels * 2}, {kernel}, Groups = {channels}, Stride = {stride}, {(random.Next(2) == 0 ? "Dilation = 2, Padding = Padding.Full" : padding)})");
                    channels *= 2;
                    break;
                case 4 when channels < 8 && extents.Length == 3:
                    layers.Add($"Filter(Filter.{Any(random, ["SobelX", "Laplacian4", "Gaussian"])}, Filter.ScharrY, Padding = Padding.Same, Frozen = {(random.Next(2) == 0 ? "true" : "false")})");
                    channels *= 2;
                    break;
                default:
                    layers.Add($"Conv({channels = random.Next(1, 14)}, {kernel}, Stride = {stride}, {padding}{(random.Next(4) == 0 ? ", Bias = false" : "")})");
                    break;
            }

            if (random.Next(4) == 0)
                AddNorm(layers, random, rank);

            if (random.Next(3) > 0)
                layers.Add(Any(random, PlaneActivations));
            if (random.Next(5) == 0)
                layers.Add(Any(random, ["Dropout(0.3)", "ChannelDropout(0.3)"]));
        }

        if (random.Next(3) == 0)
            layers.Add(Any(random, ["Flatten", "GlobalAveragePool", "GlobalMaxPool"]));
        if (random.Next(2) == 0)
            layers.Add($"Dense({random.Next(2, 20)})");
        return Finish(index, extents, layers, random, batches: 20);
    }

    // Branches within branches.
    private static NetworkCase DrawJoined(int index)
    {
        var random = new Random(index);
        var isImage = index % 2 == 0;
        var width = random.Next(1, 6);
        int[] extents = isImage ? [width, random.Next(3, 8), random.Next(3, 8)] : [width];
        var stack = new RandomStack(random, isImage);
        List<string> layers = [.. stack.Draw(ref width, depth: 2), .. stack.Draw(ref width, depth: 2)];
        return Finish(index, extents, layers, random, batches: 12);
    }

    private static bool HasParameters(string layer) =>
        layer.Split('(')[0] is "Dense" or "Conv" or "TransposedConv" or "PReLU" or "ParametricSwish" or "BatchNorm" or "GroupNorm" or "LayerNorm" or "RmsNorm" or "InstanceNorm"
        && (layer.StartsWith("BatchNorm", StringComparison.Ordinal) || !layer.Contains("Affine = false", StringComparison.Ordinal));

    private static string Freeze(string layer) => layer.EndsWith(')') ? $"{layer[..^1]}, Frozen = true)" : $"{layer}(Frozen = true)";

    // Gradients that are 0 but for rounding can't be compared: those of a bias whose channel's mean is taken off.
    private static void AddNorm(List<string> layers, Random random, int rank)
    {
        var norm = Any(random, PlaneNorms).Replace("Axes = 3", $"Axes = {random.Next(1, rank + 2)}", StringComparison.Ordinal);
        for (var i = 0; i < layers.Count; i++)
        {
            if (layers[i].Contains("Conv(", StringComparison.Ordinal) && !layers[i].Contains("Bias", StringComparison.Ordinal))
                layers[i] = layers[i][..^1] + ", Bias = false)";
        }

        layers.Add(norm);
    }

    private static T Any<T>(Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private static NetworkCase Finish(int index, IEnumerable<int> extents, List<string> layers, Random random, int batches)
    {
        T Any<T>(IReadOnlyList<T> choices) => RandomNetworkTests.Any(random, choices);
        var loss = Any(Losses);
        if (loss.StartsWith("SoftmaxCrossEntropy", StringComparison.Ordinal) || loss.StartsWith("NegativeLogLikelihood", StringComparison.Ordinal))
            layers.Add($"Dense({random.Next(2, 71)})");
        var reduction = Any(["", "", "Reduction = Reduction.Sum", "Reduction = Reduction.BatchMean"]);
        if (reduction.Length > 0)
            loss = loss.EndsWith(')') ? $"{loss[..^1]}, {reduction})" : $"{loss}({reduction})";
        // Some layers are frozen, and a few networks have no loss of their own.
        layers = [.. layers.Select(layer => HasParameters(layer) && random.Next(5) == 0 ? Freeze(layer) : layer)];
        if (random.Next(10) > 0)
            layers.Add(loss);
        return new NetworkCase($"Random{index}", $"[Input({string.Join(", ", extents)})]\n[{string.Join(", ", layers)}]", random.Next(2, batches + 1));
    }
}
