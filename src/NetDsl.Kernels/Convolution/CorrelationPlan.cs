namespace NetDsl.Kernels;

/// <summary>A vector of results: where its elements begin in the planes, and where its results go.</summary>
/// <param name="From">Position in the planes, for a tap without shift.</param>
/// <param name="To">Position in the result's channel.</param>
/// <param name="Count">Lanes that are results.</param>
internal readonly record struct Chunk(nint From, nint To, int Count);

/// <summary>Results that share their taps: all of them, but for the gradient of the input of a strided convolution.</summary>
/// <param name="Steps">For each term of a sum, the places of weight and element.</param>
/// <param name="Chunks">The results, in order.</param>
internal sealed record CorrelationPass(Table<TapStep> Steps, Table<Chunk> Chunks);

/// <summary>
/// What a convolution, or the gradient of its input, does in terms of places: result[r, q] = Σₚ weight[r·row + aₚ] · planes[from(q) + bₚ]. Made once for
/// each shape.
/// </summary>
internal sealed class CorrelationPlan
{
    private CorrelationPlan(Geometry geometry, Planes planes, int sources, int rows, int resultSize, nint weightRow, int lanes, CorrelationPass[] passes)
    {
        Groups = geometry.Groups;
        GroupWeights = (nint)geometry.InChannels * geometry.OutChannels * geometry.Taps;
        Planes = planes;
        Sources = sources;
        Rows = rows;
        ResultSize = resultSize;
        WeightRow = weightRow;
        Lanes = lanes;
        Passes = passes;
        ResultStep = passes.Length == 1 ? 1 : geometry.Width.Stride;
        IsWhole = passes.All(pass => pass.Chunks.All(chunk => chunk.Count == lanes));
        ReadsInPlace = planes.IsSource && IsWhole;
        Work = rows * passes.Sum(pass => (long)pass.Steps.Count * pass.Chunks.Count * lanes);
    }

    public int Groups { get; }

    /// <summary>Elements of a sample that is read.</summary>
    public int SourceLength => (int)(Groups * Sources * Planes.SourceSize);

    /// <summary>Elements of a sample of the result.</summary>
    public int ResultLength => Groups * Rows * ResultSize;

    /// <summary>Elements of the weights.</summary>
    public int Weights => (int)(Groups * GroupWeights);

    /// <summary>Weights of a group.</summary>
    public nint GroupWeights { get; }

    public Planes Planes { get; }

    /// <summary>Channels that a group reads.</summary>
    public int Sources { get; }

    /// <summary>Channels that a group gives.</summary>
    public int Rows { get; }

    /// <summary>Elements of a channel of the result.</summary>
    public int ResultSize { get; }

    /// <summary>From the weights of one channel of the result to the next.</summary>
    public nint WeightRow { get; }

    /// <summary>Elements of a vector.</summary>
    public int Lanes { get; }

    public CorrelationPass[] Passes { get; }

    /// <summary>From lane to lane of a vector of results, where there are several passes.</summary>
    public int ResultStep { get; }

    /// <summary>Whether every vector is full, so that sums can be stored where they belong.</summary>
    public bool IsWhole { get; }

    /// <summary>Whether the planes are the source and no vector reads beyond it.</summary>
    public bool ReadsInPlace { get; }

    /// <summary>Multiply-adds of one sample and group, lost lanes included.</summary>
    public long Work { get; }

    /// <summary>y[o] = Σ weight[o, i, tap] · x[i, stride·position + dilation·tap − pad].</summary>
    public static CorrelationPlan Forward(Geometry geometry, int lanes)
    {
        var planes = Planes.OfInput(geometry);
        var steps = new List<TapStep>();
        foreach (var (channel, z, y, x) in Taps(geometry.InChannels, geometry))
            steps.Add(new(steps.Count, channel * planes.ChannelSize + planes.Position(At(z, geometry.Depth), At(y, geometry.Height), At(x, geometry.Width))));
        var chunks = new List<Chunk>();
        for (var z = 0; z < geometry.Depth.Results; z++)
        {
            for (var y = 0; y < geometry.Height.Results; y++)
            {
                // A tap's phase is part of its step; here it only has to be one that is stored, and the first tap's always is.
                var line = planes.Position((0, z), (0, y), (0, 0));
                var to = (nint)(z * geometry.Height.Results + y) * geometry.Width.Results;
                for (var x = 0; x < geometry.Width.Results; x += lanes)
                    chunks.Add(new(line + x, to + x, Math.Min(lanes, geometry.Width.Results - x)));
            }
        }
        return new(
            geometry, planes, geometry.InChannels, geometry.OutChannels, geometry.OutSize,
            (nint)geometry.InChannels * geometry.Taps, lanes, [new(new(steps), new(chunks))]);

        static (int Phase, int Index) At(int tap, Axis axis) => (tap * axis.Dilation % axis.Stride, tap * axis.Dilation / axis.Stride);
    }

