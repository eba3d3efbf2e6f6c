namespace NetDsl;

/// <summary>Element type of a network's numbers.</summary>
public enum Precision
{
    /// <summary>32-bit floating point, the usual choice.</summary>
    Single,

    /// <summary>64-bit floating point: half the speed, for checks and for science.</summary>
    Double,
}

/// <summary>Marks a partial class as a network: its layers are the other attributes, in source order.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NetworkAttribute : Attribute
{
    /// <summary>Element type of parameters, activations and gradients.</summary>
    public Precision Precision { get; set; }
}

/// <summary>The shape of one sample, batch left out: (features), (time, features) or (channels, height, width).</summary>
/// <param name="shape">Extents, outermost first, each at least 1.</param>
/// <remarks>On a member of the network, a partial property, it is one more input: the generated methods take one batch for each, the class's first, then as declared.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, Inherited = false)]
public sealed class InputAttribute(params int[] shape) : Attribute
{
    /// <summary>Extents, outermost first.</summary>
    public int[] Shape { get; } = shape;
}

/// <summary>One step of a network. Layers run in the order in which they are written.</summary>
/// <remarks>
/// On a partial property of the network they are a member, a stack with a name: <c>[Dense(10), Softmax] public partial LayerDescription Head { get; }</c>.
/// A member reads the end of the class's stack unless its first layer says <see cref="From"/>.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public abstract class LayerAttribute : Attribute
{
    /// <summary>Name of the layer in the generated code, in checkpoints and in errors; unique within the network. Default: its kind and a number, such as <c>dense1</c>.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// What the first layer of a member reads: a member's name, or that of a layer or block of the class's stack. Not set, it is the end of that stack, or the only input.
    /// </summary>
    public string? From { get; set; }
}
