using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Gemm;

/// <summary>What a thread of a product works on: the groups lie side by side within each part of the depth.</summary>
internal static class ProductShare
{
    /// <summary>Which of several products.</summary>
    public static int Group(int groups) => groups == 1 ? 0 : Grid.IdxZ % groups;

    /// <summary>Which part of its depth.</summary>
    public static int Part(int groups) => groups == 1 ? Grid.IdxZ : Grid.IdxZ / groups;
}
