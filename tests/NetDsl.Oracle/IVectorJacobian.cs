using System.Numerics;

namespace NetDsl.Oracle;

/// <summary>Starts a backward pass from a given gradient; every network that the oracle compiles implements it.</summary>
/// <typeparam name="T">Element type.</typeparam>
public interface IVectorJacobian<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Calls the network's own OutputGradient.</summary>
    void OutputGradient(Workspace<T> workspace, ReadOnlySpan<T> dy);
}
