using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using NetDsl.Kernels.Ilgpu.Device;

namespace NetDsl.Gpu.Tests.Ptx;

/// <summary>Compiles kernels to PTX without a device, as ILGPU would on a CUDA one: proof that code is generated, not that the driver assembles it.</summary>
internal static partial class PtxCompiler
{
    private static readonly HashSet<string> Tried = [];
    private static readonly Context Context = Context.Create(builder => Accelerators.Configure(builder));
    private static readonly PTXBackend Backend = new(Context, CudaArchitecture.SM_90, CudaInstructionSet.ISA_88, null!);

    /// <summary>The assembly text of a kernel.</summary>
    public static string Compile(Type kernel)
    {
        // What earlier kernels left in ILGPU's caches breaks later ones, now and then.
        Context.ClearCache(ClearCacheMode.Default);
        var entry = typeof(Entry<>).MakeGenericType(kernel).GetMethod(nameof(Entry<>.Run))!;
        return ((PTXCompiledKernel)Backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(entry), default)).PTXAssembly;
    }

    /// <summary>Kernels compile, without doubles where they compute in floats, without calls and without memory of their own; those that have something which none has had before.</summary>
    public static void ShouldBeLean(IEnumerable<Type> kernels)
    {
        foreach (var kernel in kernels)
        {
            // All of them are kept.
            if (KernelForm.Features(kernel).Count(Tried.Add) > 0)
                ShouldBeLean(kernel);
        }
    }

    private static void ShouldBeLean(Type kernel)
    {
        var summary = Summary(Compile(kernel));
        if (!KernelForm.IsDouble(kernel))
            summary.ShouldContain("f64 0,", customMessage: KernelName.Of(kernel));
        summary.ShouldContain("calls 0,", customMessage: KernelName.Of(kernel));
        summary.ShouldEndWith("local 0", customMessage: KernelName.Of(kernel));
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
