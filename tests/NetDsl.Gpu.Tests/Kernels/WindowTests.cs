using System.Numerics;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>Convolutions and poolings of rank 1 to 3 against those of the CPU.</summary>
public class WindowTests
{
    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Convolutions_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Convolve<float, Line>(device, 2, 9, 9, 1e-5);
        if (Devices.Simulates(kind))
            return;
        // Strides, dilations and uneven pads; three axes; many places, in tiles of 64 and of 128, whose sums of dW are shared out; weights so many that dW has tiles of 128 and the others' sums are shared out.
        Convolve<float, Plane>(device, 3, 8 * 7, 4 * 4, 1e-5);
        Convolve<double, Volume>(device, 2, 3 * 4 * 5, 2 * 4 * 3, 1e-13);
        Convolve<float, Large>(device, 9, 28 * 28, 24 * 24, 1e-5);
        Convolve<double, Large>(device, 9, 28 * 28, 24 * 24, 1e-13);
        Convolve<float, Large>(device, 29, 28 * 28, 24 * 24, 1e-5);
        Convolve<float, Broad>(device, 2, 3 * 3, 3 * 3, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Convolutions_with_groups_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        // A kernel of its own for groups of few channels, tiles for the others.
        Convolve<float, Depthwise>(device, 2, 9, 5, 1e-5);
        if (Devices.Simulates(kind))
            return;
        Convolve<double, Trios>(device, 3, 8 * 7, 4 * 4, 1e-13);
        Convolve<float, Halves>(device, 19, 6 * 5, 6 * 5, 1e-5);
        Convolve<float, Many>(device, 40, 9, 9, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Transposed_convolutions_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Transpose<float, Line>(device, 2, 9, 9, 1e-5);
        if (Devices.Simulates(kind))
            return;
        Transpose<float, Plane>(device, 3, 8 * 7, 4 * 4, 1e-5);
        Transpose<double, Volume>(device, 2, 3 * 4 * 5, 2 * 4 * 3, 1e-13);
        Transpose<float, Trios>(device, 3, 8 * 7, 4 * 4, 1e-5);
        Transpose<float, Halves>(device, 19, 6 * 5, 6 * 5, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Poolings_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Pool<float, Pairs>(device, 2, 5 * 6, 2 * 3);
        if (Devices.Simulates(kind))
            return;
        Pool<float, Overlapping>(device, 3, 7 * 7, 4 * 4);
        Pool<float, Ceiling>(device, 3, 6 * 7, 3 * 4);
        Pool<double, Whole>(device, 3, 2 * 3 * 4, 1);
    }

    private static void Convolve<T, TShape>(GpuDevice device, int samples, int elements, int places, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
    {
        var weights = TShape.OutChannels * TShape.InChannels / TShape.Groups * TShape.KernelDepth * TShape.KernelHeight * TShape.KernelWidth;
        var (x, w, dy) = (Numbers.Random<T>(samples * TShape.InChannels * elements, 1), Numbers.Random<T>(weights, 2), Numbers.Random<T>(samples * TShape.OutChannels * places, 3));
        var (y, dx, dw, db) = (new T[dy.Length], new T[x.Length], new T[weights], new T[TShape.OutChannels]);
        NetDsl.Kernels.Convolution.Forward<T, TShape, NetDsl.Kernels.Store<T>>(x, w, y, samples, default);
        NetDsl.Kernels.Convolution.BackwardInput<T, TShape, NetDsl.Kernels.Store<T>>(dy, w, dx, samples, default);
        NetDsl.Kernels.Convolution.BackwardParameters<T, TShape>(dy, x, dw, db, samples, false);
        var (onX, onW, onDy) = (device.Put(x), device.Put(w), device.Put(dy));
        var (onY, onDx, onDw, onDb) = (device.Put(new T[y.Length]), device.Put(new T[dx.Length]), device.Put(new T[dw.Length]), device.Put(new T[db.Length]));
        Convolution.Forward<T, TShape, Store<T>>(onX, onW, onY, samples, default);
        Convolution.BackwardInput<T, TShape, Store<T>>(onDy, onW, onDx, samples, default);
        Convolution.BackwardParameters<T, TShape>(onDy, onX, onDw, onDb, samples, false);
        onY.Get().ShouldAgree(y, tolerance, "y");
        onDx.Get().ShouldAgree(dx, tolerance, "dx");
        onDw.Get().ShouldAgree(dw, tolerance, "dw");
        onDb.Get().ShouldAgree(db, tolerance, "db");

        NetDsl.Kernels.Convolution.BackwardParameters<T, TShape>(dy, x, dw, [], samples, true);
        Convolution.BackwardParameters<T, TShape>(onDy, onX, onDw, default, samples, true);
        onDw.Get().ShouldAgree(dw, tolerance, "dw, added");
    }

    private static void Transpose<T, TShape>(GpuDevice device, int samples, int elements, int places, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IConvolutionShape
    {
        var weights = TShape.OutChannels * TShape.InChannels / TShape.Groups * TShape.KernelDepth * TShape.KernelHeight * TShape.KernelWidth;
        var (x, w, dy) = (Numbers.Random<T>(samples * TShape.OutChannels * places, 1), Numbers.Random<T>(weights, 2), Numbers.Random<T>(samples * TShape.InChannels * elements, 3));
        var (y, dx, dw, db) = (new T[dy.Length], new T[x.Length], new T[weights], new T[TShape.InChannels]);
        var (onX, onW, onDy) = (device.Put(x), device.Put(w), device.Put(dy));
        var (onY, onDx, onDw, onDb) = (device.Put(y), device.Put(dx), device.Put(dw), device.Put(db));
        NetDsl.Kernels.TransposedConvolution.Forward<T, TShape, NetDsl.Kernels.Store<T>>(x, w, y, samples, default);
        NetDsl.Kernels.TransposedConvolution.BackwardInput<T, TShape, NetDsl.Kernels.Store<T>>(dy, w, dx, samples, default);
        TransposedConvolution.Forward<T, TShape, Store<T>>(onX, onW, onY, samples, default);
        TransposedConvolution.BackwardInput<T, TShape, Store<T>>(onDy, onW, onDx, samples, default);
        for (var i = 0; i < 2; i++)
        {
            NetDsl.Kernels.TransposedConvolution.BackwardParameters<T, TShape>(dy, x, dw, db, samples, accumulate: i > 0);
            TransposedConvolution.BackwardParameters<T, TShape>(onDy, onX, onDw, onDb, samples, accumulate: i > 0);
        }

        onY.Get().ShouldAgree(y, tolerance, "y");
        onDx.Get().ShouldAgree(dx, tolerance, "dx");
        onDw.Get().ShouldAgree(dw, tolerance, "dw, twice");
        onDb.Get().ShouldAgree(db, tolerance, "db, twice");
    }

    private static void Pool<T, TShape>(GpuDevice device, int samples, int elements, int places)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IPoolingShape
    {
        var (x, dy) = (Numbers.Random<T>(samples * TShape.Channels * elements, 1), Numbers.Random<T>(samples * TShape.Channels * places, 2));
        // Ties: the first of equal elements takes the gradient.
        for (var i = 0; i < x.Length; i++)
            x[i] = T.Round(T.CreateChecked(4) * x[i]) / T.CreateChecked(4);
        var (y, dx) = (new T[dy.Length], new T[x.Length]);
        var (onX, onDy) = (device.Put(x), device.Put(dy));
        var (onY, onDx) = (device.Put(y), device.Put(dx));

        NetDsl.Kernels.MaxPooling.Forward<T, TShape, NetDsl.Kernels.Store<T>>(x, y, samples, default);
        NetDsl.Kernels.MaxPooling.BackwardInput<T, TShape, NetDsl.Kernels.Store<T>>(dy, x, y, dx, samples, default);
        MaxPooling.Forward<T, TShape, Store<T>>(onX, onY, samples, default);
        onY.Get().ShouldBe(y);
        var inPlace = device.Put(x);
        MaxPooling.BackwardInput<T, TShape, Store<T>>(onDy, inPlace, onY, inPlace, samples, default);
        inPlace.Get().ShouldAgree(dx, 1e-6, "dx of the largest, in place");

        NetDsl.Kernels.AveragePooling.Forward<T, TShape, NetDsl.Kernels.Store<T>>(x, y, samples, default);
        NetDsl.Kernels.AveragePooling.BackwardInput<T, TShape, NetDsl.Kernels.Store<T>>(dy, dx, samples, default);
        AveragePooling.Forward<T, TShape, Store<T>>(onX, onY, samples, default);
        AveragePooling.BackwardInput<T, TShape, Store<T>>(onDy, onDx, samples, default);
        onY.Get().ShouldAgree(y, 1e-6, "average");
        onDx.Get().ShouldAgree(dx, 1e-6, "dx of the average");

        NetDsl.Kernels.L2Pooling.Forward<T, TShape, NetDsl.Kernels.Store<T>>(x, y, samples, default);
        NetDsl.Kernels.L2Pooling.BackwardInput<T, TShape, NetDsl.Kernels.Store<T>>(dy, x, y, dx, samples, default);
        L2Pooling.Forward<T, TShape, Store<T>>(onX, onY, samples, default);
        L2Pooling.BackwardInput<T, TShape, Store<T>>(onDy, onX, onY, onX, samples, default);
        onY.Get().ShouldAgree(y, 1e-6, "length");
        onX.Get().ShouldAgree(dx, 1e-6, "dx of the length, in place");
    }

    internal readonly struct Line : NetDsl.Kernels.IConvolutionShape
    {
        public static int InChannels => 2;

        public static int OutChannels => 3;

        public static int Width => 9;

        public static int KernelWidth => 3;

        public static int PadLeft => 1;

        public static int PadRight => 1;
    }

    internal readonly struct Plane : NetDsl.Kernels.IConvolutionShape
    {
        public static int InChannels => 5;

        public static int OutChannels => 6;

        public static int Height => 8;

        public static int Width => 7;

        public static int KernelHeight => 3;

        public static int KernelWidth => 2;

        public static int StrideHeight => 2;

        public static int StrideWidth => 2;

        public static int DilationWidth => 2;

        public static int PadTop => 1;

        public static int PadLeft => 1;

        public static int PadRight => 2;
    }

    internal readonly struct Volume : NetDsl.Kernels.IConvolutionShape
    {
        public static int InChannels => 2;

        public static int OutChannels => 3;

        public static int Depth => 3;

        public static int Height => 4;

        public static int Width => 5;

        public static int KernelDepth => 2;

        public static int KernelHeight => 3;

        public static int KernelWidth => 3;

        public static int PadTop => 1;

        public static int PadBottom => 1;
    }

    internal readonly struct Large : NetDsl.Kernels.IConvolutionShape
    {
        public static int InChannels => 1;

        public static int OutChannels => 20;

        public static int Height => 28;

        public static int Width => 28;

        public static int KernelHeight => 5;

        public static int KernelWidth => 5;
    }

    internal readonly struct Broad : NetDsl.Kernels.IConvolutionShape
    {
        public static int InChannels => 157;

        public static int OutChannels => 1450;

        public static int Height => 3;

        public static int Width => 3;

        public static int KernelHeight => 3;

        public static int KernelWidth => 3;

        public static int PadTop => 1;

        public static int PadBottom => 1;

        public static int PadLeft => 1;

        public static int PadRight => 1;
    }

    internal readonly struct Depthwise : NetDsl.Kernels.IConvolutionShape
    {
        public static int InChannels => 3;

        public static int OutChannels => 6;

        public static int Groups => 3;

        public static int Width => 9;

        public static int KernelWidth => 3;

        public static int StrideWidth => 2;

        public static int PadLeft => 1;

        public static int PadRight => 1;
    }

    internal readonly struct Trios : NetDsl.Kernels.IConvolutionShape
    {
        public static int InChannels => 6;

        public static int OutChannels => 10;

        public static int Groups => 2;

        public static int Height => 8;

        public static int Width => 7;

        public static int KernelHeight => 3;

        public static int KernelWidth => 2;

        public static int StrideHeight => 2;

        public static int StrideWidth => 2;

        public static int DilationWidth => 2;

        public static int PadTop => 1;

        public static int PadLeft => 1;

        public static int PadRight => 2;
    }

    internal readonly struct Halves : NetDsl.Kernels.IConvolutionShape
    {
        public static int InChannels => 14;

        public static int OutChannels => 18;

        public static int Groups => 2;

        public static int Height => 6;

        public static int Width => 5;

        public static int KernelHeight => 3;

        public static int KernelWidth => 3;

        public static int PadTop => 1;

        public static int PadBottom => 1;

        public static int PadLeft => 1;

        public static int PadRight => 1;
    }

    internal readonly struct Many : NetDsl.Kernels.IConvolutionShape
    {
        public static int InChannels => 40;

        public static int OutChannels => 45;

        public static int Groups => 5;

        public static int Width => 9;

        public static int KernelWidth => 1;
    }

    internal readonly struct Pairs : NetDsl.Kernels.IPoolingShape
    {
        public static int Channels => 3;

        public static int Height => 5;

        public static int Width => 6;

        public static int KernelHeight => 2;

        public static int KernelWidth => 2;

        public static int StrideHeight => 2;

        public static int StrideWidth => 2;
    }

    internal readonly struct Overlapping : NetDsl.Kernels.IPoolingShape
    {
        public static int Channels => 4;

        public static int Height => 7;

        public static int Width => 7;

        public static int KernelHeight => 3;

        public static int KernelWidth => 3;

        public static int StrideHeight => 2;

        public static int StrideWidth => 2;

        public static int PadTop => 1;

        public static int PadBottom => 1;

        public static int PadLeft => 1;

        public static int PadRight => 1;

        public static bool CountIncludesPadding => false;
    }

    internal readonly struct Ceiling : NetDsl.Kernels.IPoolingShape
    {
        public static int Channels => 4;

        public static int Height => 6;

        public static int Width => 7;

        public static int KernelHeight => 2;

        public static int KernelWidth => 3;

        public static int StrideHeight => 2;

        public static int StrideWidth => 2;

        public static int PadLeft => 1;

        public static bool CeilMode => true;
    }

    internal readonly struct Whole : NetDsl.Kernels.IPoolingShape
    {
        public static int Channels => 4;

        public static int Depth => 2;

        public static int Height => 3;

        public static int Width => 4;

        public static int KernelDepth => 2;

        public static int KernelHeight => 3;

        public static int KernelWidth => 4;
    }
}
