using System.Numerics;
using ILGPU;
using NetDsl.Kernels.Optimizers;

namespace NetDsl.Kernels.Ilgpu.Networks;

/// <summary>An optimiser's state in a device's memory.</summary>
internal sealed class DeviceState<T> : IDeviceState<T>, IResident
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ParameterMirror<T> _parameters;
    private readonly DeviceMemory<T>? _first;
    private readonly DeviceMemory<T>? _second;

    // What the state was when the device was disposed, for the optimiser to ask for.
    private (T[] First, T[] Second)? _left;

    public DeviceState(ParameterMirror<T> parameters, int states, int length)
    {
        _parameters = parameters;
        _first = states > 0 ? parameters.Device.Allocate<T>(length) : null;
        _second = states > 1 ? parameters.Device.Allocate<T>(length) : null;
        parameters.Device.Add(this);
    }

    public IParameterMirror<T> Parameters => _parameters;

    public void CopyFrom(ReadOnlySpan<T> first, ReadOnlySpan<T> second)
    {
        _first?.View.Upload(first);
        _second?.View.Upload(second);
    }

    public void CopyTo(Span<T> first, Span<T> second)
    {
        if (_left is { } left)
        {
            left.First.CopyTo(first);
            left.Second.CopyTo(second);
            return;
        }

        _first?.View.Download(first);
        _second?.View.Download(second);
    }

    public void Leave()
    {
        var (first, second) = (new T[_first?.Length ?? 0], new T[_second?.Length ?? 0]);
        CopyTo(first, second);
        _left = (first, second);
        Dispose();
    }

    public void Run<TRule>(GradientArena<T> gradients, int start, int length, TRule rule)
        where TRule : struct, IUpdateRule<T>
        => Optimizers.Update.Run(
            _parameters.Change().SubView(start, length),
            gradients.Read(_parameters.Device).SubView(start, length),
            Part(_first, start, length),
            Part(_second, start, length),
            rule);

    public void Dispose()
    {
        _parameters.Device.Forget(this);
        _first?.Dispose();
        _second?.Dispose();
    }

    private static ArrayView<T> Part(DeviceMemory<T>? state, int start, int length) => state is null ? default : state.View.SubView(start, length);
}
