using System.Numerics;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Optimizers;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>The optimisers' rules on a device.</summary>
public class UpdateTests
{
    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_rule_agrees_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Check<float, SgdRule<float>>(device, new(0.1, 0.01), 1e-6);
        Check<float, MomentumRule<float>>(device, new(0.1, 0.9, 0.2, 0.01, nesterov: false), 1e-6);
        Check<float, MomentumRule<float>>(device, new(0.1, 0.9, 0, 0.01, nesterov: true), 1e-6);
        Check<float, MomentumTextbookRule<float>>(device, new(0.1, 0.9, nesterov: true), 1e-6);
        Check<float, AdamRule<float>>(device, new(0.1, 0.9, 0.999, 1e-8, 0.01, 0.1, 0.001), 1e-6);
        Check<double, AdamRule<double>>(device, new(0.1, 0.9, 0.999, 1e-8, 0.01, 0.1, 0.001, epsilonHat: true, decoupledDecay: true), 1e-14);
    }

    private static void Check<T, TRule>(GpuDevice device, TRule rule, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : struct, IUpdateRule<T>
    {
        const int Length = 67;
        var (w, g, s1, s2) = (Numbers.Random<T>(Length, 1), Numbers.Random<T>(Length, 2), Numbers.Random<T>(Length, 3), Numbers.Random<T>(Length, 4).Select(T.Abs).ToArray());
        var (onW, onG, onS1, onS2) = (device.Put(w), device.Put(g), device.Put(s1), device.Put(s2));
        NetDsl.Kernels.Optimizers.Update.Run(w, g, s1, s2, rule);
        NetDsl.Kernels.Ilgpu.Optimizers.Update.Run(onW, onG, onS1, onS2, rule);
        onW.Get().ShouldAgree(w, tolerance, typeof(TRule).Name);
        onS1.Get().ShouldAgree(s1, tolerance, typeof(TRule).Name);
        onS2.Get().ShouldAgree(s2, tolerance, typeof(TRule).Name);
    }
}
