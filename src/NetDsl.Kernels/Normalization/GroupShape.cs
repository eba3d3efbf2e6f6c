using System.Diagnostics.CodeAnalysis;

namespace NetDsl.Kernels.Normalization;

/// <summary>A tensor [samples × channels × inner] whose neighbouring channels form groups; a sample's group is contiguous.</summary>
internal readonly record struct GroupShape(int Samples, int Channels, int Inner, int Groups)
{
    /// <summary>Channels of a group.</summary>
    public int GroupChannels => Channels / Groups;

    /// <summary>Elements of a sample's group.</summary>
    public int Length => GroupChannels * Inner;

    /// <summary>Groups of all samples.</summary>
    public int Units => Samples * Groups;

    /// <summary>Throws unless the extents fit each other.</summary>
    public void Check()
    {
        Require.Shape(Samples, Channels, Inner);
        if (Groups < 1 || Channels % Groups != 0)
            Throw(Channels, Groups);
    }

    [DoesNotReturn]
    private static void Throw(int channels, int groups) =>
        throw new ArgumentOutOfRangeException(nameof(groups), groups, $"{groups} groups do not share {channels} channels evenly; give a divisor of the channels.");
}
