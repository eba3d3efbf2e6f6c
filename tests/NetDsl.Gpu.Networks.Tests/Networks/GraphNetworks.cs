namespace NetDsl.Gpu.Tests.Networks;

/// <summary>A stack with two heads: one loss over classes, a weighted one over numbers behind an activation, and a penalty.</summary>
[Network, Input(9)]
[Dense(12), L2(0.01), Tanh]
public partial class PolicyValue
{
    [Dense(5), SoftmaxCrossEntropy(LabelSmoothing = 0.1, Weight = 0.75)]
    public partial LayerDescription Policy { get; }

    [Dense(8), ReLU, Dense(2), Tanh, SquaredError(Weight = 0.5)]
    public partial LayerDescription Value { get; }
}

/// <summary>Two inputs of different sizes joined by name, and an answer beside the loss's.</summary>
[Network]
public partial class TwoTowers
{
    [Input(6)]
    public partial LayerDescription Picture { get; }

    [Input(3)]
    public partial LayerDescription Tag { get; }

    [Dense(7, From = nameof(Picture)), ReLU]
    public partial LayerDescription A { get; }

    [Dense(7, From = nameof(Tag)), Tanh]
    public partial LayerDescription B { get; }

    [Product(nameof(A), nameof(B)), Dense(2), Sigmoid, BinaryCrossEntropy]
    public partial LayerDescription Match { get; }

    [Softmax(From = nameof(A))]
    public partial LayerDescription Shares { get; }
}

/// <summary>Pairs of embeddings by shared layers.</summary>
[Network]
public partial class Siamese
{
    [Input(1, 8, 8)]
    public partial LayerDescription Left { get; }

    [Input(1, 8, 8)]
    public partial LayerDescription Right { get; }

    [Conv(4, 3, From = nameof(Left)), ReLU, MaxPool(2), Flatten, Dense(5)]
    public partial LayerDescription A { get; }

    [Shared(nameof(A), From = nameof(Right))]
    public partial LayerDescription B { get; }

    [Contrastive(nameof(A), nameof(B), margin: 1.5)]
    public partial LayerDescription Same { get; }
}

/// <summary>Three inputs, losses of embeddings beside each other and one over classes; an input on which no loss depends.</summary>
[Network]
public partial class Faces
{
    [Input(10)]
    public partial LayerDescription Anchor { get; }

    [Input(10)]
    public partial LayerDescription Positive { get; }

    [Input(10)]
    public partial LayerDescription Negative { get; }

    [Input(4)]
    public partial LayerDescription Unused { get; }

    [Dense(70, From = nameof(Anchor)), Tanh]
    public partial LayerDescription A { get; }

    [Shared(nameof(A), From = nameof(Positive))]
    public partial LayerDescription B { get; }

    [Shared(nameof(A), From = nameof(Negative))]
    public partial LayerDescription C { get; }

    [TripletMargin(nameof(A), nameof(B), nameof(C), margin: 2, Swap = true, Epsilon = 1e-6)]
    public partial LayerDescription Order { get; }

    [CosineEmbedding(nameof(A), nameof(C), margin: 0.1, Weight = 0.3, Reduction = Reduction.Sum)]
    public partial LayerDescription Angle { get; }

    [Dense(3, From = nameof(B)), SoftmaxCrossEntropy]
    public partial LayerDescription Person { get; }

    [Softmax(From = nameof(Unused))]
    public partial LayerDescription Aside { get; }
}

/// <summary>Two losses over classes, so that targets are labels.</summary>
[Network, Input(6), Dense(8), ReLU]
public partial class TwoClasses
{
    [Dense(3), SoftmaxCrossEntropy]
    public partial LayerDescription Shape { get; }

    [Dense(4), SoftmaxCrossEntropy(Weight = 2)]
    public partial LayerDescription Colour { get; }
}

/// <summary>Two results without losses: gradients come from outside.</summary>
[Network, Input(5), Dense(6), Tanh]
public partial class TwoEnds
{
    [Dense(3), Sigmoid]
    public partial LayerDescription First { get; }

    [Dense(2), Softplus]
    public partial LayerDescription Second { get; }
}
