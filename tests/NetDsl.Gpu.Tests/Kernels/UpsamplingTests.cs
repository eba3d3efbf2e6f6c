using System.Numerics;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>Upsampling and padding of rank 1 to 3 against the CPU's.</summary>
public class UpsamplingTests
{
    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Repeated_elements_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Repeat<float, WindowTests.Pairs>(device, 2, 5 * 6, 2 * 3);
        if (!Devices.Simulates(kind))
            Repeat<double, WindowTests.Overlapping>(device, 3, 7 * 7, 4 * 4);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Interpolation_agrees_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Interpolate<float, Line>(device, 2, 1e-6);
        if (Devices.Simulates(kind))
            return;
        Interpolate<double, Line>(device, 2, 1e-14);
        Interpolate<float, AlignedLine>(device, 2, 1e-6);
        Interpolate<float, Plane>(device, 3, 1e-6);
        Interpolate<float, AlignedPlane>(device, 3, 1e-6);
        Interpolate<float, Volume>(device, 2, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Interpolation_between_an_infinity_and_a_number_agrees_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var x = Numbers.Random<float>(Line.Channels * Line.Width, 1);
        x[2] = float.PositiveInfinity;
        var y = new float[x.Length * Line.FactorWidth];
        var onY = device.Put(y);
        NetDsl.Kernels.LinearUpsampling.Forward<float, Line, NetDsl.Kernels.Store<float>>(x, y, 1, default);
        LinearUpsampling.Forward<float, Line, Store<float>>(device.Put(x), onY, 1, default);
        onY.Get().Select(float.IsInfinity).ShouldBe(y.Select(float.IsInfinity));
        onY.Get().ShouldNotContain(value => float.IsNaN(value));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Zeros_stand_around_what_is_padded(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var onY = device.Put(Numbers.Random<float>(2 * 7, 1));
        Pass.Pad(device.Put<float>([1, 2, 3, 4, 5, 6]), onY, 2, 1, 3, 7);
        onY.Get().ShouldBe([0, 1, 2, 3, 0, 0, 0, 0, 4, 5, 6, 0, 0, 0]);
    }

    private static void Repeat<T, TShape>(GpuDevice device, int samples, int elements, int places)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IPoolingShape
    {
        var (x, dy) = (Numbers.Random<T>(samples * TShape.Channels * places, 1), Numbers.Random<T>(samples * TShape.Channels * elements, 2));
        var (y, dx) = (new T[dy.Length], new T[x.Length]);
        var (onY, onDx) = (device.Put(y), device.Put(dx));
        NetDsl.Kernels.Upsampling.Forward<T, TShape, NetDsl.Kernels.Store<T>>(x, y, samples, default);
        NetDsl.Kernels.Upsampling.BackwardInput<T, TShape, NetDsl.Kernels.Store<T>>(dy, dx, samples, default);
        Upsampling.Forward<T, TShape, Store<T>>(device.Put(x), onY, samples, default);
        Upsampling.BackwardInput<T, TShape, Store<T>>(device.Put(dy), onDx, samples, default);
        onY.Get().ShouldAgree(y, 1e-6, "y");
        onDx.Get().ShouldAgree(dx, 1e-6, "dx");
    }

    private static void Interpolate<T, TShape>(GpuDevice device, int samples, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IUpsamplingShape
    {
        var elements = samples * TShape.Channels * TShape.Depth * TShape.Height * TShape.Width;
        var (x, dy) = (Numbers.Random<T>(elements, 1), Numbers.Random<T>(elements * TShape.FactorDepth * TShape.FactorHeight * TShape.FactorWidth, 2));
        var (y, dx) = (new T[dy.Length], new T[x.Length]);
        var (onY, onDx) = (device.Put(y), device.Put(dx));
        NetDsl.Kernels.LinearUpsampling.Forward<T, TShape, NetDsl.Kernels.Store<T>>(x, y, samples, default);
        NetDsl.Kernels.LinearUpsampling.BackwardInput<T, TShape, NetDsl.Kernels.Store<T>>(dy, dx, samples, default);
        LinearUpsampling.Forward<T, TShape, Store<T>>(device.Put(x), onY, samples, default);
        LinearUpsampling.BackwardInput<T, TShape, Store<T>>(device.Put(dy), onDx, samples, default);
        onY.Get().ShouldAgree(y, tolerance, "y");
        onDx.Get().ShouldAgree(dx, tolerance, "dx");
    }

    internal readonly struct Line : NetDsl.Kernels.IUpsamplingShape
    {
        public static int Channels => 3;

        public static int Width => 5;

        public static int FactorWidth => 3;
    }

    internal readonly struct AlignedLine : NetDsl.Kernels.IUpsamplingShape
    {
        public static int Channels => 3;

        public static int Width => 2;

        public static int FactorWidth => 4;

        public static bool AlignCorners => true;
    }

    internal readonly struct Plane : NetDsl.Kernels.IUpsamplingShape
    {
        public static int Channels => 2;

        public static int Height => 1;

        public static int Width => 7;

        public static int FactorHeight => 4;

        public static int FactorWidth => 2;
    }

    internal readonly struct AlignedPlane : NetDsl.Kernels.IUpsamplingShape
    {
        public static int Channels => 2;

        public static int Height => 5;

        public static int Width => 1;

        public static int FactorHeight => 3;

        public static int FactorWidth => 2;

        public static bool AlignCorners => true;
    }

    internal readonly struct Volume : NetDsl.Kernels.IUpsamplingShape
    {
        public static int Channels => 2;

        public static int Depth => 2;

        public static int Height => 3;

        public static int Width => 4;

        public static int FactorDepth => 2;

        public static int FactorHeight => 1;

        public static int FactorWidth => 3;
    }
}
