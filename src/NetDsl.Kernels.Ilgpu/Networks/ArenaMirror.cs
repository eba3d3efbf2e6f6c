using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Networks;

/// <summary>An arena's copy in a device's memory, in the arena's layout, so that moving is one copy.</summary>
internal class ArenaMirror<T> : IArenaMirror<T>, IResident
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static long _versions;

    private readonly TensorArena<T> _arena;
    private readonly DeviceMemory<T> _memory;
    private bool _hostIsNewer = true;
    private bool _deviceIsNewer;

    public ArenaMirror(GpuDevice device, TensorArena<T> arena)
    {
        (Device, _arena, _memory) = (device, arena, device.Allocate<T>(arena.Length));
        device.Add(this);
    }

    public GpuDevice Device { get; }

    /// <summary>A number that no other state of the device's copy, or of another copy, has.</summary>
    public long Version { get; private set; }

    /// <summary>The numbers, for kernels that read them.</summary>
    public ArrayView<T> Read()
    {
        if (_hostIsNewer)
        {
            _memory.View.Upload(_arena.HostValues);
            Renew();
        }

        _hostIsNewer = false;
        return _memory.View;
    }

    /// <summary>The numbers, for kernels that change them.</summary>
    public ArrayView<T> Change()
    {
        var view = Read();
        _deviceIsNewer = true;
        Renew();
        return view;
    }

    /// <summary>The memory, for kernels that write all of it.</summary>
    public ArrayView<T> Replace()
    {
        _hostIsNewer = false;
        _deviceIsNewer = true;
        Renew();
        return _memory.View;
    }

    public void BringHome(Span<T> host)
    {
        if (_deviceIsNewer)
            _memory.View.Download(host);
        _deviceIsNewer = false;
        _hostIsNewer = true;
    }

    /// <summary>Ends the copy: the host has the numbers.</summary>
    public void Leave()
    {
        BringHome(_arena.HostValues);
        _arena.Mirror = null;
        Device.Forget(this);
        _memory.Dispose();
    }

    private void Renew() => Version = Interlocked.Increment(ref _versions);
}

/// <summary>Parameters' copy in a device's memory.</summary>
internal sealed class ParameterMirror<T>(GpuDevice device, ParameterArena<T> parameters) : ArenaMirror<T>(device, parameters), IParameterMirror<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public IDeviceState<T> CreateState(int states) => new DeviceState<T>(this, states, parameters.LearnableLength);
}
