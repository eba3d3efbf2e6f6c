namespace NetDsl;

/// <summary>Opens a join whose branches are added element by element: Y = Σ branches, as in a residual block.</summary>
/// <remarks>
/// Each branch starts with <see cref="BranchAttribute"/> at the value before the join; a branch without layers is the identity. <see cref="EndAttribute"/>
/// closes the join. All branches end in the same shape. He et al., "Deep residual learning for image recognition", 2016.
/// With names there are no brackets: the value before the join and those named are added; as the first layer of a member, those named alone.
/// </remarks>
/// <param name="sources">Names of members, or of layers and blocks before it, or none for branches in brackets.</param>
public sealed class SumAttribute(params string[] sources) : LayerAttribute
{
    /// <summary>What is joined, where brackets don't say it.</summary>
    public string[] Sources { get; } = sources;
}

/// <summary>Opens a join whose branches are multiplied element by element: Y = Π branches, as gates are.</summary>
/// <remarks>As with <see cref="SumAttribute"/>, all branches end in the same shape, and names can take the place of brackets.</remarks>
/// <param name="sources">Names of members, or of layers and blocks before it, or none for branches in brackets.</param>
public sealed class ProductAttribute(params string[] sources) : LayerAttribute
{
    /// <summary>What is joined, where brackets don't say it.</summary>
    public string[] Sources { get; } = sources;
}

/// <summary>Opens a join whose branches are laid side by side along an axis, the channels unless set, as in an Inception module.</summary>
/// <remarks>The branches agree in all other extents; as with <see cref="SumAttribute"/>, names can take the place of brackets. Szegedy et al., "Going deeper with convolutions", 2015.</remarks>
/// <param name="sources">Names of members, or of layers and blocks before it, or none for branches in brackets.</param>
public sealed class ConcatAttribute(params string[] sources) : LayerAttribute
{
    /// <summary>What is joined, where brackets don't say it.</summary>
    public string[] Sources { get; } = sources;

    /// <summary>The axis of a sample, counted from 0, or from −1 backwards; 0, the channels, unless set.</summary>
    public int Axis { get; set; }
}

/// <summary>What stands between layers and is none: the start of a branch, the end of a join.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
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

    /// <summary>Whether training leaves the parameters of all layers inside as they are; false unless set.</summary>
    public bool Frozen { get; set; }
}

/// <summary>What a <see cref="ProjectionAttribute"/> does where the shapes differ.</summary>
public enum ProjectionKind
{
    /// <summary>A 1×1 convolution with the stride, without a bias, and batch normalisation: option B of the paper.</summary>
    Convolution,

    /// <summary>Every stride-th place, and channels of zeros on both sides: option A of the paper, which has no parameters.</summary>
    ZeroPadding,
}

/// <summary>
/// The shortcut of a residual block: the identity where its input has as many channels as <paramref name="width"/> says and the stride is 1, else what
/// makes the shapes agree.
/// </summary>
/// <param name="width">Channels of the result, at least 1; within a block also a parameter's name.</param>
/// <remarks>On (features), [Dense] takes the convolution's place. He et al., "Deep residual learning for image recognition", 2016.</remarks>
public sealed class ProjectionAttribute(object width) : LayerAttribute
{
    /// <summary>Channels of the result.</summary>
    public object Width { get; } = width;

    /// <summary>Step along each axis behind the channels: one number, or an array with one for each axis; 1 unless set.</summary>
    public object Stride { get; set; } = 1;

    /// <summary>What is done where the shapes differ; a convolution unless set.</summary>
    public ProjectionKind Kind { get; set; }

    /// <summary>Whether batch normalisation follows the convolution; true unless set.</summary>
    public object Normalize { get; set; } = true;

    /// <summary>Whether training leaves its parameters as they are; false unless set.</summary>
    public bool Frozen { get; set; }
}

/// <summary>Applies an earlier layer or block of the stack, or a whole member, once more, with the same parameters: their gradients add up.</summary>
/// <param name="layer">Name of the layer or block, as its Name says or as the default is: <c>conv1</c>, <c>basic2</c>; or nameof a member.</param>
/// <remarks>The input must fit the weights: the same channels for a convolution, the same features for a dense layer.</remarks>
public sealed class SharedAttribute(string layer) : LayerAttribute
{
    /// <summary>Name of the layer or block.</summary>
    public string Layer { get; } = layer;
}

/// <summary>A dense layer back: Z = X·W + b with the weights W [units × inputs] of an earlier <see cref="DenseAttribute"/>, transposed, and a bias b [inputs] of its own.</summary>
/// <param name="layer">Name of the dense layer, as its Name says or as the default is: <c>dense1</c>.</param>
/// <remarks>The decoder of a tied autoencoder. Vincent et al., "Extracting and composing robust features with denoising autoencoders", 2008.</remarks>
public sealed class TiedAttribute(string layer) : LayerAttribute
{
    /// <summary>Name of the dense layer.</summary>
    public string Layer { get; } = layer;

    /// <summary>Whether the layer adds a bias; true unless set.</summary>
    public object Bias { get; set; } = true;

    /// <summary>Whether training leaves the bias as it is; the weights follow the layer that has them. False unless set.</summary>
    public bool Frozen { get; set; }
}
