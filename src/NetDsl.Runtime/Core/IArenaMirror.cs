using System.Numerics;
using NetDsl.Kernels.Optimizers;

namespace NetDsl;

/// <summary>A device's copy of an arena. Whoever asks for the host's numbers gets them up to date, so that all code for arenas serves both.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface IArenaMirror<T>
    where T : unmanaged
{
    /// <summary>Brings the host's memory up to date; from then on the host may have changed it.</summary>
    void BringHome(Span<T> host);
}

/// <summary>A device's copy of parameters, where optimisers can work on them.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface IParameterMirror<T> : IArenaMirror<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Memory for an optimiser's state on the same device, all zero.</summary>
    /// <param name="states">Numbers that each parameter has: 0, 1 or 2.</param>
    IDeviceState<T> CreateState(int states);
}

/// <summary>An optimiser's state on a device, beside the parameters that it belongs to.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface IDeviceState<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The parameters' copy.</summary>
    IParameterMirror<T> Parameters { get; }

    /// <summary>Copies the state from the host; empty for one that the rule doesn't have.</summary>
    void CopyFrom(ReadOnlySpan<T> first, ReadOnlySpan<T> second);

    /// <summary>Copies the state to the host.</summary>
    void CopyTo(Span<T> first, Span<T> second);

    /// <summary>One step of the parameters [start, start + length).</summary>
    void Run<TRule>(GradientArena<T> gradients, int start, int length, TRule rule)
        where TRule : struct, IUpdateRule<T>;
}
