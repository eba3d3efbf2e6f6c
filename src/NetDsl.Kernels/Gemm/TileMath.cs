using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>The multiply-add that every product is made of.</summary>
internal static class TileMath
{
    /// <summary>a·b + c; fused where the processor has the instruction, since in software it would be a library call for every element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V MultiplyAdd<T, V>(V a, V b, V c)
        where T : unmanaged
        where V : struct, ISimd<V, T> =>
        Fma.IsSupported || AdvSimd.IsSupported ? V.FusedMultiplyAdd(a, b, c) : a * b + c;
}
