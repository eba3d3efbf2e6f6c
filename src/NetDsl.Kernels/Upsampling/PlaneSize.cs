using System.Diagnostics.CodeAnalysis;

namespace NetDsl.Kernels.Upsampling;

/// <summary>Extents of one channel of one sample; those of axes that are not there are 1.</summary>
/// <param name="Depth">First spatial axis of three.</param>
/// <param name="Height">The axis before the last.</param>
/// <param name="Width">The last axis.</param>
public readonly record struct PlaneSize(int Depth, int Height, int Width)
{
    /// <summary>Elements of the plane.</summary>
    internal int Count => Depth * Height * Width;

    internal void Check(string name)
    {
        if (Depth < 1 || Height < 1 || Width < 1 || (Int128)Depth * Height * Width > int.MaxValue)
            Throw(name);
    }

    [DoesNotReturn]
    private void Throw(string name) =>
        throw new ArgumentOutOfRangeException(name, $"{name} is {Depth}×{Height}×{Width}; give extents of at least 1 whose product is below 2³¹.");
}
