using System.Collections.Concurrent;
using System.Diagnostics;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;
using NetDsl.Kernels.Ilgpu.Gemm;

namespace NetDsl.Kernels.Ilgpu.Device;

/// <summary>An open accelerator with its kernels; lives as long as the process. Drivers let one thread at a time launch a kernel, so threads take turns.</summary>
internal sealed class DeviceCore(GpuDeviceInfo info, Accelerator accelerator, int number)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<DeviceResource> _dropped = [];
    private MemoryBuffer1D<byte, Stride1D.Dense>? _scratch;
    private List<KernelLoad>? _loads;
    private int _depth;

    public GpuDeviceInfo Info => info;

    public Accelerator Accelerator => accelerator;

    /// <summary>Whether it computes doubles.</summary>
    public bool HasDoubles => accelerator is not CLAccelerator { Capabilities.Float64: false };

    /// <summary>What was compiled so far, in order.</summary>
    public List<Delegate> Kernels { get; } = [];

    /// <summary>Times that the host has waited for all queued work.</summary>
    public long Waits { get; private set; }

    /// <summary>Launches so far.</summary>
    public long Launches { get; private set; }

    /// <summary>Bytes copied to the device so far.</summary>
    public long BytesUploaded { get; private set; }

    /// <summary>Bytes copied from the device so far.</summary>
    public long BytesDownloaded { get; private set; }

    /// <summary>Takes the launches in the accelerator's place, so that what a network asks of a device can be counted and compiled without running it; nothing is compiled, cleared or copied meanwhile.</summary>
    public Action<KernelLaunch>? Log { get; set; }

    /// <summary>The library that computes the products of dense layers; null for the tiles.</summary>
    public BlasProducts? Blas { get; set; }

    /// <summary>Raised behind the turn in which a kernel was compiled.</summary>
    public event Action<KernelLoad>? Loaded;

    /// <summary>Waits for the threads before; held for a launch or a copy, and from the first to the last of those that share the scratch memory.</summary>
    public Turn TakeTurn()
    {
        _gate.Enter();
        var turn = new Turn(this);
        _depth++;
        try
        {
            while (_depth == 1 && _dropped.TryDequeue(out var resource))
                resource.Dispose();
        }
        catch
        {
            turn.Dispose();
            throw;
        }

        return turn;
    }

    /// <summary>Ends a turn, and tells what was compiled in it: whoever listens may use the device, on other threads, too.</summary>
    public void EndTurn()
    {
        List<KernelLoad>? loads = null;
        if (--_depth == 0)
            (loads, _loads) = (_loads, null);
        _gate.Exit();
        if (loads is null)
            return;
        foreach (var load in loads)
            Loaded?.Invoke(load);
    }

    /// <summary>Frees a resource at the next turn; may be called at any time, by finalizers.</summary>
    public void Drop(DeviceResource resource) => _dropped.Enqueue(resource);

    /// <summary>Queues a kernel; work on a device runs in the order in which it is queued.</summary>
    /// <param name="grid">Groups along each axis.</param>
    /// <param name="threads">Threads of a group.</param>
    /// <param name="kernel">The work of one thread, with its operands.</param>
    /// <exception cref="NotSupportedException">There are more threads than devices count.</exception>
    public void Launch<TKernel>(Index3D grid, int threads, in TKernel kernel)
        where TKernel : struct, IKernel
    {
        if (grid.LongSize == 0)
            return;
        if ((long)grid.X * threads > int.MaxValue)
            throw new NotSupportedException($"The work takes {grid.X} groups of {threads} threads, and devices count threads in 32 bits: use smaller batches.");
        if (Log is { } log)
        {
            Launches++;
            log(new KernelLaunch(grid, threads, kernel, (Action<TKernel>)Entry<TKernel>.Run));
            return;
        }

        using var turn = TakeTurn();
        var loaded = number < Cache<TKernel>.ByDevice.Length ? Cache<TKernel>.ByDevice[number] : null;
        loaded ??= Load<TKernel>();
        loaded(new KernelConfig(grid, new Index3D(threads, 1, 1)), kernel);
        Launches++;
    }

    /// <summary>Memory for what one operation hands from a kernel to the next, within the caller's turn.</summary>
    public ArrayView<T> Scratch<T>(long length)
        where T : unmanaged
    {
        var bytes = length * Interop.SizeOf<T>();
        if (_scratch is null || _scratch.Length < bytes)
        {
            FreeScratch();
            _scratch = accelerator.Allocate1D<byte>(Math.Max(bytes, 1 << 16));
        }

        return _scratch.View.BaseView.Cast<T>().SubView(0, length);
    }

    /// <summary>Counts a library's launch.</summary>
    /// <returns>Whether it is to be done.</returns>
    public bool CountsLaunch()
    {
        Launches++;
        return Log is null;
    }

    /// <summary>Counts a copy of so many bytes.</summary>
    /// <returns>Whether it is to be done.</returns>
    public bool Copies(long bytes, bool up)
    {
        if (up)
            BytesUploaded += bytes;
        else
            BytesDownloaded += bytes;
        return Log is null;
    }

    /// <summary>Waits for all queued work.</summary>
    public void Synchronize()
    {
        using var turn = TakeTurn();
        accelerator.DefaultStream.Synchronize();
        Waits++;
    }

    /// <summary>Gives the scratch memory back until it is needed again.</summary>
    public void FreeScratch()
    {
        using var turn = TakeTurn();
        if (_scratch is null)
            return;
        Synchronize();
        _scratch.Dispose();
        _scratch = null;
    }

    private Action<KernelConfig, TKernel> Load<TKernel>()
        where TKernel : struct, IKernel
    {
        var start = Stopwatch.GetTimestamp();
        // What earlier kernels left in ILGPU's caches breaks later ones, now and then.
        accelerator.Context.ClearCache(ClearCacheMode.Default);
        Action<TKernel> entry = Entry<TKernel>.Run;
        var kernel = accelerator.LoadStreamKernel(entry);
        lock (Cache<TKernel>.Gate)
        {
            if (Cache<TKernel>.ByDevice.Length <= number)
                Array.Resize(ref Cache<TKernel>.ByDevice, number + 1);
            Cache<TKernel>.ByDevice[number] = kernel;
        }

        Kernels.Add(entry);
        (_loads ??= []).Add(new KernelLoad(info, KernelName.Of(typeof(TKernel)), Stopwatch.GetElapsedTime(start), Kernels.Count));
        return kernel;
    }

    private static class Cache<TKernel>
        where TKernel : struct, IKernel
    {
        public static readonly Lock Gate = new();
        public static Action<KernelConfig, TKernel>?[] ByDevice = [];
    }
}

/// <summary>A launch that was logged in place of being run.</summary>
/// <param name="Grid">Groups along each axis.</param>
/// <param name="Threads">Threads of a group.</param>
/// <param name="Kernel">The kernel with its operands.</param>
/// <param name="Entry">The method that ILGPU would compile.</param>
internal readonly record struct KernelLaunch(Index3D Grid, int Threads, object Kernel, Delegate Entry);
