namespace NetDsl;

/// <summary>Opens a join whose branches are added element by element: Y = Σ branches, as in a residual block.</summary>
/// <remarks>
/// Each branch starts with <see cref="BranchAttribute"/> at the value before the join; a branch without layers is the identity. <see cref="EndAttribute"/>
/// closes the join. All branches end in the same shape. He et al., "Deep residual learning for image recognition", 2016.
/// </remarks>
public sealed class SumAttribute : LayerAttribute;

/// <summary>Opens a join whose branches are multiplied element by element: Y = Π branches, as gates are.</summary>
/// <remarks>As with <see cref="SumAttribute"/>, all branches end in the same shape.</remarks>
public sealed class ProductAttribute : LayerAttribute;

/// <summary>Opens a join whose branches are laid side by side along an axis, the channels unless set, as in an Inception module.</summary>
/// <remarks>The branches agree in all other extents. Szegedy et al., "Going deeper with convolutions", 2015.</remarks>
public sealed class ConcatAttribute : LayerAttribute
{
    /// <summary>The axis of a sample, counted from 0, or from −1 backwards; 0, the channels, unless set.</summary>
    public int Axis { get; set; }
}

/// <summary>What stands between layers and is none: the start of a branch, the end of a join.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public abstract class BracketAttribute : Attribute;

/// <summary>Starts a branch of the join that is open: what follows reads the value before the join.</summary>
public sealed class BranchAttribute : BracketAttribute;

/// <summary>Closes the join that was opened last: what follows reads the joined value.</summary>
public sealed class EndAttribute : BracketAttribute;

/// <summary>
/// Base of blocks: attribute classes that carry a stack of their own and stand in other stacks like a layer. The constructor's parameters are the block's;
/// in the stack, nameof of a parameter stands for its value.
/// </summary>
/// <remarks>
/// <code>
/// [Conv(nameof(width), 3, Padding = Padding.Same), ReLU]
/// public sealed class StageAttribute(int width) : BlockAttribute;
/// </code>
/// The layers inside carry the block's name: <c>stage1.conv1</c>. Blocks hold blocks, but neither [Input] nor a loss.
/// </remarks>
public abstract class BlockAttribute : LayerAttribute
{
    /// <summary>How many such blocks stand here one behind the other, each with parameters of its own: a number, or within a block a parameter's name; 1 unless set. A name is followed by their numbers then.</summary>
    public object Repeat { get; set; } = 1;
}
