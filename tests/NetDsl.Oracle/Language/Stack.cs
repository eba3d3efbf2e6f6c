namespace NetDsl.Oracle.Language;

/// <summary>One layer as an attribute.</summary>
/// <param name="Attribute">The attribute's name.</param>
/// <param name="Arguments">C# of its arguments.</param>
internal sealed record Layer(string Attribute, params string[] Arguments)
{
    /// <summary>Names of its tensors in the case, by their names in the language: <c>weight</c> → <c>fc1.weight</c>.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of the inputs of the case that its state starts with, by its tensors' names in the language: <c>runningMean</c> → <c>bn1.running_mean</c>.</summary>
    public IReadOnlyDictionary<string, string> State { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it does in training what it doesn't do otherwise, and the case asks for that.</summary>
    public bool IsTraining { get; init; }

    /// <summary>The layer whose parameters it uses, too.</summary>
    public Layer? Of { get; init; }

    /// <summary>Whether it has no name: the start of a branch, or the end of a join.</summary>
    public bool IsBracket { get; private init; }

    /// <summary>The start of a branch, or the end of a join.</summary>
    public static Layer Bracket(string attribute) => new(attribute) { IsBracket = true };

    /// <summary>A dropout whose mask is given: its rate and the input that holds the mask.</summary>
    public (double Rate, string Input)? Mask { get; init; }
}

/// <summary>The loss as an attribute.</summary>
/// <param name="Attribute">The attribute's name.</param>
/// <param name="Arguments">C# of its arguments.</param>
internal sealed record Loss(string Attribute, params string[] Arguments)
{
    /// <summary>The loss whose gradient <see cref="IVectorJacobian{T}"/> replaces.</summary>
    public static Loss None { get; } = new("MeanSquaredError");

    /// <summary>Whether targets are class labels.</summary>
    public bool TakesLabels { get; init; }

    /// <summary>Whether a term belongs to a row instead of an element.</summary>
    public bool IsPerRow { get; init; }

    /// <summary>Whether prediction and target can change places.</summary>
    public bool IsSymmetric { get; init; }

    /// <summary>Whether the terms themselves are the result.</summary>
    public bool IsUnreduced { get; init; }

    /// <summary>The activation that the language writes in front of it.</summary>
    public Layer? Activation { get; init; }
}

/// <summary>A network: the shape of a sample, layers and a loss.</summary>
internal sealed record Stack(IReadOnlyList<int> Input, IReadOnlyList<Layer> Layers, Loss Loss)
{
    /// <summary>Whether the case asks for a pass of training.</summary>
    public bool IsTraining => Layers.Any(layer => layer.IsTraining || layer.Mask is not null);

    /// <summary>C# of the network's members, where it is a graph instead of a stack.</summary>
    public string Members { get; init; } = "";

    /// <summary>The first <paramref name="count"/> layers alone.</summary>
    public Stack Take(int count) => new(Input, [.. Layers.Take(count)], Loss.None);

    /// <summary>Name of a layer in the language.</summary>
    public static string NameOf(int layer) => $"layer{layer}";
}
