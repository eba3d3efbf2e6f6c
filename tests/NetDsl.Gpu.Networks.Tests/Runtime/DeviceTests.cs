using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Runtime;

/// <summary>What a device does for all networks.</summary>
public class DeviceTests
{
    [Fact]
    public void Who_hears_of_a_compiled_kernel_can_use_the_device_on_any_thread()
    {
        using var device = Devices.Open(Devices.Default);
        var (x, sum) = (device.Put(Numbers.Random<float>(5000, 1)), device.Put(new float[1]));
        List<bool> reached = [];
        device.KernelLoaded += Use;
        // Two kernels that share memory within a turn.
        Reduce.AddSum(x, 1, 5000, new Halved(), sum);
        device.KernelLoaded -= Use;
        reached.ShouldNotBeEmpty();
        reached.ShouldAllBe(isReached => isReached);

        void Use(KernelLoad load) => reached.Add(Task.Run(device.Synchronize).Wait(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void A_block_has_no_more_elements_than_kernels_can_count()
    {
        using var device = Devices.Open(GpuDeviceKind.Cpu);
        Should.Throw<ArgumentOutOfRangeException>(() => device.Allocate<byte>(int.MaxValue)).Message.ShouldContain("2146435071");
        Should.Throw<ArgumentOutOfRangeException>(() => device.Allocate<byte>(-1));
    }
}

/// <summary>An operator of this test's own, so that no other test has its kernels compiled.</summary>
internal readonly struct Halved : IEpilogue<float>
{
    public float Apply(float value, int row, int column) => value / 2;
}
