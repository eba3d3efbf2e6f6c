namespace NetDsl;

/// <summary>Where one tensor lies in an arena, and how it starts.</summary>
/// <param name="Name">Name with the layer's, as in a PyTorch state dictionary: <c>hidden.weight</c>.</param>
/// <param name="Shape">Extents, outermost first; a dense weight is [outputs, inputs].</param>
/// <param name="Offset">First element in the arena.</param>
/// <param name="Initializer">How the tensor is filled from a seed.</param>
/// <param name="FanIn">Inputs that one output sums over.</param>
/// <param name="FanOut">Outputs that one input reaches.</param>
/// <param name="IsLearnable">Whether it has a gradient that optimisers follow; else it is state, as running statistics and frozen weights are.</param>
public sealed record TensorInfo(string Name, IReadOnlyList<int> Shape, int Offset, Initializer Initializer, int FanIn, int FanOut, bool IsLearnable = true)
{
    /// <summary>Number of elements: the product of the extents.</summary>
    public int Length { get; } = Shape.Aggregate(1, (product, extent) => product * extent);
}
