using System.Globalization;
using System.Runtime.CompilerServices;
using ILGPU.Runtime;
using NetDsl.Kernels.Ilgpu.Device;
using NetDsl.Kernels.Ilgpu.Gemm;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>A device that networks run on, and the memory that they take there; disposing gives the memory back.</summary>
/// <remarks>
/// Work is queued and runs in order; the host waits where it reads, and where it copies parameters to the device. Kernels are compiled when they are first used and kept for the process,
/// also beyond a device's disposal; <see cref="KernelLoaded"/> tells when and how long. Threads take turns on a device. What holds memory there and is dropped (parameters, gradients,
/// optimisers, workspaces, trainers) gives it back at the device's next turn after the garbage collector has found it.
/// </remarks>
public sealed class GpuDevice : IDisposable
{
    // Held weakly: whoever has views of the memory, or what lives in it, keeps both.
    private readonly ConditionalWeakTable<MemoryBuffer, MemoryBlock> _memory = [];
    private readonly ConditionalWeakTable<IResident, object?> _residents = [];
    private Action<KernelLoad>? _loaded;
    private bool _isDisposed;

    private GpuDevice(GpuDeviceInfo info)
    {
        Core = Accelerators.Get(info);
    }

    /// <summary>All devices of this machine: CUDA's, OpenCL's, and ILGPU's simulator last.</summary>
    public static IReadOnlyList<GpuDeviceInfo> All => Accelerators.All;

    /// <summary>Kind, name and memory.</summary>
    public GpuDeviceInfo Info => Core.Info;

    /// <summary>Whether it computes doubles, for networks of that precision; OpenCL leaves that open.</summary>
    public bool HasDoubles => Core.HasDoubles;

    /// <summary>Kernels that this process has launched on the device: one for each fused operation.</summary>
    public long Launches => Core.Launches;

    /// <summary>Bytes that this process has copied to the device.</summary>
    public long BytesUploaded => Core.BytesUploaded;

    /// <summary>Bytes that this process has copied from the device.</summary>
    public long BytesDownloaded => Core.BytesDownloaded;

    /// <summary>Bytes that networks hold in the device's memory.</summary>
    public long AllocatedBytes { get; internal set; }

    /// <summary>What computes the matrix products of dense layers, <see cref="Products.Tiles"/> unless set; it holds for all objects of the device. Floats stay floats: no TF32.</summary>
    /// <exception cref="NotSupportedException"><see cref="Products.CuBlas"/> on a device that isn't CUDA's, or without the library; the message says what was looked for.</exception>
    public Products Products
    {
        get => Core.Blas switch { null => Products.Tiles, { Measures: true } => Products.Fastest, _ => Products.CuBlas };
        set => Core.Blas = BlasProducts.For(Core, value);
    }

    /// <summary>Called after a kernel was compiled for the device, by the thread that launches it and outside of its turn: the device can be used meanwhile.</summary>
    public event Action<KernelLoad>? KernelLoaded
    {
        add
        {
            using var turn = Core.TakeTurn();
            Core.Loaded += value;
            _loaded += value;
        }

        remove
        {
            using var turn = Core.TakeTurn();
            Core.Loaded -= value;
            _loaded -= value;
        }
    }

    internal DeviceCore Core { get; }

    /// <summary>The device with the most multiprocessors among CUDA's, else among OpenCL's.</summary>
    /// <exception cref="NotSupportedException">There is neither; the message says what there is.</exception>
    public static GpuDevice Best() => new(
        All.Where(device => device.Kind != GpuDeviceKind.Cpu).OrderBy(device => device.Kind).ThenByDescending(device => device.Multiprocessors).FirstOrDefault()
        ?? throw new NotSupportedException(MissingDevice.None(MissingDevice.HasLibrary(GpuDeviceKind.Cuda), MissingDevice.HasLibrary(GpuDeviceKind.OpenCL))));

