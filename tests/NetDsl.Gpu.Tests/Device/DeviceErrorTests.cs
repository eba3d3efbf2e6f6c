using System.Runtime.InteropServices;
using NetDsl.Gpu.Tests.Networks;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Ilgpu.Device;

namespace NetDsl.Gpu.Tests.Device;

/// <summary>What a user hears who asks for what isn't there, or mixes devices up.</summary>
public class DeviceErrorTests
{
    private static readonly GpuDeviceInfo Pocl = new(GpuDeviceKind.OpenCL, 0, "PoCL", 1L << 30, 2);

    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    [Fact]
    public void A_missing_kind_of_device_is_told_with_what_was_looked_for_and_what_there_is()
    {
        MissingDevice.NoneOf(GpuDeviceKind.Cuda, [Pocl], hasLibrary: false).ShouldSatisfyAllConditions(
            text => text.ShouldStartWith("No CUDA device found: "),
            text => text.ShouldContain("can't be loaded, which NVIDIA's driver brings"),
            text => text.ShouldContain("OpenCL has PoCL: use GpuDevice.OpenCL()."),
            text => text.ShouldContain("GpuDevice.Cpu()"));
        MissingDevice.NoneOf(GpuDeviceKind.Cuda, [], hasLibrary: true).ShouldContain("NVIDIA's driver is there, but shows none");
        MissingDevice.NoneOf(GpuDeviceKind.OpenCL, [], hasLibrary: false).ShouldContain("a driver is needed beside it");
        MissingDevice.None(hasCuda: false, hasOpenCL: true).ShouldSatisfyAllConditions(
            text => text.ShouldContain("No CUDA device found: "),
            text => text.ShouldContain("No OpenCL device found: "),
            text => text.ShouldContain("no driver for it shows a device"));
        MissingDevice.NoNumber(GpuDeviceKind.OpenCL, 3, [Pocl]).ShouldBe("There is no OpenCL device 3; the only one is number 0: OpenCL 0: PoCL, 1.0 GiB, 2 multiprocessors.");
    }

    [Fact]
    public void A_workspace_of_another_device_is_refused()
    {
        using var device = GpuDevice.Cpu();
        using var other = GpuDevice.Cpu();
        using var workspace = new OneLayer.Gpu.Workspace(other, 2);
        var network = new OneLayer().On(device);
        Should.Throw<ArgumentException>(() => network.Forward(new OneLayer.Parameters(1), new float[8], workspace)).Message.ShouldContain("create it with the network's");
        Should.Throw<ArgumentException>(() => network.Predict(new OneLayer.Parameters(1), new float[8], new float[6], workspace));
    }

    [Fact]
    public void What_was_disposed_says_so()
    {
        var device = GpuDevice.Cpu();
        var workspace = new OneLayer.Gpu.Workspace(device, 2);
        device.Dispose();
        Should.Throw<ObjectDisposedException>(() => workspace.Loss).Message.ShouldContain("or its GpuDevice was");
        Should.Throw<ObjectDisposedException>(() => new OneLayer.Gpu.Workspace(device, 2)).Message.ShouldContain("or open another");
        workspace.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void More_memory_than_there_is_says_how_much(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Should.Throw<InsufficientMemoryException>(() => device.Allocate<Huge>(int.MaxValue / 2)).Message.ShouldContain("gave no 1125899905.8 MB beside the 0.0 MB");
        device.AllocatedBytes.ShouldBe(0);
    }

    [Fact]
    public void Who_listened_through_a_disposed_device_hears_nothing_more()
    {
        var heard = 0;
        using (var device = GpuDevice.Cpu())
            device.KernelLoaded += _ => heard++;
        using var later = GpuDevice.Cpu();
        later.KernelLoaded += load => load.ToString().ShouldContain("FillKernel<Byte>");
        later.Allocate<byte>(1).View.Fill((byte)1);
        heard.ShouldBe(0);
    }

    [StructLayout(LayoutKind.Sequential, Size = 1 << 20)]
    private struct Huge;
}
