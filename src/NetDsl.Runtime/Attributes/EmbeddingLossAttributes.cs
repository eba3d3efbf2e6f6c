namespace NetDsl;

/// <summary>Draws the embeddings of similar pairs together and pushes those of others apart up to a margin: ½d² and ½max(0, margin − d)², d = |a − b|.</summary>
/// <param name="a">Name of the member, or the layer, whose result is the first of a pair.</param>
/// <param name="b">Name of that of the second.</param>
/// <param name="margin">The distance beyond which pairs that aren't similar cost nothing, above 0.</param>
/// <remarks>
/// The target of a pair is 1 or 0, one number a sample. Hadsell, Chopra, LeCun, "Dimensionality reduction by learning an invariant mapping", 2006.
/// </remarks>
public sealed class ContrastiveAttribute(string a, string b, double margin = 1) : LossAttribute
{
    /// <summary>What gives the first of a pair.</summary>
    public string A { get; } = a;

    /// <summary>What gives the second.</summary>
    public string B { get; } = b;

    /// <summary>Distance that is asked for.</summary>
    public double Margin { get; } = margin;

    /// <summary>Whether a target of 1 marks similar pairs; true unless set. The paper marks them by 0.</summary>
    public bool OneMeansSimilar { get; set; } = true;
}

/// <summary>Turns the embeddings of similar pairs towards each other and others away: 1 − cos for a target of 1, max(0, cos − margin) for one of −1.</summary>
/// <param name="a">Name of the member, or the layer, whose result is the first of a pair.</param>
/// <param name="b">Name of that of the second.</param>
/// <param name="margin">The cosine up to which pairs that aren't similar cost nothing.</param>
public sealed class CosineEmbeddingAttribute(string a, string b, double margin = 0) : LossAttribute
{
    /// <summary>What gives the first of a pair.</summary>
    public string A { get; } = a;

    /// <summary>What gives the second.</summary>
    public string B { get; } = b;

    /// <summary>The cosine that is allowed.</summary>
    public double Margin { get; } = margin;
}

/// <summary>max(0, margin + d(anchor, positive) − d(anchor, negative)): the negative should be farther from the anchor than the positive, by the margin. It has no target.</summary>
/// <param name="anchor">Name of the member, or the layer, whose result is the anchor.</param>
/// <param name="positive">Name of that of the embedding that should be near.</param>
/// <param name="negative">Name of that of the embedding that should be far.</param>
/// <param name="margin">By how much the negative should be farther away, above 0.</param>
/// <remarks>Schroff, Kalenichenko, Philbin, "FaceNet: a unified embedding for face recognition and clustering", 2015.</remarks>
public sealed class TripletMarginAttribute(string anchor, string positive, string negative, double margin = 1) : LossAttribute
{
    /// <summary>What gives the anchor.</summary>
    public string Anchor { get; } = anchor;

    /// <summary>What gives the embedding that should be near.</summary>
    public string Positive { get; } = positive;

    /// <summary>What gives the embedding that should be far.</summary>
    public string Negative { get; } = negative;

    /// <summary>Lead that is asked for.</summary>
    public double Margin { get; } = margin;

    /// <summary>Added to each element of a difference, 0 or more; 0 unless set.</summary>
    public double Epsilon { get; set; }

    /// <summary>Whether the distance between positive and negative takes the place of that between anchor and negative where it is smaller.</summary>
    public bool Swap { get; set; }
}