    /// <summary>A CUDA device.</summary>
    /// <param name="index">Its number among them.</param>
    /// <exception cref="NotSupportedException">There is none of that number; the message says what there is.</exception>
    public static GpuDevice Cuda(int index = 0) => Open(GpuDeviceKind.Cuda, index);

    /// <summary>An OpenCL device.</summary>
    /// <param name="index">Its number among them.</param>
    /// <exception cref="NotSupportedException">There is none of that number; the message says what there is.</exception>
    public static GpuDevice OpenCL(int index = 0) => Open(GpuDeviceKind.OpenCL, index);

    /// <summary>ILGPU's simulator: the kernels as .NET threads, to debug them. Without any driver, and for tiny networks only.</summary>
    public static GpuDevice Cpu() => Open(GpuDeviceKind.Cpu, 0);

    /// <summary>One of <see cref="All"/>.</summary>
    public static GpuDevice Open(GpuDeviceInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return new GpuDevice(info);
    }

    /// <summary>Waits until all queued work is done.</summary>
    public void Synchronize() => Core.Synchronize();

    /// <summary>Memory for <paramref name="length"/> elements, all zero.</summary>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    /// <exception cref="NotSupportedException">The elements are doubles, and the device has none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative, or more than kernels can count.</exception>
    /// <exception cref="InsufficientMemoryException">The device has no room for them.</exception>
    public DeviceMemory<T> Allocate<T>(long length)
        where T : unmanaged
    {
        if (_isDisposed)
            throw new ObjectDisposedException(nameof(GpuDevice), $"This GpuDevice for {Info} was disposed: keep it as long as its networks and workspaces, or open another.");
        if (length is < 0 or > DeviceMemory.MostElements)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"A block of a device's memory has 0 to {DeviceMemory.MostElements} elements, since kernels count in 32 bits: use smaller batches.");
        if (typeof(T) == typeof(double) && !HasDoubles)
            throw new NotSupportedException($"{Info} computes no doubles: use another device, or Precision.Single.");
        try
        {
            return new DeviceMemory<T>(this, length);
        }
        catch (Exception exception) when (IsOutOfMemory(exception))
        {
            // Garbage may hold what is missing.
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        try
        {
            return new DeviceMemory<T>(this, length);
        }
        catch (Exception exception) when (IsOutOfMemory(exception))
        {
            throw new InsufficientMemoryException(
                string.Create(CultureInfo.InvariantCulture, $"{Info} gave no {1e-6 * length * Unsafe.SizeOf<T>():F1} MB beside the {1e-6 * AllocatedBytes:F1} MB that are taken: choose a smaller capacity, or dispose workspaces that aren't needed."), exception);
        }
    }

    /// <summary>Brings home what parameters, gradients and optimisers have on the device, and gives all its memory back.</summary>
    public void Dispose()
    {
        using var turn = Core.TakeTurn();
        if (_isDisposed)
            return;
        _isDisposed = true;
        // Whoever listened through this object would hear of other objects' kernels.
        Core.Loaded -= _loaded;
        foreach (var (resident, _) in _residents.ToList())
            resident.Leave();
        foreach (var (_, block) in _memory.ToList())
            block.Dispose();
        Core.FreeScratch();
    }

    internal void Add(MemoryBlock block) => _memory.Add(block.Buffer, block);

    internal void Add(IResident resident) => _residents.Add(resident, null);

    internal void Forget(IResident resident) => _residents.Remove(resident);

    // Drivers have exceptions of their own, the simulator .NET's.
    private static bool IsOutOfMemory(Exception exception) => exception is AcceleratorException or OutOfMemoryException;

    private static GpuDevice Open(GpuDeviceKind kind, int index)
    {
        var devices = All.Where(device => device.Kind == kind).ToList();
        if (index >= 0 && index < devices.Count)
            return new GpuDevice(devices[index]);
        throw new NotSupportedException(devices.Count == 0 ? MissingDevice.NoneOf(kind, All, MissingDevice.HasLibrary(kind)) : MissingDevice.NoNumber(kind, index, devices));
    }
}
