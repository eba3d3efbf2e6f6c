using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Normalization;

/// <summary>x̂ = (x − μ)·r, from what a forward pass kept.</summary>
/// <param name="x">Its input.</param>
/// <param name="mean">μ; empty for 0.</param>
/// <param name="inverseDeviation">r.</param>
/// <param name="groups">Groups of channels that a sample has means for, or 0 where a mean belongs to a channel of the batch.</param>
/// <param name="groupChannels">Channels of such a group.</param>
internal readonly struct Normalised<T>(ArrayView<T> x, ArrayView<T> mean, ArrayView<T> inverseDeviation, int groups, int groupChannels)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _mean = mean;
    private readonly ArrayView<T> _inverseDeviation = inverseDeviation;
    private readonly int _groups = groups;
    private readonly int _groupChannels = groupChannels;

    /// <summary>The number of the statistics of a channel of a sample.</summary>
    public int Unit(int sample, int channel) => sample * _groups + channel / _groupChannels;

    /// <summary>r.</summary>
    public T InverseDeviation(int unit) => _inverseDeviation[unit];

    /// <summary>x̂ of an element.</summary>
    public T Of(int index, int unit) => (_mean.Length > 0 ? _x[index] - _mean[unit] : _x[index]) * _inverseDeviation[unit];
}
