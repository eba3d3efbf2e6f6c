using System.Reflection;
using ILGPU;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Ilgpu.Device;
using NetDsl.Kernels.Ilgpu.Gemm;

namespace NetDsl.Gpu.Benchmarks;

/// <summary>A training step in numbers, once parameters and optimiser are on the device and nobody asks for the loss.</summary>
/// <param name="Launches">Kernels launched.</param>
/// <param name="Kernels">Different ones among them.</param>
/// <param name="BytesUp">Bytes to the device.</param>
/// <param name="BytesDown">Bytes back.</param>
/// <param name="OperandBytes">Bytes of device memory that the kernels' operands have, each operand of each launch once; tiles of products read theirs several times, from caches for the most part.</param>
/// <param name="Flop">Multiplications and additions of the products.</param>
internal sealed record StepCount(int Launches, int Kernels, long BytesUp, long BytesDown, long OperandBytes, long Flop)
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    /// <summary>Counts a workload's step; nothing runs.</summary>
    public static StepCount Of(IGpuWorkload workload)
    {
        using var device = GpuDevice.Cpu();
        var launches = new List<KernelLaunch>();
        device.Core.Log = launches.Add;
        try
        {
            var step = workload.OnDevice(device, "train", workload.Batch);
            // The first one takes parameters and optimiser along.
            step();
            launches.Clear();
            var (up, down) = (device.BytesUploaded, device.BytesDownloaded);
            step();
            return new StepCount(
                launches.Count, launches.Select(launch => launch.Kernel.GetType()).Distinct().Count(), device.BytesUploaded - up, device.BytesDownloaded - down,
                launches.Sum(launch => Bytes(launch.Kernel)), launches.Sum(launch => FlopOf(launch.Kernel)));
        }
        finally
        {
            device.Core.Log = null;
        }
    }

    // Views of a kernel, and of the structs that it holds.
    private static long Bytes(object operands) => operands switch
    {
        ArrayView<float> view => view.LengthInBytes,
        ArrayView<int> view => view.LengthInBytes,
        _ => operands.GetType() is { IsValueType: true, IsPrimitive: false } type ? type.GetFields(Fields).Sum(field => Bytes(field.GetValue(operands)!)) : 0,
    };

    private static long FlopOf(object kernel)
    {
        var type = kernel.GetType();
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(ProductKernel<,,,>))
            return 0;
        var product = type.GetFields(Fields).Single(field => field.FieldType == type.GetGenericArguments()[1]).GetValue(kernel)!;
        return (long)typeof(StepCount).GetMethod(nameof(FlopOfProduct), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(product.GetType()).Invoke(null, [product])!;
    }

    private static long FlopOfProduct<TProduct>(TProduct product)
        where TProduct : struct, IProduct<float>
        => 2L * product.Rows * product.Columns * product.Depth * TProduct.Groups;
}
