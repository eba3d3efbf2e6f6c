namespace NetDsl.Kernels.Ilgpu;

/// <summary>Numbers that live on a device on behalf of something on the host.</summary>
internal interface IResident
{
    /// <summary>Brings them home and gives the device's memory back.</summary>
    void Leave();
}
