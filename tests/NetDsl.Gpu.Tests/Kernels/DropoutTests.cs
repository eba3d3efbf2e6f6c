using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>Masks, which are those of the CPU to the bit.</summary>
public class DropoutTests
{
    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Masks_are_those_of_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        foreach (var length in Devices.Simulates(kind) ? [1, 37] : new[] { 1, 15, 16, 17, 100, 4099 })
        {
            var mask = new float[length];
            NetDsl.Kernels.Dropout.FillMask<float>(mask, 0.3, seed: 0xFEDCBA9876543210, step: 5);
            var onMask = device.Put(new float[length]);
            Dropout.FillMask(onMask, 0.3, seed: 0xFEDCBA9876543210, step: 5);
            onMask.Get().ShouldBe(mask);
        }

        var channels = new double[3 * 7 * 5];
        NetDsl.Kernels.Dropout.FillChannelMask<double>(channels, 3, 7, 5, 0.5, seed: 1, step: 2);
        var onChannels = device.Put(new double[channels.Length]);
        Dropout.FillChannelMask(onChannels, 3, 7, 5, 0.5, seed: 1, step: 2);
        onChannels.Get().ShouldBe(channels);
    }
}
