using System.Numerics;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>The products against those of the CPU.</summary>
public class DenseTests
{
    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Products_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Check<float, Tiny>(device, 3, 1e-5);
        Check<double, Tiny>(device, 3, 1e-13);
        if (Devices.Simulates(kind))
            return;
        // With remainders everywhere: tiles of 32, whose depth is shared out, of 64, alone and with the depth of all three products shared out, and of 128 in all three.
        Check<float, Deep>(device, 37, 1e-5);
        Check<float, Wide>(device, 130, 1e-5);
        Check<float, Square>(device, 500, 1e-5);
        Check<double, Square>(device, 500, 1e-13);
        Check<float, Large>(device, 1430, 1e-5);
    }

    private static void Check<T, TShape>(GpuDevice device, int rows, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, NetDsl.Kernels.IDenseShape
    {
        var (inputs, outputs) = (TShape.Inputs, TShape.Outputs);
        var (x, w, dz) = (Numbers.Random<T>(rows * inputs, 1), Numbers.Random<T>(outputs * inputs, 2), Numbers.Random<T>(rows * outputs, 3));
        var (y, dx, dw, db) = (new T[rows * outputs], new T[rows * inputs], new T[outputs * inputs], new T[outputs]);
        NetDsl.Kernels.Dense.Forward<T, TShape, NetDsl.Kernels.Store<T>>(x, w, y, rows, default);
        NetDsl.Kernels.Dense.BackwardInput<T, TShape, NetDsl.Kernels.Store<T>>(dz, w, dx, rows, default);
        NetDsl.Kernels.Dense.BackwardParameters<T, TShape>(dz, x, dw, db, rows, false);

        var (onX, onW, onDz) = (device.Put(x), device.Put(w), device.Put(dz));
        var (onY, onDx, onDw, onDb) = (device.Put(new T[y.Length]), device.Put(new T[dx.Length]), device.Put(new T[dw.Length]), device.Put(new T[db.Length]));
        Dense.Forward<T, TShape, Store<T>>(onX, onW, onY, rows, default);
        Dense.BackwardInput<T, TShape, Store<T>>(onDz, onW, onDx, rows, default);
        Dense.BackwardParameters<T, TShape>(onDz, onX, onDw, onDb, rows, false);
        onY.Get().ShouldAgree(y, tolerance, "y");
        onDx.Get().ShouldAgree(dx, tolerance, "dx");
        onDw.Get().ShouldAgree(dw, tolerance, "dw");
        onDb.Get().ShouldAgree(db, tolerance, "db");

        NetDsl.Kernels.Dense.BackwardParameters<T, TShape>(dz, x, dw, [], rows, true);
        Dense.BackwardParameters<T, TShape>(onDz, onX, onDw, default, rows, true);
        onDw.Get().ShouldAgree(dw, tolerance, "dw, added");
        onDb.Get().ShouldAgree(db, tolerance, "db, left alone");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_epilogue_sees_every_element_once(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        const int Rows = 5;
        var (x, w) = (Numbers.Random<float>(Rows * Tiny.Inputs, 1), Numbers.Random<float>(Tiny.Outputs * Tiny.Inputs, 2));
        var (bias, other, y) = (Numbers.Random<float>(Tiny.Outputs, 3), Numbers.Random<float>(Rows * Tiny.Outputs, 4), new float[Rows * Tiny.Outputs]);
        NetDsl.Kernels.Dense.Forward<float, Tiny, HostMix>(x, w, y, Rows, new(bias, other, Tiny.Outputs));
        var onY = device.Put(new float[y.Length]);
        Dense.Forward<float, Tiny, DeviceMix>(device.Put(x), device.Put(w), onY, Rows, new(device.Put(bias), device.Put(other), Tiny.Outputs));
        onY.Get().ShouldAgree(y, 1e-5);
    }

    [Fact]
    public void A_view_of_another_length_is_refused()
    {
        using var device = GpuDevice.Cpu();
        var view = device.Put(new float[6]);
        Should.Throw<ArgumentException>(() => Dense.Forward<float, Tiny, Store<float>>(view, view, view, 3, default)).Message.ShouldContain("x has 6 elements; expected 21: 3 × 7");
    }

    internal readonly struct Tiny : NetDsl.Kernels.IDenseShape
    {
        public static int Inputs => 7;

        public static int Outputs => 5;
    }

    internal readonly struct Deep : NetDsl.Kernels.IDenseShape
    {
        public static int Inputs => 999;

        public static int Outputs => 34;
    }

    internal readonly struct Wide : NetDsl.Kernels.IDenseShape
    {
        public static int Inputs => 300;

        public static int Outputs => 1401;
    }

    internal readonly struct Square : NetDsl.Kernels.IDenseShape
    {
        public static int Inputs => 460;

        public static int Outputs => 480;
    }

    internal readonly struct Large : NetDsl.Kernels.IDenseShape
    {
        public static int Inputs => 1411;

        public static int Outputs => 1450;
    }
}
