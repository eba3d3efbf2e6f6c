using System.ComponentModel;
using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Ilgpu.Networks;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>
/// Parameters and gradients on devices. They move by themselves: a device's pass copies them there, and whoever reads or writes the host's numbers
/// (<c>Values</c>, <c>parameters.Hidden.Weight</c>) gets them up to date. Spans taken before a device's pass are out of date after it: take them anew.
/// </summary>
public static class DeviceArenas
{
    /// <summary>The parameters on a device, for kernels that read them; for generated code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static ArrayView<T> Read<T>(this ParameterArena<T> parameters, GpuDevice device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Mirror(parameters, device).Read();

    /// <summary>The parameters on a device, for kernels that move the running statistics among them; for generated code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static ArrayView<T> Change<T>(this ParameterArena<T> parameters, GpuDevice device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Mirror(parameters, device).Change();

    /// <summary>The gradients on a device, for kernels that read them; for generated code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static ArrayView<T> Read<T>(this GradientArena<T> gradients, GpuDevice device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Mirror(gradients, device).Read();

    /// <summary>The gradients on a device, for a backward pass; for generated code.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="device">The device.</param>
    /// <param name="accumulate">Whether the pass adds to them.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static ArrayView<T> Write<T>(this GradientArena<T> gradients, GpuDevice device, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        gradients.Store(accumulate);
        return accumulate ? Mirror(gradients, device).Change() : Mirror(gradients, device).Replace();
    }

    /// <summary>Brings an arena home and gives the device's memory back; the next pass on a device copies it again.</summary>
    public static void LeaveDevice<T>(this TensorArena<T> arena)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(arena);
        (arena.Mirror as ArenaMirror<T>)?.Leave();
    }

    /// <summary>A number that changes with the device's copy of the parameters.</summary>
    internal static long Version<T>(this ParameterArena<T> parameters, GpuDevice device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mirror = Mirror(parameters, device);
        mirror.Read();
        return mirror.Version;
    }

    private static ParameterMirror<T> Mirror<T>(ParameterArena<T> parameters, GpuDevice device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (parameters.Mirror is ParameterMirror<T> mirror && mirror.Device == device)
            return mirror;
        parameters.LeaveDevice();
        mirror = new ParameterMirror<T>(device, parameters);
        parameters.Mirror = mirror;
        return mirror;
    }

    private static ArenaMirror<T> Mirror<T>(GradientArena<T> gradients, GpuDevice device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (gradients.Mirror is ArenaMirror<T> mirror && mirror.Device == device)
            return mirror;
        gradients.LeaveDevice();
        mirror = new ArenaMirror<T>(device, gradients);
        gradients.Mirror = mirror;
        return mirror;
    }
}
