using System.Numerics;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>The elementary functions that kernels are written over, each with the accuracy of the CPU's on every device. Generated code names them V.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IElementary<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The larger one; NaN if either is NaN.</summary>
    static abstract T Max(T left, T right);

    /// <summary>e^x.</summary>
    static abstract T Exp(T x);

    /// <summary>ln x.</summary>
    static abstract T Log(T x);
}
