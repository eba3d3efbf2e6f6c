using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Normalization;

/// <summary>
/// How sums by channel over a tensor [samples × channels × inner] are shared out: a group of threads has a piece of the positions of one channel, or of 32 neighbouring
/// channels where these lie next to each other in memory. A second kernel adds up the pieces, in order; their number follows from the extents alone.
/// </summary>
internal readonly struct ChannelPieces
{
    // Positions that a thread works on before another group shares the work, and the most groups for a channel.
    private const int Positions = 16;
    private const int MostPieces = 64;
    private const int Neighbours = 32;

    private readonly int _inner;
    private readonly int _width;
    private readonly int _length;

    public ChannelPieces(int samples, int channels, int inner)
    {
        (Channels, _inner, Count) = (channels, inner, samples * inner);
        _width = inner == 1 ? Neighbours : 1;
        var shared = Shares * Positions;
        var pieces = Math.Clamp((Count + shared - 1) / shared, 1, MostPieces);
        _length = Math.Max((Count + pieces - 1) / pieces, 1);
        // Rounding up can leave the last ones empty.
        Pieces = Math.Max((Count + _length - 1) / _length, 1);
    }

    /// <summary>Channels of the tensor.</summary>
    public int Channels { get; }

    /// <summary>Positions of a channel, in all samples.</summary>
    public int Count { get; }

    /// <summary>Pieces of a channel.</summary>
    public int Pieces { get; }

    /// <summary>Positions of a piece.</summary>
    public int LengthOf(int piece) => piece < Pieces - 1 ? _length : Count - (Pieces - 1) * _length;

    /// <summary>A group for each piece.</summary>
    public Index3D Grid => Work.Grid((Channels + _width - 1) / _width, Pieces);

    /// <summary>A group for all pieces of its channels.</summary>
    public Index3D WholeGrid => Work.Grid((Channels + _width - 1) / _width);

    /// <summary>The thread's channel; behind the last one in some threads of the last group.</summary>
    public int Channel => ILGPU.Grid.IdxX * _width + Group.IdxX % _width;

    /// <summary>The group's piece.</summary>
    public int Piece => ILGPU.Grid.IdxY;

    /// <summary>Whether the thread writes what belongs to its channel, and not to a position.</summary>
    public bool IsFirst => Piece == 0 && Group.IdxX < _width && Channel < Channels;

    /// <summary>The thread's number among those that share its channel.</summary>
    public int Share => Group.IdxX / _width;

    /// <summary>The thread's first position.</summary>
    public int Start => Piece * _length + Share;

    /// <summary>Behind its last position; nothing for a thread without a channel.</summary>
    public int End => Channel < Channels ? Math.Min((Piece + 1) * _length, Count) : 0;

    /// <summary>Positions from one of the thread's to its next: the threads that share a channel.</summary>
    public int Shares => Work.Threads / _width;

    /// <summary>Channels of a group.</summary>
    public int Width => _width;

    /// <summary>Where a position is in the matrix that prologues and epilogues see, [samples·channels × inner] or, for inner = 1, [samples × channels].</summary>
    public (int Row, int Column, int Index) Place(int position)
    {
        var sample = position / _inner;
        var row = sample * Channels + Channel;
        var column = position - sample * _inner;
        return _inner == 1 ? (sample, Channel, row) : (row, column, row * _inner + column);
    }

    /// <summary>The sample that a position is in.</summary>
    public int Sample(int position) => position / _inner;
}
