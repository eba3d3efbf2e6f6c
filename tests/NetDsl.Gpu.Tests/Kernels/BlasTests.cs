using System.Numerics;
using NetDsl.Gpu.Tests.Networks;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Ilgpu.Device;
using NetDsl.Kernels.Ilgpu.Gemm;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>Products of dense layers by a library in BLAS's order, against those of the CPU: a plain one on every device, cuBLAS itself where there is a CUDA device.</summary>
public class BlasTests
{
    private const int Rows = 6;

    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    public static TheoryData<GpuDeviceKind> Real => Devices.Large;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Products_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Check<float>(device, new PlainBlas(device.Core), 1e-5);
        if (device.HasDoubles)
            Check<double>(device, new PlainBlas(device.Core), 1e-13);
        if (kind == GpuDeviceKind.Cuda)
            Check<float>(device, CuBlasLibrary.On(device.Core), 1e-5);
    }

    private static void Check<T>(GpuDevice device, IBlas library, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (inputs, outputs) = (DenseTests.Tiny.Inputs, DenseTests.Tiny.Outputs);
        var (x, w, dz) = (Numbers.Random<T>(Rows * inputs, 1), Numbers.Random<T>(outputs * inputs, 2), Numbers.Random<T>(Rows * outputs, 3));
        var (y, dx, dw, db) = (new T[Rows * outputs], new T[Rows * inputs], Numbers.Random<T>(outputs * inputs, 4), Numbers.Random<T>(outputs, 5));
        var (onX, onW, onDz) = (device.Put(x), device.Put(w), device.Put(dz));
        var (onY, onDx, onDw, onDb) = (device.Put(new T[y.Length]), device.Put(new T[dx.Length]), device.Put(dw), device.Put(db));
        NetDsl.Kernels.Dense.Forward<T, DenseTests.Tiny, NetDsl.Kernels.Store<T>>(x, w, y, Rows, default);
        NetDsl.Kernels.Dense.BackwardInput<T, DenseTests.Tiny, NetDsl.Kernels.Store<T>>(dz, w, dx, Rows, default);
        NetDsl.Kernels.Dense.BackwardParameters<T, DenseTests.Tiny>(dz, x, dw, db, Rows, true);
        using var use = new Use(device, library);
        var before = device.Launches;
        Dense.Forward<T, DenseTests.Tiny, Store<T>>(onX, onW, onY, Rows, default);
        Dense.BackwardInput<T, DenseTests.Tiny, Store<T>>(onDz, onW, onDx, Rows, default);
        Dense.BackwardParameters<T, DenseTests.Tiny>(onDz, onX, onDw, onDb, Rows, true);
        // Three calls of the library and db; the plain one's calls are kernels, which count themselves.
        (device.Launches - before).ShouldBe(3 + 1 + (library is PlainBlas ? 3 : 0));
        onY.Get().ShouldAgree(y, tolerance, "y");
        onDx.Get().ShouldAgree(dx, tolerance, "dx");
        onDw.Get().ShouldAgree(dw, tolerance, "dw, added");
        onDb.Get().ShouldAgree(db, tolerance, "db, added");

        NetDsl.Kernels.Dense.BackwardParameters<T, DenseTests.Tiny>(dz, x, dw, [], Rows, false);
        Dense.BackwardParameters<T, DenseTests.Tiny>(onDz, onX, onDw, default, Rows, false);
        onDw.Get().ShouldAgree(dw, tolerance, "dw");
        onDb.Get().ShouldAgree(db, tolerance, "db, left alone");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Operators_follow_in_a_launch_that_may_read_what_lay_in_the_results_place(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var (x, w) = (Numbers.Random<float>(Rows * DenseTests.Tiny.Inputs, 1), Numbers.Random<float>(DenseTests.Tiny.Outputs * DenseTests.Tiny.Inputs, 2));
        var (bias, other, y) = (Numbers.Random<float>(DenseTests.Tiny.Outputs, 3), Numbers.Random<float>(Rows * DenseTests.Tiny.Outputs, 4), new float[Rows * DenseTests.Tiny.Outputs]);
        NetDsl.Kernels.Dense.Forward<float, DenseTests.Tiny, HostMix>(x, w, y, Rows, new(bias, other, DenseTests.Tiny.Outputs));
        using var use = new Use(device, new PlainBlas(device.Core));
        var onY = device.Put(other);
        Dense.Forward<float, DenseTests.Tiny, DeviceMix>(device.Put(x), device.Put(w), onY, Rows, new(device.Put(bias), onY, DenseTests.Tiny.Outputs));
        onY.Get().ShouldAgree(y, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void A_network_trains_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        using var use = new Use(device, new PlainBlas(device.Core));
        Training.Compare(new Classifier(), new Classifier().On(device), Enumerable.Range(0, 7).Select(i => i * 3 % 5).ToArray(), new Adam<float>(0.01), new Adam<float>(0.01));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void The_faster_way_is_found_once_for_each_shape_and_computes_the_same(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var (x, w) = (Numbers.Random<float>(Rows * DenseTests.Tiny.Inputs, 1), Numbers.Random<float>(DenseTests.Tiny.Outputs * DenseTests.Tiny.Inputs, 2));
        var y = new float[Rows * DenseTests.Tiny.Outputs];
        NetDsl.Kernels.Dense.Forward<float, DenseTests.Tiny, NetDsl.Kernels.Store<float>>(x, w, y, Rows, default);
        var (onX, onW, onY) = (device.Put(x), device.Put(w), device.Put(new float[y.Length]));
        foreach (var library in new[] { new PlainBlas(device.Core), new PlainBlas(device.Core) { Pause = TimeSpan.FromMilliseconds(20) } })
        {
            using var use = new Use(device, library, measures: true);
            Dense.Forward<float, DenseTests.Tiny, Store<float>>(onX, onW, onY, Rows, default);
            onY.Get().ShouldAgree(y, 1e-5);
            var (calls, launches) = (library.Calls, device.Launches);
            var taken = device.Core.Blas!.Choices;
            (taken.Library + taken.Tiles).ShouldBe(1);
            Dense.Forward<float, DenseTests.Tiny, Store<float>>(onX, onW, onY, Rows, default);
            (library.Calls - calls).ShouldBe(taken.Library);
            device.Core.Blas!.Choices.ShouldBe(taken);
            device.Products.ShouldBe(Products.Fastest);
            // Twenty milliseconds a call lose on any device but the simulator.
            if (library.Pause > TimeSpan.Zero && !Devices.Simulates(kind))
                taken.Tiles.ShouldBe(1);
        }

        device.Products.ShouldBe(Products.Tiles);
    }

    [Fact]
    public void A_library_that_is_not_there_is_told_and_the_fastest_do_without()
    {
        using var device = GpuDevice.Cpu();
        Should.Throw<NotSupportedException>(() => device.Products = Products.CuBlas).Message.ShouldContain("cuBLAS is NVIDIA's library for CUDA devices, and this one is Cpu 0: ILGPU's simulator");
        CuBlasLibrary.Missing("no such file").ShouldSatisfyAllConditions(
            text => text.ShouldContain(OperatingSystem.IsWindows() ? "cublas64_12.dll" : "libcublas.so.12"),
            text => text.ShouldContain("Products.Tiles"),
            text => text.ShouldEndWith("no such file"));
        device.Products = Products.Fastest;
        device.Products.ShouldBe(Products.Tiles);
        Should.Throw<ArgumentOutOfRangeException>(() => device.Products = (Products)7);
    }

    /// <summary>A device whose products come from a library, for a while.</summary>
    private sealed class Use : IDisposable
    {
        private readonly DeviceCore _core;

        public Use(GpuDevice device, IBlas library, bool measures = false)
        {
            _core = device.Core;
            _core.Blas = new BlasProducts(_core, library, measures);
        }

        public void Dispose() => _core.Blas = null;
    }
}
