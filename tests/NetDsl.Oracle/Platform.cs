using System.Numerics;

namespace NetDsl.Oracle;

/// <summary>Where the cases' networks run.</summary>
internal abstract class Platform
{
    /// <summary>The element types of the runs.</summary>
    public abstract IReadOnlyList<Precision> Precisions { get; }

    /// <summary>Assemblies that networks are compiled with, beside the runtime's.</summary>
    public abstract IEnumerable<string> References { get; }

    /// <summary>C# of what a network's <see cref="IVectorJacobian{T}"/> does with a workspace and dy.</summary>
    /// <param name="type">C# of the element type.</param>
    public abstract string OutputGradient(string type);

    /// <summary>The network there.</summary>
    public abstract INetwork<T> Place<T>(INetwork<T> network)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Has an optimiser's steps run there.</summary>
    public abstract void Place<T>(ParameterArena<T> parameters, GradientArena<T> gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>What a workspace's view holds, or null where it has none of that name.</summary>
    public abstract T[]? Read<T>(Workspace<T> workspace, string view)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Writes all elements of a workspace's view.</summary>
    public abstract void Write<T>(Workspace<T> workspace, string view, T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>The CPU.</summary>
/// <param name="precisions">The element types of the runs; by default both.</param>
internal sealed class Cpu(IReadOnlyList<Precision>? precisions = null) : Platform
{
    private delegate Span<T> View<T>();

    public override IReadOnlyList<Precision> Precisions => precisions ?? [Precision.Single, Precision.Double];

    public override IEnumerable<string> References => [];

    public override string OutputGradient(string type) => "OutputGradient((Workspace)workspace, dy)";

    public override INetwork<T> Place<T>(INetwork<T> network) => network;

    public override void Place<T>(ParameterArena<T> parameters, GradientArena<T> gradients)
    {
    }

    public override T[]? Read<T>(Workspace<T> workspace, string view) => Find(workspace, view) is { } found ? found().ToArray() : null;

    public override void Write<T>(Workspace<T> workspace, string view, T[] values) => values.CopyTo(Find(workspace, view)!());

    private static View<T>? Find<T>(Workspace<T> workspace, string view)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => workspace.GetType().GetProperty(view)?.GetMethod!.CreateDelegate<View<T>>(workspace);
}
