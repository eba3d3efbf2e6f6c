using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Ilgpu.Normalization;
using Cpu = NetDsl.Kernels.Normalization;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>Normalisations against those of the CPU, with an operator before and one behind.</summary>
public class NormalizationTests
{
    private const double Eps = 1e-3;

    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    /// <summary>Channels of one position and of several, fewer than a group of threads has and more, in one piece and in several.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Batch_normalisation_agrees_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        foreach (var (samples, channels, inner) in Devices.Simulates(kind) ? [(3, 2, 5), (4, 3, 1)] : new[] { (3, 2, 35), (700, 37, 1), (37, 3, 300), (2, 70, 1) })
        {
            foreach (var training in new[] { true, false })
            {
                foreach (var isAffine in new[] { true, false })
                    Batch(device, samples, channels, inner, training, isAffine);
            }
        }
    }

    private static void Batch(GpuDevice device, int samples, int channels, int inner, bool training, bool isAffine)
    {
        var columns = inner == 1 ? channels : inner;
        // Far from 0, where squares alone would cancel.
        var x = Numbers.Random<float>(samples * channels * inner, 1).Select(value => value + 50).ToArray();
        var (dy, other, by) = (Numbers.Random<float>(x.Length, 2), Numbers.Random<float>(x.Length, 3), Numbers.Random<float>(columns, 4));
        var (gamma, beta) = isAffine ? (Numbers.Random<float>(channels, 5), Numbers.Random<float>(channels, 6)) : ([], []);
        var (runningMean, runningVariance) = (Numbers.Random<float>(channels, 7), Numbers.Random<float>(channels, 8).Select(value => Math.Abs(value) + 0.1f).ToArray());
        var (y, mean, inverse, dx) = (new float[x.Length], new float[channels], new float[channels], new float[x.Length]);
        var (dgamma, dbeta) = isAffine ? (Numbers.Random<float>(channels, 9), Numbers.Random<float>(channels, 10)) : ([], []);
        var (onX, onDy, onOther, onBy, onGamma, onBeta) = (device.Put(x), device.Put(dy), device.Put(other), device.Put(by), device.Put(gamma), device.Put(beta));
        var (onRunningMean, onRunningVariance, onMean, onInverse) = (device.Put(runningMean), device.Put(runningVariance), device.Put(mean), device.Put(inverse));
        var (onY, onDgamma, onDbeta) = (device.Put(y), device.Put(dgamma), device.Put(dbeta));
        var host = new HostMix(by, other, columns);
        var mix = new DeviceMix(onBy, onOther, columns);

        Cpu.BatchNorm.Forward<float, HostMix>(x, gamma, beta, y, mean, inverse, runningMean, runningVariance, samples, channels, inner, Eps, 0.1, training, host);
        BatchNorm.Forward(onX, onGamma, onBeta, onY, onMean, onInverse, onRunningMean, onRunningVariance, samples, channels, inner, Eps, 0.1, training, mix);
        var what = $"[{samples}×{channels}×{inner}], training {training}, affine {isAffine}";
        onY.Get().ShouldAgree(y, 2e-5, $"y {what}");
        onMean.Get().ShouldAgree(mean, 1e-6, $"mean {what}");
        onInverse.Get().ShouldAgree(inverse, 1e-5, $"inverse deviation {what}");
        onRunningMean.Get().ShouldAgree(runningMean, 1e-6, $"running mean {what}");
        onRunningVariance.Get().ShouldAgree(runningVariance, 1e-5, $"running variance {what}");

        Cpu.BatchNorm.Backward<float, HostMix, HostMix>(dy, x, gamma, mean, inverse, dx, dgamma, dbeta, samples, channels, inner, training, accumulate: true, host, host);
        // Without dx, then with it in the place of dy.
        BatchNorm.Backward(onDy, onX, onGamma, onMean, onInverse, default, onDgamma, onDbeta, samples, channels, inner, training, accumulate: true, mix, mix);
        onDgamma.Get().ShouldAgree(dgamma, 2e-5, $"dγ alone {what}");
        onDbeta.Get().ShouldAgree(dbeta, 2e-5, $"dβ alone {what}");
        BatchNorm.Backward(onDy, onX, onGamma, onMean, onInverse, onDy, onDgamma, onDbeta, samples, channels, inner, training, accumulate: false, mix, mix);
        onDy.Get().ShouldAgree(dx, 2e-5, $"dx {what}");
        Cpu.BatchNorm.Backward<float, HostMix, HostMix>(dy, x, gamma, mean, inverse, dx, dgamma, dbeta, samples, channels, inner, training, accumulate: false, host, host);
        onDgamma.Get().ShouldAgree(dgamma, 2e-5, $"dγ {what}");
        onDbeta.Get().ShouldAgree(dbeta, 2e-5, $"dβ {what}");

        // In the place of x, without the gradients of γ and β.
        BatchNorm.Backward(device.Put(dy), onX, onGamma, onMean, onInverse, onX, default, default, samples, channels, inner, training, accumulate: false, mix, mix);
        onX.Get().ShouldAgree(dx, 2e-5, $"dx in place of x {what}");

        var (scale, shift) = (new float[channels], new float[channels]);
        var (onScale, onShift) = (device.Put(scale), device.Put(shift));
        Cpu.BatchNorm.Fold<float>(gamma, beta, runningMean, runningVariance, scale, shift, channels, Eps);
        BatchNorm.Fold(onGamma, onBeta, onRunningMean, onRunningVariance, onScale, onShift, channels, Eps);
        onScale.Get().ShouldAgree(scale, 1e-5, $"scale {what}");
        onShift.Get().ShouldAgree(shift, 1e-5, $"shift {what}");
    }

    [Fact]
    public void A_batch_of_one_number_a_channel_has_no_variance()
    {
        using var device = GpuDevice.Cpu();
        var view = device.Put(new float[3]);
        Should.Throw<ArgumentException>(() => BatchNorm.Forward<float, Store<float>>(view, default, default, view, view, view, default, default, 1, 3, 1, Eps, 0.1, training: true, default))
            .Message.ShouldContain("needs 2 for a variance");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Group_layer_and_RMS_normalisation_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        foreach (var (samples, channels, inner, groups) in Devices.Simulates(kind) ? [(3, 4, 5, 2), (4, 6, 1, 3)] : new[] { (3, 6, 35, 2), (70, 90, 1, 3), (3, 3, 300, 3), (5, 700, 1, 1) })
        {
            Grouped(device, samples, channels, inner, groups, isCentred: true, isAffine: true);
            Grouped(device, samples, channels, inner, groups, isCentred: true, isAffine: false);
        }

        Grouped(device, 5, 37, 1, 1, isCentred: false, isAffine: true);
        Grouped(device, 5, 37, 1, 1, isCentred: false, isAffine: false);
    }

    private static void Grouped(GpuDevice device, int samples, int channels, int inner, int groups, bool isCentred, bool isAffine)
    {
        var columns = inner == 1 ? channels : inner;
        var x = Numbers.Random<float>(samples * channels * inner, 1).Select(value => isCentred ? value + 50 : value).ToArray();
        var (dy, other, by) = (Numbers.Random<float>(x.Length, 2), Numbers.Random<float>(x.Length, 3), Numbers.Random<float>(columns, 4));
        var (gamma, beta) = isAffine ? (Numbers.Random<float>(channels, 5), Numbers.Random<float>(channels, 6)) : ([], []);
        var (y, mean, inverse, dx) = (new float[x.Length], new float[samples * groups], new float[samples * groups], new float[x.Length]);
        var (dgamma, dbeta) = isAffine ? (Numbers.Random<float>(channels, 9), Numbers.Random<float>(channels, 10)) : ([], []);
        var (onX, onDy, onOther, onBy, onGamma, onBeta) = (device.Put(x), device.Put(dy), device.Put(other), device.Put(by), device.Put(gamma), device.Put(beta));
        var (onY, onMean, onInverse, onDgamma, onDbeta) = (device.Put(y), device.Put(mean), device.Put(inverse), device.Put(dgamma), device.Put(dbeta));
        var host = new HostMix(by, other, columns);
        var mix = new DeviceMix(onBy, onOther, columns);
        var what = $"[{samples}×{channels}×{inner}], groups {groups}, centred {isCentred}, affine {isAffine}";
        if (isCentred)
        {
            Cpu.GroupNorm.Forward<float, HostMix>(x, gamma, beta, y, mean, inverse, samples, channels, inner, groups, Eps, host);
            Cpu.GroupNorm.Backward<float, HostMix, HostMix>(dy, x, gamma, mean, inverse, dx, dgamma, dbeta, samples, channels, inner, groups, accumulate: true, host, host);
            if (inner == 1 && groups == 1)
                LayerNorm.Forward(onX, onGamma, onBeta, onY, onMean, onInverse, samples, channels, Eps, mix);
            else
                GroupNorm.Forward(onX, onGamma, onBeta, onY, onMean, onInverse, samples, channels, inner, groups, Eps, mix);
            onMean.Get().ShouldAgree(mean, 1e-6, $"mean {what}");
        }
        else
        {
            Cpu.RmsNorm.Forward<float, HostMix>(x, gamma, y, inverse, samples, channels, Eps, host);
            Cpu.RmsNorm.Backward<float, HostMix, HostMix>(dy, x, gamma, inverse, dx, dgamma, samples, channels, accumulate: true, host, host);
            RmsNorm.Forward(onX, onGamma, onY, onInverse, samples, channels, Eps, mix);
        }

        onY.Get().ShouldAgree(y, 2e-5, $"y {what}");
        onInverse.Get().ShouldAgree(inverse, 1e-5, $"inverse deviation {what}");
        // dx in the place of dy.
        if (!isCentred)
            RmsNorm.Backward(onDy, onX, onGamma, onInverse, onDy, onDgamma, samples, channels, accumulate: true, mix, mix);
        else if (inner == 1 && groups == 1)
            LayerNorm.Backward(onDy, onX, onGamma, onMean, onInverse, onDy, onDgamma, onDbeta, samples, channels, accumulate: true, mix, mix);
        else
            GroupNorm.Backward(onDy, onX, onGamma, onMean, onInverse, onDy, onDgamma, onDbeta, samples, channels, inner, groups, accumulate: true, mix, mix);
        onDgamma.Get().ShouldAgree(dgamma, 2e-5, $"dγ {what}");
        if (isCentred)
            onDbeta.Get().ShouldAgree(dbeta, 2e-5, $"dβ {what}");
        onDy.Get().ShouldAgree(dx, 2e-5, $"dx {what}");

        // In the place of x, without the gradients of γ and β.
        if (!isCentred)
            RmsNorm.Backward(device.Put(dy), onX, onGamma, onInverse, onX, default, samples, channels, accumulate: false, mix, mix);
        else if (inner == 1 && groups == 1)
            LayerNorm.Backward(device.Put(dy), onX, onGamma, onMean, onInverse, onX, default, default, samples, channels, accumulate: false, mix, mix);
        else
            GroupNorm.Backward(device.Put(dy), onX, onGamma, onMean, onInverse, onX, default, default, samples, channels, inner, groups, accumulate: false, mix, mix);
        onX.Get().ShouldAgree(dx, 2e-5, $"dx in place of x {what}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Local_response_normalisation_agrees_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        foreach (var (samples, channels, inner, size, beta) in Devices.Simulates(kind) ? [(2, 5, 3, 3, 0.75)] : new[] { (3, 7, 35, 5, 0.75), (9, 37, 1, 4, 0.5), (2, 3, 5, int.MaxValue, 1.5) })
        {
            var columns = inner == 1 ? channels : inner;
            var x = Numbers.Random<float>(samples * channels * inner, 1);
            var (dy, other, by) = (Numbers.Random<float>(x.Length, 2), Numbers.Random<float>(x.Length, 3), Numbers.Random<float>(columns, 4));
            var (y, scale, dx, scratch) = (new float[x.Length], new float[x.Length], new float[x.Length], new float[x.Length]);
            var (onX, onDy, onY, onScale, onOther, onBy) = (device.Put(x), device.Put(dy), device.Put(y), device.Put(scale), device.Put(other), device.Put(by));
            var host = new HostMix(by, other, columns);
            var mix = new DeviceMix(onBy, onOther, columns);
            Cpu.LocalResponseNorm.Forward<float, HostMix>(x, y, scale, samples, channels, inner, size, 0.3, beta, 2, host);
            Cpu.LocalResponseNorm.Backward<float, HostMix>(dy, x, scale, dx, scratch, samples, channels, inner, size, 0.3, beta, host);
            LocalResponseNorm.Forward<float, SingleMath, DeviceMix>(onX, onY, onScale, samples, channels, inner, size, 0.3, beta, 2, mix);
            onY.Get().ShouldAgree(y, 2e-6, $"y, size {size}");
            onScale.Get().ShouldAgree(scale, 2e-6, $"s, size {size}");
            LocalResponseNorm.Backward<float, SingleMath, DeviceMix>(onDy, onX, onScale, onDy, onScale, samples, channels, inner, size, 0.3, beta, mix);
            onDy.Get().ShouldAgree(dx, 5e-6, $"dx, size {size}");
        }
    }
}
