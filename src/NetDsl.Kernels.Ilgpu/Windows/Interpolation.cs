using System.Numerics;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Windows;

/// <summary>The kernels of an interpolation for an element type.</summary>
internal abstract class Interpolation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Interpolation<T> Instance { get; } =
        (Interpolation<T>)(typeof(T) == typeof(float) ? new Interpolation<float, SingleQuotient>() : (object)new Interpolation<double, DoubleQuotient>());

    public abstract void Forward<TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> y, TEpilogue epilogue)
        where TShape : struct, NetDsl.Kernels.IUpsamplingShape
        where TEpilogue : struct, IEpilogue<T>;

    public abstract void BackwardInput<TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> dx, TEpilogue epilogue)
        where TShape : struct, NetDsl.Kernels.IUpsamplingShape
        where TEpilogue : struct, IEpilogue<T>;
}

/// <summary>The same with the quotients of the element type.</summary>
internal sealed class Interpolation<T, TQuotient> : Interpolation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TQuotient : struct, IQuotient<T>
{
    public override void Forward<TShape, TEpilogue>(ArrayView<T> x, ArrayView<T> y, TEpilogue epilogue) =>
        Work.On(x).Launch(Work.Groups(y.IntLength), Work.Threads, new InterpolationKernel<T, TShape, TQuotient, TEpilogue>(x, y, epilogue));

    public override void BackwardInput<TShape, TEpilogue>(ArrayView<T> dy, ArrayView<T> dx, TEpilogue epilogue) =>
        Work.On(dy).Launch(Work.Groups(dx.IntLength), Work.Threads, new InterpolationBackwardKernel<T, TShape, TQuotient, TEpilogue>(dy, dx, epilogue));
}

/// <summary>Quotients of whole numbers: ILGPU knows no generic conversion.</summary>
internal interface IQuotient<T>
    where T : unmanaged
{
    static abstract T Of(int over, int under);
}

/// <summary>In single precision.</summary>
internal readonly struct SingleQuotient : IQuotient<float>
{
    public static float Of(int over, int under) => (float)over / under;
}

/// <summary>In double precision.</summary>
internal readonly struct DoubleQuotient : IQuotient<double>
{
    public static double Of(int over, int under) => (double)over / under;
}

/// <summary>A thread for each result, which lies between two elements along each axis.</summary>
internal readonly struct InterpolationKernel<T, TShape, TQuotient, TEpilogue>(ArrayView<T> x, ArrayView<T> y, TEpilogue epilogue) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TShape : struct, NetDsl.Kernels.IUpsamplingShape
    where TQuotient : struct, IQuotient<T>
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _x = x;
    private readonly ArrayView<T> _y = y;
    private readonly TEpilogue _epilogue = epilogue;

    private static InterpolationAxis Depth => InterpolationAxes<TShape>.Depth;

    private static InterpolationAxis Height => InterpolationAxes<TShape>.Height;

    private static InterpolationAxis Width => InterpolationAxes<TShape>.Width;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i >= _y.IntLength)
            return;
        var (channel, place) = (i / InterpolationAxes<TShape>.Places, i % InterpolationAxes<TShape>.Places);
        var line = place / Width.Results;
        var (plane, rest) = Depth.At(line / Height.Results);
        plane += channel * Depth.Size;
        var sum = TQuotient.Of(Depth.Steps - rest, Depth.Steps) * Plane(plane, line % Height.Results, place % Width.Results);
        // The last element has none behind it; elsewhere a share of 0 would make NaN of an infinity.
        if (rest > 0)
            sum += TQuotient.Of(rest, Depth.Steps) * Plane(plane + 1, line % Height.Results, place % Width.Results);
        _y[i] = _epilogue.Apply(sum, channel, place);
    }

    private T Plane(int plane, int resultLine, int resultColumn)
    {
        var (line, rest) = Height.At(resultLine);
        line += plane * Height.Size;
        var sum = TQuotient.Of(Height.Steps - rest, Height.Steps) * Line(line, resultColumn);
        if (rest > 0)
            sum += TQuotient.Of(rest, Height.Steps) * Line(line + 1, resultColumn);
        return sum;
    }

    private T Line(int line, int resultColumn)
    {
        var (column, rest) = Width.At(resultColumn);
        column += line * Width.Size;
        var sum = TQuotient.Of(Width.Steps - rest, Width.Steps) * _x[column];
        if (rest > 0)
            sum += TQuotient.Of(rest, Width.Steps) * _x[column + 1];
        return sum;
    }
}

/// <summary>A thread for each element of the input: it gathers its shares of the results.</summary>
internal readonly struct InterpolationBackwardKernel<T, TShape, TQuotient, TEpilogue>(ArrayView<T> dy, ArrayView<T> dx, TEpilogue epilogue) : IKernel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TShape : struct, NetDsl.Kernels.IUpsamplingShape
    where TQuotient : struct, IQuotient<T>
    where TEpilogue : struct, IEpilogue<T>
{
    private readonly ArrayView<T> _dy = dy;
    private readonly ArrayView<T> _dx = dx;
    private readonly TEpilogue _epilogue = epilogue;

    private static InterpolationAxis Depth => InterpolationAxes<TShape>.Depth;

    private static InterpolationAxis Height => InterpolationAxes<TShape>.Height;

    private static InterpolationAxis Width => InterpolationAxes<TShape>.Width;

    public void Run()
    {
        var i = Grid.GlobalLinearIndex;
        if (i >= _dx.IntLength)
            return;
        var (channel, element) = (i / InterpolationAxes<TShape>.Elements, i % InterpolationAxes<TShape>.Elements);
        var line = element / Width.Size;
        var (z, y, x) = (line / Height.Size, line % Height.Size, element % Width.Size);
        var sum = T.Zero;
        for (var plane = Depth.First(z); plane <= Depth.Last(z); plane++)
        {
            var ofPlane = Depth.Share(plane, z);
            for (var row = Height.First(y); row <= Height.Last(y) && ofPlane > 0; row++)
            {
                var ofRow = Height.Share(row, y);
                if (ofRow > 0)
                    sum += TQuotient.Of(ofPlane, Depth.Steps) * TQuotient.Of(ofRow, Height.Steps) * Row(((channel * Depth.Results + plane) * Height.Results + row) * Width.Results, x);
            }
        }

        _dx[i] = _epilogue.Apply(sum, channel, element);
    }

    private T Row(int start, int x)
    {
        var sum = T.Zero;
        for (var column = Width.First(x); column <= Width.Last(x); column++)
        {
            var share = Width.Share(column, x);
            if (share > 0)
                sum += TQuotient.Of(share, Width.Steps) * _dy[start + column];
        }

        return sum;
    }
}
