namespace NetDsl.Kernels.Ilgpu;

/// <summary>The work of one thread on a device: a struct that holds its operands. It asks ILGPU's <c>Grid</c> and <c>Group</c> for its place.</summary>
internal interface IKernel
{
    /// <summary>Does the work.</summary>
    void Run();
}
