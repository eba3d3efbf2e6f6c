namespace NetDsl.Kernels.Tests;

/// <summary>A convolution that is known at run time only, and its products by plain loops in double.</summary>
internal sealed record ConvolutionCase(int Samples, int InChannels, int OutChannels, int Groups, Axis Depth, Axis Height, Axis Width)
{
    public int XLength => Samples * InChannels * Depth.Size * Height.Size * Width.Size;

    public int YLength => Samples * OutChannels * Depth.Results * Height.Results * Width.Results;

    public int WeightLength => OutChannels * (InChannels / Groups) * Depth.Kernel * Height.Kernel * Width.Kernel;

    public Geometry Geometry => new(InChannels, OutChannels, Groups, Depth, Height, Width);

    /// <summary>Multiply-adds of the plain loops, padding included.</summary>
    private long Work => (long)YLength * WeightLength / OutChannels;

    /// <summary>Sizes off every vector's and tile's width, small enough for the plain loops.</summary>
    public static ConvolutionCase Random(Random random, int rank)
    {
        ConvolutionCase shape;
        do
            shape = Any(random, rank);
        while (shape.Work > 200_000);
        return shape;
    }

    private static ConvolutionCase Any(Random random, int rank)
    {
        var groups = random.Next(4) == 0 ? random.Next(2, 5) : 1;
        var isDepthwise = random.Next(6) == 0;
        var inChannels = isDepthwise ? random.Next(1, 9) : groups * random.Next(1, groups > 1 ? 5 : 12);
        var outChannels = isDepthwise ? inChannels * random.Next(1, 3) : groups * random.Next(1, groups > 1 ? 6 : 34);
        return new(
            random.Next(1, 4), inChannels, outChannels, isDepthwise ? inChannels : groups,
            rank > 2 ? Pick(4) : Axis.None, rank > 1 ? Pick(10) : Axis.None, Pick(rank == 1 ? 80 : 36));

        Axis Pick(int largest)
        {
            while (true)
            {
                var kernel = random.Next(3) == 0 ? 1 : random.Next(1, 8);
                var isPadded = random.Next(3) > 0;
                var axis = new Axis(
                    random.Next(1, largest + 1), kernel, random.Next(3) > 0 ? 1 : random.Next(1, 4), random.Next(3) > 0 ? 1 : 2,
                    isPadded ? random.Next(0, 5) : 0, isPadded ? random.Next(0, 5) : 0);
                if (axis.Size + axis.Before + axis.After > (axis.Kernel - 1) * axis.Dilation)
                    return axis;
            }
        }
    }

    public double[] Forward(double[] x, double[] weight)
    {
        var y = new double[YLength];
        ForEachTerm((atX, atWeight, atY) => y[atY] += weight[atWeight] * x[atX]);
        return y;
    }

    public double[] BackwardInput(double[] dy, double[] weight)
    {
        var dx = new double[XLength];
        ForEachTerm((atX, atWeight, atY) => dx[atX] += weight[atWeight] * dy[atY]);
        return dx;
    }

    public double[] BackwardWeight(double[] dy, double[] x)
    {
        var dWeight = new double[WeightLength];
        ForEachTerm((atX, atWeight, atY) => dWeight[atWeight] += dy[atY] * x[atX]);
        return dWeight;
    }

    public double[] BackwardBias(double[] dy)
    {
        var dBias = new double[OutChannels];
        var size = YLength / Samples / OutChannels;
        for (var i = 0; i < dy.Length; i++)
            dBias[i / size % OutChannels] += dy[i];
        return dBias;
    }

    private void ForEachTerm(Action<int, int, int> term)
    {
        var inGroup = InChannels / Groups;
        var outGroup = OutChannels / Groups;
        var atY = 0;
        for (var row = 0; row < Samples * OutChannels; row++)
        {
            var (sample, channel) = Math.DivRem(row, OutChannels);
            for (var z = 0; z < Depth.Results; z++)
            {
                for (var y = 0; y < Height.Results; y++)
                {
                    for (var x = 0; x < Width.Results; x++, atY++)
                    {
                        for (var input = 0; input < inGroup; input++)
                            Taps(sample * InChannels + channel / outGroup * inGroup + input, channel * inGroup + input, z, y, x, atY, term);
                    }
                }
            }
        }
    }

    private void Taps(int inRow, int weightRow, int z, int y, int x, int atY, Action<int, int, int> term)
    {
        for (var tapZ = 0; tapZ < Depth.Kernel; tapZ++)
        {
            for (var tapY = 0; tapY < Height.Kernel; tapY++)
            {
                for (var tapX = 0; tapX < Width.Kernel; tapX++)
                {
                    var atZ = z * Depth.Stride + tapZ * Depth.Dilation - Depth.Before;
                    var atY2 = y * Height.Stride + tapY * Height.Dilation - Height.Before;
                    var atX = x * Width.Stride + tapX * Width.Dilation - Width.Before;
                    if (atZ < 0 || atZ >= Depth.Size || atY2 < 0 || atY2 >= Height.Size || atX < 0 || atX >= Width.Size)
                        continue;
                    term(
                        ((inRow * Depth.Size + atZ) * Height.Size + atY2) * Width.Size + atX,
                        ((weightRow * Depth.Kernel + tapZ) * Height.Kernel + tapY) * Width.Kernel + tapX, atY);
                }
            }
        }
    }
}
