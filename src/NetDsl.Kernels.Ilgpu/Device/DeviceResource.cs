namespace NetDsl.Kernels.Ilgpu.Device;

/// <summary>What a driver has to free. Where it is dropped instead of disposed, that is done at the device's next turn, since drivers want no calls from finalizers in between.</summary>
internal abstract class DeviceResource(DeviceCore core) : IDisposable
{
    private bool _isFree;

    /// <summary>Queues it to be freed.</summary>
    ~DeviceResource() => core.Drop(this);

    /// <summary>The device.</summary>
    protected DeviceCore Core => core;

    /// <summary>Frees it, once.</summary>
    public void Dispose()
    {
        using var turn = core.TakeTurn();
        if (!_isFree)
            Free();
        _isFree = true;
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees it within a turn.</summary>
    protected abstract void Free();
}
