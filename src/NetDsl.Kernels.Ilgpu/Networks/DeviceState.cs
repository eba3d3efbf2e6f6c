using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Optimizers;

namespace NetDsl.Kernels.Ilgpu.Networks;

/// <summary>An optimiser's state in a device's memory.</summary>
internal sealed class DeviceState<T>(ParameterMirror<T> parameters, int states, int length) : IDeviceState<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DeviceMemory<T>? _first = states > 0 ? parameters.Device.Allocate<T>(length) : null;
    private readonly DeviceMemory<T>? _second = states > 1 ? parameters.Device.Allocate<T>(length) : null;

    public IParameterMirror<T> Parameters => parameters;

    public void CopyFrom(ReadOnlySpan<T> first, ReadOnlySpan<T> second)
    {
        _first?.View.Upload(first);
        _second?.View.Upload(second);
    }

    public void CopyTo(Span<T> first, Span<T> second)
    {
        _first?.View.Download(first);
        _second?.View.Download(second);
    }

    public void Run<TRule>(GradientArena<T> gradients, int start, int length, TRule rule)
        where TRule : struct, IUpdateRule<T>
        => Optimizers.Update.Run(
            parameters.Change().SubView(start, length),
            gradients.Read(parameters.Device).SubView(start, length),
            Part(_first, start, length),
            Part(_second, start, length),
            rule);

    public void Dispose()
    {
        _first?.Dispose();
        _second?.Dispose();
    }

    private static ArrayView<T> Part(DeviceMemory<T>? state, int start, int length) => state is null ? default : state.View.SubView(start, length);
}
