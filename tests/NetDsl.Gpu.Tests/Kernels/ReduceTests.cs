using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>Passes and sums against those of the CPU.</summary>
public class ReduceTests
{
    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Passes_and_sums_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Check(device, 3, 5);
        if (Devices.Simulates(kind))
            return;
        Check(device, 77, 130);
        // More than one group a sum.
        Check(device, 301, 33);
    }

    private static void Check(GpuDevice device, int rows, int columns)
    {
        var (x, bias, other) = (Numbers.Random<float>(rows * columns, 1), Numbers.Random<float>(columns, 2), Numbers.Random<float>(rows * columns, 3));
        var (onX, onBias, onOther) = (device.Put(x), device.Put(bias), device.Put(other));
        var host = new float[rows * columns];
        NetDsl.Kernels.Pass.Apply<float, HostMix>(x, host, rows, columns, new(bias, other, columns));
        var onY = device.Put(new float[rows * columns]);
        Pass.Apply<float, DeviceMix>(onX, onY, rows, columns, new(onBias, onOther, columns));
        onY.Get().ShouldAgree(host, 1e-6, "pass");

        var onSum = device.Put([1f]);
        Reduce.AddSum<float, DeviceMix>(onX, rows, columns, new(onBias, onOther, columns), onSum);
        onSum.Get().ShouldAgree([1 + NetDsl.Kernels.Reduce.Sum<float, HostMix>(x, rows, columns, new(bias, other, columns))], 1e-5, "sum");

        var sums = Numbers.Random<float>(columns, 4);
        var onSums = device.Put(sums);
        NetDsl.Kernels.Reduce.Columns<float, HostMix>(x, sums, rows, columns, new(bias, other, columns), accumulate: true);
        Reduce.Columns<float, DeviceMix>(onX, onSums, rows, columns, new(onBias, onOther, columns), accumulate: true);
        onSums.Get().ShouldAgree(sums, 1e-5, "columns");

        // Every row is a channel of one sample.
        var channels = new float[rows];
        var onChannels = device.Put(channels);
        NetDsl.Kernels.Reduce.Channels<float, HostMix>(x, channels, 1, rows, columns, new(bias, other, columns), accumulate: false);
        Reduce.Channels<float, DeviceMix>(onX, onChannels, 1, rows, columns, new(onBias, onOther, columns), accumulate: false);
        onChannels.Get().ShouldAgree(channels, 1e-5, "channels");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Softmax_agrees_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        foreach (var (outer, axis, inner) in Devices.Simulates(kind) ? [(2, 5, 1), (2, 3, 2)] : new[] { (7, 10, 1), (3, 130, 2) })
        {
            var (x, dy) = (Numbers.Random<float>(outer * axis * inner, 1), Numbers.Random<float>(outer * axis * inner, 2));
            var (y, dx) = (new float[x.Length], new float[x.Length]);
            NetDsl.Kernels.Softmax.Forward<float>(x, y, outer, axis, inner);
            NetDsl.Kernels.Softmax.Backward<float>(y, dy, dx, outer, axis, inner);
            var (onY, onDx) = (device.Put(x), device.Put(dy));
            Softmax.Forward<float, SingleMath>(onY, onY, outer, axis, inner);
            Softmax.Backward(onY, onDx, onDx, outer, axis, inner);
            onY.Get().ShouldAgree(y, 1e-6, "y");
            onDx.Get().ShouldAgree(dx, 1e-6, "dx");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Log_softmax_agrees_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        foreach (var (outer, axis, inner) in Devices.Simulates(kind) ? [(2, 5, 1), (2, 3, 2)] : new[] { (7, 10, 1), (3, 130, 2) })
        {
            var (x, dy) = (Numbers.Random<float>(outer * axis * inner, 1).Select(value => 60 * value).ToArray(), Numbers.Random<float>(outer * axis * inner, 2));
            var (y, dx) = (new float[x.Length], new float[x.Length]);
            NetDsl.Kernels.LogSoftmax.Forward<float>(x, y, outer, axis, inner);
            NetDsl.Kernels.LogSoftmax.Backward<float>(y, dy, dx, outer, axis, inner);
            var (onY, onDx) = (device.Put(x), device.Put(dy));
            LogSoftmax.Forward<float, SingleMath>(onY, onY, outer, axis, inner);
            LogSoftmax.Backward<float, SingleMath>(onY, onDx, onDx, outer, axis, inner);
            onY.Get().ShouldAgree(y, 1e-6, "y");
            onDx.Get().ShouldAgree(dx, 1e-5, "dx");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Maxout_agrees_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        foreach (var (outer, channels, pieces, inner) in Devices.Simulates(kind) ? [(2, 3, 2, 1)] : new[] { (7, 37, 3, 1), (3, 5, 4, 35) })
        {
            // Few numbers, so that pieces are equal now and then.
            var (x, dy) = (Numbers.Random<float>(outer * channels * pieces * inner, 1).Select(value => MathF.Round(2 * value)).ToArray(), Numbers.Random<float>(outer * channels * inner, 2));
            (x[1], x[2]) = (float.NaN, float.PositiveInfinity);
            var (y, dx) = (new float[dy.Length], new float[x.Length]);
            NetDsl.Kernels.Maxout.Forward<float>(x, y, outer, channels, pieces, inner);
            NetDsl.Kernels.Maxout.Backward<float>(x, dy, dx, outer, channels, pieces, inner);
            var (onX, onY) = (device.Put(x), device.Put(y));
            Maxout.Forward(onX, onY, outer, channels, pieces, inner);
            onY.Get().ShouldBe(y);
            Maxout.Backward(onX, device.Put(dy), onX, outer, channels, pieces, inner);
            onX.Get().ShouldBe(dx);
        }
    }
}
