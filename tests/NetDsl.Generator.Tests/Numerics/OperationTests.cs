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
        ],
        ["Dropout"] =
        [
            "[Input(9)] [Dropout(0.3), Dense(8), Dropout(0.5), Dense(3), MeanSquaredError]",
            "[Input(6)] [Dense(8), LeakyReLU(0.2), Dropout(0.4), Dropout(0.1), Dense(3), ReLU, Dropout(0.25), MeanSquaredError]",
            "[Input(6)] [Dropout(0), SquaredError]",
            "[Input(3, 4)] [Dropout(0.5), Tanh, SquaredError]",
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
        ["SquaredError"] = Loss("SquaredError"),
        ["MeanSquaredError"] = Loss("MeanSquaredError"),
        ["MeanAbsoluteError"] = Loss("MeanAbsoluteError"),
        ["Huber"] = [.. Loss("Huber"), .. Loss("Huber", "0.4")],
        ["Hinge"] = [.. Loss("Hinge"), .. Loss("Hinge", "0.7"), .. Loss("Hinge", "Squared = true")],
        ["BinaryCrossEntropy"] =
        [
            .. Loss("Sigmoid, BinaryCrossEntropy"),
            .. Loss("Sigmoid, BinaryCrossEntropy", "PositiveWeights = new[] { 2.5 }"),
            .. Loss("Sigmoid, BinaryCrossEntropy", "PositiveWeights = new double[] { 1, 2, 0.25 }"),
            "[Input(5)] [Sigmoid, BinaryCrossEntropy]",
        ],
        ["SoftmaxCrossEntropy"] =
        [
            .. Loss("SoftmaxCrossEntropy"),
            .. Loss("SoftmaxCrossEntropy", "LabelSmoothing = 0.1"),
            .. Loss("SoftmaxCrossEntropy", "LabelSmoothing = 0.2, IgnoreIndex = -100, ClassWeights = new double[] { 1, 2, 0.25 }"),
            "[Input(4, 3)] [Dense(3), SoftmaxCrossEntropy(IgnoreIndex = 1)]",
            "[Input(4, 3)] [Dense(3), SoftmaxCrossEntropy(Reduction = Reduction.BatchMean)]",
        ],
        ["NegativeLogLikelihood"] =
        [
            .. Loss("NegativeLogLikelihood"),
            .. Loss("NegativeLogLikelihood", "IgnoreIndex = 0, ClassWeights = new double[] { 1, 2, 0.25 }"),
            "[Input(4, 3)] [Dense(3), NegativeLogLikelihood]",
        ],
    };

    private static readonly NetworkCase[] Cases =
        [.. Stacks.SelectMany(kind => kind.Value.Select((stack, i) => new NetworkCase($"{kind.Key}{i}", stack.Replace("] [", "]\n["), Batch: 6)))];

    private static readonly Lazy<NetworkBatch> Networks = new(() => new NetworkBatch(Cases));

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

    [Fact]
    public void Every_operation_of_the_catalogue_is_tested() => Stacks.Keys.Order(StringComparer.Ordinal).ShouldBe(Catalogue.Kinds);

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void An_operation_agrees_with_the_reference(NetworkCase network, bool isDouble) => Networks.Value.Check(network, isDouble, seed: 11);

    // Fused behind a product and before a dropout, as the first layer, twice in a row, behind a softmax, without parameters.
    private static string[] Activation(string activation) =>
    [
        $"[Input(5)] [{activation}, Dense(7), {activation}, Dropout(0.3), Dense(3), {activation}, MeanSquaredError]",
        $"[Input(3, 4)] [Softmax, {activation}, Dense(5), {activation}, {activation}, Dense(2), SquaredError]",
        $"[Input(5)] [{activation}, SquaredError]",
    ];

    // By each reduction, behind a product, behind an activation, and straight behind the input.
    private static string[] Loss(string loss, string arguments = "")
    {
        var reductions = new[] { "", "Reduction = Reduction.Mean", "Reduction = Reduction.Sum", "Reduction = Reduction.BatchMean" };
        var written = reductions.Select(reduction => string.Join(", ", new[] { arguments, reduction }.Where(part => part.Length > 0))).Select(list => list.Length == 0 ? loss : $"{loss}({list})").ToList();
        return [.. written.Select(text => $"[Input(5)] [Dense(3), {text}]"), $"[Input(5)] [Dense(3), Tanh, {written[0]}]", $"[Input(3)] [{written[0]}]"];
    }
}
