using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Ilgpu.Device;

namespace NetDsl.Gpu.Tests.Ptx;

/// <summary>Compiles kernels to PTX without a device, as ILGPU would on a CUDA one: proof that code is generated, not that the driver assembles it.</summary>
internal static partial class PtxCompiler
{
    /// <summary>The assembly text of a kernel.</summary>
    public static string Compile<TKernel>()
        where TKernel : struct, IKernel
    {
        Action<TKernel> entry = Entry<TKernel>.Run;
        return Compile(entry);
    }

    /// <summary>The assembly text of a kernel that a device has compiled.</summary>
    public static string Compile(Delegate entry)
    {
        // A context fails at every compilation after the first that has failed.
        using var context = Context.Create(builder => Accelerators.Configure(builder));
        using var backend = new PTXBackend(context, CudaArchitecture.SM_90, CudaInstructionSet.ISA_88, null!);
        return ((PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(entry.Method), default)).PTXAssembly;
    }

    /// <summary>What a kernel takes and does, counted in its text: virtual registers, which the driver maps onto real ones, shared memory, and instructions by kind.</summary>
    public static string Summary(string ptx)
    {
        int Registers(string type) => Regex.Matches(ptx, $@"\.reg \.{type}\s+%\w+<(\d+)>").Sum(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        int Count(string pattern) => Regex.Count(ptx, $@"^\s*(@!?%\w+\s+)?{pattern}", RegexOptions.Multiline);
        var shared = SharedMemory().Matches(ptx).Sum(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        return $"registers f32 {Registers("f32")}, f64 {Registers("f64")}, b32 {Registers("b32")}, b64 {Registers("b64")}, predicates {Registers("pred")}; shared {shared} bytes; "
            + $"mul.f32 {Count(@"mul\.f32")}, add.f32 {Count(@"(add|sub)\.f32")}, ld.global {Count(@"ld\.global")}, st.global {Count(@"st\.global")}, ld.shared {Count(@"ld\.shared")}, st.shared {Count(@"st\.shared")}, "
            + $"barriers {Count("bar")}, branches {Count("bra")}, calls {Count("call")}, local {Count(@"(ld|st)\.local")}";
    }

    [GeneratedRegex(@"\.shared [^;]*\[(\d+)\]")]
    private static partial Regex SharedMemory();
}
