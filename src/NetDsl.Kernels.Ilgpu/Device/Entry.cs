namespace NetDsl.Kernels.Ilgpu.Device;

/// <summary>The one method that ILGPU compiles: kernels differ by their type alone.</summary>
internal static class Entry<TKernel>
    where TKernel : struct, IKernel
{
    public static void Run(TKernel kernel) => kernel.Run();
}
