using NetDsl.Gpu.Tests.Networks;
using NetDsl.Gpu.Tests.Support;

namespace NetDsl.Gpu.Tests.Runtime;

/// <summary>What steps on a device allocate on the host, once kernels are compiled and memory is taken; the simulator starts threads.</summary>
public class AllocationTests
{
    private const int Batch = 7;

    [Fact]
    public void A_training_step_allocates_nothing_on_the_host()
    {
        using var device = Devices.Open(Devices.Default);
        var network = new Classifier().On(device);
        using var workspace = new Classifier.Gpu.Workspace(device, Batch);
        var (parameters, gradients, optimizer) = (new Classifier.Parameters(1), new Classifier.Gradients(), new Adam<float>());
        var (x, labels) = (Numbers.Random<float>(Batch * 20, 1), new int[Batch]);
        AllocatedBytes(() =>
        {
            network.Forward(parameters, x, workspace);
            network.Evaluate(workspace, labels);
            network.Backward(parameters, x, workspace, gradients);
            optimizer.Step(parameters, gradients);
        }).ShouldBe(0);
        // Reading the loss does, in ILGPU's copies.
        AllocatedBytes(() => _ = workspace.Loss).ShouldBeInRange(0, 512);
    }

    [Fact]
    public void Nor_does_one_with_convolutions_normalisations_and_sums_over_several_kernels()
    {
        using var device = Devices.Open(Devices.Default);
        var network = new Residual().On(device);
        using var workspace = new Residual.Gpu.Workspace(device, Batch);
        var (parameters, gradients, optimizer) = (new Residual.Parameters(1), new Residual.Gradients(), new Nesterov<float>(0.05));
        var (x, labels) = (Numbers.Random<float>(Batch * 3 * 8 * 8, 1), new int[Batch]);
        AllocatedBytes(() =>
        {
            network.Forward(parameters, x, workspace);
            network.Evaluate(workspace, labels);
            network.Backward(parameters, x, workspace, gradients);
            optimizer.Step(parameters, gradients);
        }).ShouldBe(0);
    }

    private static long AllocatedBytes(Action step)
    {
        const int Steps = 20;
        for (var i = 0; i < 10; i++)
            step();
        // What other tests have dropped is freed by whoever comes next.
        Garbage.Collect();
        step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Steps; i++)
            step();
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return Devices.Simulates(Devices.Default) ? 0 : bytes / Steps;
    }
}
