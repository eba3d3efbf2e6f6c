using System.Runtime.CompilerServices;
using NetDsl.Gpu.Tests.Networks;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Runtime;

/// <summary>What holds memory on a device, and for how long.</summary>
public class MemoryTests
{
    private const int Batch = 6;

    [Fact]
    public void What_is_dropped_gives_its_memory_back()
    {
        using var device = Devices.Open(Devices.Default);
        Train(device);
        device.AllocatedBytes.ShouldBeGreaterThan(0);
        Garbage.Collect();
        device.Synchronize();
        device.AllocatedBytes.ShouldBe(0);
    }

    [Fact]
    public void A_trainer_that_is_dropped_leaves_its_parameters_alone_on_the_device()
    {
        using var device = Devices.Open(Devices.Default);
        var parameters = new Classifier.Parameters(1);
        Fit(device, parameters);
        Garbage.Collect();
        device.Synchronize();
        device.AllocatedBytes.ShouldBe(parameters.Values.Length * sizeof(float));
        parameters.Values.ToArray().ShouldAllBe(value => float.IsFinite(value));
    }

    [Fact]
    public void Memory_stays_while_somebody_has_a_view_of_it()
    {
        using var device = Devices.Open(Devices.Default);
        var view = device.Put([1f, 2, 3]);
        Garbage.Collect();
        device.Synchronize();
        device.AllocatedBytes.ShouldBe(3 * sizeof(float));
        view.Get().ShouldBe([1f, 2, 3]);
    }

    [Fact]
    public void Answers_take_the_memory_of_inference_alone()
    {
        using var device = Devices.Open(Devices.Default);
        var (parameters, x) = (new Classifier.Parameters(1), Numbers.Random<float>(Batch * 20, 1));
        new Trainer<float, int>(new Classifier().On(device), parameters, new Sgd<float>(0.1)).Predict(x);
        var taken = device.AllocatedBytes - parameters.Values.Length * sizeof(float);
        var before = device.AllocatedBytes;
        using var workspace = new Classifier.Gpu.Workspace(device, Batch, training: false);
        taken.ShouldBe(device.AllocatedBytes - before);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Train(GpuDevice device)
    {
        var network = new Classifier().On(device);
        var workspace = new Classifier.Gpu.Workspace(device, Batch);
        var (parameters, gradients, optimizer) = (new Classifier.Parameters(1), new Classifier.Gradients(), new Adam<float>());
        network.Forward(parameters, new float[Batch * 20], workspace);
        network.Evaluate(workspace, new int[Batch]);
        network.Backward(parameters, new float[Batch * 20], workspace, gradients);
        optimizer.Step(parameters, gradients);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fit(GpuDevice device, Classifier.Parameters parameters)
    {
        var data = new Dataset<float, int>(Numbers.Random<float>(12 * 20, 1), new[] { 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1 }, 20, classes: 5);
        new Trainer<float, int>(new Classifier().On(device), parameters, new Adam<float>()).Fit(data, new() { Epochs = 2, BatchSize = Batch, Validation = data });
    }
}
