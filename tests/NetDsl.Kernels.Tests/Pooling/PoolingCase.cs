namespace NetDsl.Kernels.Tests;

/// <summary>A pooling that is known at run time only, and its results and gradients by plain loops in double.</summary>
internal sealed record PoolingCase(int Samples, int Channels, Axis Depth, Axis Height, Axis Width, bool CeilMode, bool CountsPadding)
{
    public int InSize => Depth.Size * Height.Size * Width.Size;

    public int OutSize => Results(Depth) * Results(Height) * Results(Width);

    public int XLength => Samples * Channels * InSize;

    public int YLength => Samples * Channels * OutSize;

    public PoolingPlan<T> Plan<T>(int lanes)
        where T : unmanaged => new(Channels, Depth, Height, Width, CeilMode, CountsPadding, lanes);

    public static PoolingCase Random(Random random, int rank)
    {
        return new(
            random.Next(1, 4), random.Next(1, 9), rank > 2 ? Pick(5) : Axis.None, rank > 1 ? Pick(13) : Axis.None, Pick(rank == 1 ? 80 : 40),
            random.Next(2) == 0, random.Next(2) == 0);

        Axis Pick(int largest)
        {
            while (true)
            {
                var kernel = random.Next(1, 6);
                var axis = new Axis(
                    random.Next(1, largest + 1), kernel, random.Next(3) == 0 ? kernel : random.Next(1, 4), random.Next(3) > 0 ? 1 : 2,
                    random.Next(kernel / 2 + 1), random.Next(kernel / 2 + 1));
                // A window that meets the padding alone has no average.
                var reach = (axis.Kernel - 1) * axis.Dilation;
                if (axis.Size > reach)
                    return axis;
            }
        }
    }

    /// <summary>Rounding the division of the results up, a window still starts in the input or in the padding before it.</summary>
    public int Results(Axis axis)
    {
        var floor = axis.Results;
        return CeilMode && (axis.Size + axis.Before + axis.After - axis.Dilation * (axis.Kernel - 1) - 1) % axis.Stride != 0
            && floor * axis.Stride < axis.Size + axis.Before ? floor + 1 : floor;
    }

    public double[] Max(double[] x) => PerWindow((row, window) => Largest(x, row, window) is { } at ? x[at] : double.NegativeInfinity);

    public double[] MaxGradient(double[] dy, double[] x) => Gradient(dy, (row, window, dyValue, dx) =>
    {
        if (Largest(x, row, window) is { } at)
            dx[at] += dyValue;
    });

    public double[] Average(double[] x) => PerWindow((row, window) => window.Elements.Sum(at => x[row * InSize + at]) / window.Count);

    public double[] AverageGradient(double[] dy) => Gradient(dy, (row, window, dyValue, dx) =>
    {
        foreach (var at in window.Elements)
            dx[row * InSize + at] += dyValue / window.Count;
    });

    public double[] Length(double[] x) => PerWindow((row, window) => Norm(x, row, window));

    public double[] LengthGradient(double[] dy, double[] x) => Gradient(dy, (row, window, dyValue, dx) =>
    {
        var y = Norm(x, row, window);
        foreach (var at in window.Elements)
            dx[row * InSize + at] += y == 0 ? 0 : dyValue * x[row * InSize + at] / y;
    });

    private double Norm(double[] x, int row, Window window) => Math.Sqrt(window.Elements.Sum(at => x[row * InSize + at] * x[row * InSize + at]));

    private int? Largest(double[] x, int row, Window window)
    {
        int? best = null;
        foreach (var at in window.Elements)
        {
            var value = x[row * InSize + at];
            if (best is not { } so || value > x[so] || (double.IsNaN(value) && !double.IsNaN(x[so])))
                best = row * InSize + at;
        }
        return best;
    }

    private double[] PerWindow(Func<int, Window, double> value)
    {
        var windows = Windows();
        return [.. Enumerable.Range(0, Samples * Channels).SelectMany(row => windows.Select(window => value(row, window)))];
    }

    private double[] Gradient(double[] dy, Action<int, Window, double, double[]> add)
    {
        var windows = Windows();
        var dx = new double[XLength];
        for (var i = 0; i < dy.Length; i++)
            add(i / OutSize, windows[i % OutSize], dy[i], dx);
        return dx;
    }

    private List<Window> Windows()
    {
        var windows = new List<Window>();
        for (var z = 0; z < Results(Depth); z++)
        {
            for (var y = 0; y < Results(Height); y++)
            {
                for (var x = 0; x < Results(Width); x++)
                {
                    var (atZ, countZ) = Along(Depth, z);
                    var (atY, countY) = Along(Height, y);
                    var (atX, countX) = Along(Width, x);
                    var elements = from i in atZ from j in atY from k in atX select (i * Height.Size + j) * Width.Size + k;
                    windows.Add(new([.. elements], countZ * countY * countX));
                }
            }
        }
        return windows;
    }

    private (int[] At, int Count) Along(Axis axis, int result)
    {
        var all = Enumerable.Range(0, axis.Kernel).Select(tap => result * axis.Stride + tap * axis.Dilation - axis.Before).ToArray();
        int[] inside = [.. all.Where(at => at >= 0 && at < axis.Size)];
        return (inside, CountsPadding ? all.Count(at => at < axis.Size + axis.After) : inside.Length);
    }

    private sealed record Window(int[] Elements, int Count);
}