    /// <summary>
    /// dx[i] = Σ weight[o, i, tap] · dy[o, position] over the taps and positions that lead to an element of x: stride·position + dilation·tap − pad. Elements
    /// whose coordinates leave the same rest in the division by the stride share their taps and are one pass.
    /// </summary>
    public static CorrelationPlan BackwardInput(Geometry geometry, int lanes)
    {
        var planes = Planes.OfOutputGradient(geometry);
        var (depth, height, width) = (geometry.Depth, geometry.Height, geometry.Width);
        var passes = new List<CorrelationPass>();
        for (var phaseZ = 0; phaseZ < depth.Stride; phaseZ++)
        {
            for (var phaseY = 0; phaseY < height.Stride; phaseY++)
            {
                for (var phaseX = 0; phaseX < width.Stride; phaseX++)
                    passes.Add(new(new(Steps(phaseZ, phaseY, phaseX)), new(Chunks(phaseZ, phaseY, phaseX))));
            }
        }
        return new(geometry, planes, geometry.OutChannels, geometry.InChannels, geometry.InSize, geometry.Taps, lanes, [.. passes]);

        List<TapStep> Steps(int phaseZ, int phaseY, int phaseX)
        {
            var steps = new List<TapStep>();
            foreach (var (channel, z, y, x) in Taps(geometry.OutChannels, geometry))
            {
                if (z * depth.Dilation % depth.Stride != phaseZ || y * height.Dilation % height.Stride != phaseY || x * width.Dilation % width.Stride != phaseX)
                    continue;
                var weight = (nint)channel * geometry.InChannels * geometry.Taps + (z * height.Kernel + y) * width.Kernel + x;
                steps.Add(new(weight, channel * planes.ChannelSize + planes.Position((0, Back(z, depth)), (0, Back(y, height)), (0, Back(x, width)))));
            }
            return steps;
        }

        List<Chunk> Chunks(int phaseZ, int phaseY, int phaseX)
        {
            var chunks = new List<Chunk>();
            var (firstX, lastX) = Positions(phaseX, width);
            for (var (z, lastZ) = Positions(phaseZ, depth); z < lastZ; z++)
            {
                for (var (y, lastY) = Positions(phaseY, height); y < lastY; y++)
                {
                    var line = ((nint)Element(z, phaseZ, depth) * height.Size + Element(y, phaseY, height)) * width.Size;
                    for (var x = firstX; x < lastX; x += lanes)
                    {
                        var from = planes.Position((0, z - depth.Before / depth.Stride), (0, y - height.Before / height.Stride), (0, x - width.Before / width.Stride));
                        chunks.Add(new(from, line + Element(x, phaseX, width), Math.Min(lanes, lastX - x)));
                    }
                }
            }
            return chunks;
        }

        static int Back(int tap, Axis axis) => axis.Reach - tap * axis.Dilation / axis.Stride;

        static (int First, int Last) Positions(int phase, Axis axis) =>
            (Axis.Ceiling(axis.Before - phase, axis.Stride), Axis.Floor(axis.Size - 1 + axis.Before - phase, axis.Stride) + 1);

        static int Element(int position, int phase, Axis axis) => position * axis.Stride + phase - axis.Before;
    }

    private static IEnumerable<(int Channel, int Z, int Y, int X)> Taps(int channels, Geometry geometry)
    {
        for (var channel = 0; channel < channels; channel++)
        {
            for (var z = 0; z < geometry.Depth.Kernel; z++)
            {
                for (var y = 0; y < geometry.Height.Kernel; y++)
                {
                    for (var x = 0; x < geometry.Width.Kernel; x++)
                        yield return (channel, z, y, x);
                }
            }
        }
    }
}
