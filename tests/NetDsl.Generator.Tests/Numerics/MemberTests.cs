using NetDsl.Generator.Ops;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Numerics;

public class MemberTests
{
    private static readonly NetworkCase[] Cases =
    [
        new("PolicyValue", "[Input(3, 5, 5)] [Conv(4, 3, Padding = Padding.Same), ReLU, Residual3(4, Repeat = 2)]", 4, """
            [Conv(2, 1), Tanh, Flatten, Dense(7), SoftmaxCrossEntropy]
            public partial LayerDescription Policy { get; }

            [Conv(1, 1), ReLU, Flatten, Dense(1), Tanh, SquaredError(Weight = 0.5)]
            public partial LayerDescription Value { get; }
            """),
        new("TwoTowers", "", 5, """
            [Concat(nameof(A), nameof(B)), Dense(1), Sigmoid, BinaryCrossEntropy] public partial LayerDescription Match { get; }
            [Dense(6, From = nameof(Picture)), ReLU] public partial LayerDescription A { get; }
            [Dense(4, From = nameof(Tag)), Tanh, Dropout(0.3)] public partial LayerDescription B { get; }
            [Input(1, 4, 4)] public partial LayerDescription Picture { get; }
            [Input(3)] public partial LayerDescription Tag { get; }
            """),
        new("Siamese", "", 6, """
            [Input(5)] public partial LayerDescription Left { get; }
            [Input(5)] public partial LayerDescription Right { get; }
            [Dense(6, From = nameof(Left)), Tanh, Dense(3)] public partial LayerDescription A { get; }
            [Shared(nameof(A), From = nameof(Right))] public partial LayerDescription B { get; }
            [Contrastive(nameof(A), nameof(B), 1.5)] public partial LayerDescription Pairs { get; }
            """),
        new("SiameseCosine", "", 6, """
            [Input(1, 6, 6)] public partial LayerDescription Left { get; }
            [Input(1, 6, 6)] public partial LayerDescription Right { get; }
            [Conv(2, 3, From = nameof(Left)), ReLU, MaxPool(2), Flatten, Dense(4)] public partial LayerDescription A { get; }
            [Shared(nameof(A), From = nameof(Right))] public partial LayerDescription B { get; }
            [CosineEmbedding(nameof(A), nameof(B), 0.2, Weight = 2, Reduction = Reduction.Sum)] public partial LayerDescription Pairs { get; }
            [Dense(3, From = nameof(A)), SoftmaxCrossEntropy(ClassWeights = new[] { 1.0, 2, 0.5 })] public partial LayerDescription Class { get; }
            """),
        new("Triplet", "", 5, """
            [Input(4), Dense(5), Tanh, Dense(3)] public partial LayerDescription Anchor { get; }
            [Input(4), Shared(nameof(Anchor))] public partial LayerDescription Positive { get; }
            [Input(4), Shared("anchor.dense1"), Tanh, Shared("anchor.dense2")] public partial LayerDescription Negative { get; }
            [TripletMargin(nameof(Anchor), nameof(Positive), nameof(Negative), Epsilon = 1e-3, Swap = true)] public partial LayerDescription Distance { get; }
            """),
        new("SharedWithWhatItNames", "[Input(4)] [Dense(4), Tanh]", 5, """
            [Dense(3, Name = "wide"), Tanh, Dense(3), Sum("wide"), Concat(nameof(Tag), "tanh1"), Dense(2)] public partial LayerDescription A { get; }
            [Shared(nameof(A), From = "dense1")] public partial LayerDescription B { get; }
            [Input(2), Tanh] public partial LayerDescription Tag { get; }
            [Contrastive(nameof(A), nameof(B), 2)] public partial LayerDescription Pairs { get; }
            """),
        new("PenaltyOfAMember", "[Input(4)] [Dense(4), Tanh]", 5, """
            [L2(0.3), Dense(3), Tanh, Dense(2), L1(0.1), SquaredError] public partial LayerDescription A { get; }
            [Dense(2), SquaredError] public partial LayerDescription B { get; }
            """),
        new("Auxiliary", "[Input(2, 6, 6)] [Conv(3, 3, Name = \"low\"), ReLU, Conv(4, 3), ReLU, GlobalAveragePool, Dense(3), SoftmaxCrossEntropy]", 4, """
            [GlobalAveragePool(From = "low"), Dense(3), SoftmaxCrossEntropy(Weight = 0.3)] public partial LayerDescription Early { get; }
            [Softmax] public partial LayerDescription Probabilities { get; }
            """),
        new("Reconstruction", "[Input(6)] [Dense(3, Name = \"encoder\"), Tanh]", 4, """
            [Tied("encoder"), MeanSquaredError] public partial LayerDescription Decoder { get; }
            [Dense(2), L2(0.1), SoftmaxCrossEntropy(Reduction = Reduction.Sum)] public partial LayerDescription Class { get; }
            [SquaredError(From = nameof(Class), Weight = 0.1)] public partial LayerDescription Scores { get; }
            """),
        new("Skips", "[Input(2, 6, 6)] [Conv(3, 3, Padding = Padding.Same, Name = \"wide\"), ReLU, MaxPool(2), Conv(4, 3, Padding = Padding.Same), Upsample(2), Concat(\"wide\"), Conv(3, 1, Name = \"last\"), Sum(\"wide\"), Product(\"last\"), Flatten, SquaredError]", 4),
        new("Merged", "[Sum(nameof(A), nameof(B), nameof(A)), Dense(4), Tanh]", 4, """
            [Input(3)] public partial LayerDescription A { get; }
            [Input(5), Dense(3)] public partial LayerDescription B { get; }
            [Dense(2)] public partial LayerDescription First { get; }
            [Product(nameof(First), nameof(Second)), SiLU] public partial LayerDescription Third { get; }
            [Dense(2, From = nameof(B), Frozen = true), PReLU] public partial LayerDescription Second { get; }
            [Flatten(From = nameof(Third))] public partial LayerDescription Fourth { get; }
            """),
        new("ParametersOfAnAnswerAlone", "[Input(3)] [Dense(3), Tanh]", 4, """
            [Dense(3), Tanh] public partial LayerDescription Answer { get; }
            [Shared(nameof(Answer)), Tanh, Dense(2), SquaredError] public partial LayerDescription Trained { get; }
            """),
        new("ComparedTwice", "[Input(3)] [Dense(3), Tanh]", 4, """
            [Dense(3), MeanSquaredError] public partial LayerDescription A { get; }
            [Dense(3)] public partial LayerDescription B { get; }
            [Contrastive(nameof(A), nameof(B), 3)] public partial LayerDescription Near { get; }
            [TripletMargin("tanh1", nameof(A), nameof(B))] public partial LayerDescription Far { get; }
            """),
        new("InputBesideTheStack", "[Input(4)] [Dense(4), Sum(nameof(Linear)), Dense(2), SquaredError]", 4, """
            [Dense(4, From = "input")] public partial LayerDescription Linear { get; }
            """),
        new("Stages", "[Input(2, 5, 5)] [Residual3(2, Repeat = 2, Name = \"stage\"), Flatten]", 4, """
            [Flatten(From = "stage1"), Dense(2), SquaredError] public partial LayerDescription Early { get; }
            [Dense(2), SquaredError] public partial LayerDescription Late { get; }
            """),
        new("Keywords", "", 3, """
            [Input(2)] public partial LayerDescription Event { get; }
            [Input(2)] public partial LayerDescription Accumulate { get; }
            [Sum(nameof(Event), nameof(Accumulate)), Dense(2), SquaredError] public partial LayerDescription Y { get; }
            [Dense(2, From = nameof(Event)), Huber(1)] public partial LayerDescription Weights { get; }
            [Dense(3, From = nameof(Accumulate)), SoftmaxCrossEntropy] internal static partial LayerDescription N { get; }
            """),
        new("SameValue", "[Input(4)] [Dense(3), Tanh]", 4, """
            [SquaredError] public partial LayerDescription Squared { get; }
            [Huber(0.5)] public partial LayerDescription Robust { get; }
            [Sum(nameof(Other), "tanh1"), SquaredError] public partial LayerDescription Both { get; }
            [Dense(3), MeanSquaredError] public partial LayerDescription Other { get; }
            """),
    ];

    /// <summary>A penalty that begins a member is for the weights of the member, one behind a layer for those of that layer.</summary>
    [Fact]
    public void A_penalty_is_for_the_weights_of_its_stack()
    {
        var source = Cases.Single(network => network.Name == "PenaltyOfAMember");
        var graph = Compiler.Run("using NetDsl;\n" + source.Source(isDouble: false)).Model(source.Class(isDouble: false)).Training.Graph;
        graph.Nodes.Where(node => node.Op is PenaltyOp).Select(node => $"{node.Layer}: {graph.Values[node.Inputs[0]].Layer}").ShouldBe(["a.l11: a.dense2", "a.l21: a.dense2", "a.l21: a.dense1"]);
    }

    private static readonly Lazy<NetworkBatch> Networks = new(() => new NetworkBatch([.. Cases.Select(network => (network, false)), .. Cases.Select(network => (network, true))], BlockTests.Declarations));

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

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void A_network_with_members_agrees_with_the_reference(NetworkCase network, bool isDouble) => Networks.Value.Check(network, isDouble, seed: 5);
}
