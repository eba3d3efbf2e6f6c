namespace NetDsl.Kernels.Ilgpu.Device;

/// <summary>A thread's turn on a device; turns within turns are part of the outermost.</summary>
internal readonly ref struct Turn(DeviceCore core)
{
    private readonly DeviceCore _core = core;

    /// <summary>Ends it.</summary>
    public void Dispose() => _core.EndTurn();
}
