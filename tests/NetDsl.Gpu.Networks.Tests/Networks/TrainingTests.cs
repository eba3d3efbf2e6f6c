using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using static NetDsl.Gpu.Tests.Networks.Training;

namespace NetDsl.Gpu.Tests.Networks;

/// <summary>Generated networks: what the GPU half computes is what the CPU half computes, step after step.</summary>
public class TrainingTests
{
    private const int Batch = 7;

    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    public static TheoryData<GpuDeviceKind> Real => Devices.Large;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_classifier_with_dropout_trains_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var labels = Enumerable.Range(0, Batch).Select(i => i * 3 % 5).ToArray();
        Compare(new Classifier(), new Classifier().On(device), labels, new Adam<float>(0.01, weightDecay: 0.01), new Adam<float>(0.01, weightDecay: 0.01));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Masks_that_are_kept_drop_the_same_elements_again(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var (cpu, gpu) = (new Classifier(), new Classifier().On(device));
        var (parameters, copy) = (new Classifier.Parameters(1), new Classifier.Parameters(1));
        var (workspace, onDevice) = (new Classifier.Workspace(Batch) { Seed = 3 }, new Classifier.Gpu.Workspace(device, Batch) { Seed = 3 });
        var (x, labels, losses) = (Numbers.Random<float>(Batch * 20, 1), Enumerable.Range(0, Batch).Select(i => i % 5).ToArray(), new List<float>());
        for (var pass = 0; pass < 3; pass++)
        {
            (workspace.KeepMasks, onDevice.KeepMasks) = (pass == 1, pass == 1);
            cpu.Forward(parameters, x, workspace);
            gpu.Forward(copy, x, onDevice);
            losses.Add(gpu.Loss(onDevice, labels));
            losses[^1].ShouldBe(cpu.Loss(workspace, labels), 1e-5f, $"pass {pass}");
        }

        losses[1].ShouldBe(losses[0]);
        losses[2].ShouldNotBe(losses[0]);
        onDevice.KeepMasks.ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_gradient_of_the_batch_takes_its_place_and_so_ends_the_step(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var (host, network) = (new OneLayer(), new OneLayer().On(device));
        var (parameters, gradients, x) = (new OneLayer.Parameters(seed: 1), new OneLayer.Gradients(), Numbers.Random<float>(8, 1));
        var (hostWorkspace, workspace) = (new OneLayer.Workspace(2), new OneLayer.Gpu.Workspace(device, 2));
        float[] hostInput = new float[8], input = new float[8];
        host.Forward(parameters, x, hostWorkspace);
        host.Loss(hostWorkspace, [0, 2]);
        host.BackwardInput(parameters, hostWorkspace, hostInput);
        network.Forward(parameters, x, workspace);
        network.Loss(workspace, [0, 2]);
        network.BackwardInput(parameters, workspace, input);
        Enumerable.Range(0, 8).ShouldAllBe(i => Math.Abs(input[i] - hostInput[i]) < 1e-6f);
        workspace.Penalty.ShouldBe(hostWorkspace.Penalty, 1e-6f);
        hostWorkspace.Penalty.ShouldBeGreaterThan(0);
        Should.Throw<InvalidOperationException>(() => network.Backward(parameters, x, workspace, gradients));
        network.Forward(parameters, x, workspace);
        Should.Throw<ArgumentException>(() => network.Loss(workspace, [0, 2], default, new float[3]));
        workspace.Dispose();
        Should.Throw<ObjectDisposedException>(() => network.Forward(parameters, x, workspace));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Own_functions_learnable_slopes_gates_and_penalties_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var targets = Numbers.Random<float>(Batch * 4, 8).Select(x => x > 0 ? 1f : 0).ToArray();
        Compare(new Laboratory(), new Laboratory().On(device), targets, new Nesterov<float>(0.05), new Nesterov<float>(0.05));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Branches_and_shared_weights_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var targets = Numbers.Random<float>(Batch * 8, 8);
        Compare(new Joined(), new Joined().On(device), targets, Scaled(new Momentum<float>(0.1, dampening: 0.1)), Scaled(new Momentum<float>(0.1, dampening: 0.1)));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void A_convolutional_network_trains_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var labels = Enumerable.Range(0, Batch).Select(i => i * 3 % 5).ToArray();
        Compare(new Convolutional(), new Convolutional().On(device), labels, new Sgd<float>(0.1, weightDecay: 0.001), new Sgd<float>(0.1, weightDecay: 0.001));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Concatenated_branches_groups_of_channels_and_filters_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var labels = Enumerable.Range(0, Batch).Select(i => i * 3 % 5).ToArray();
        Compare(new Inception(), new Inception().On(device), labels, new Momentum<float>(0.05), new Momentum<float>(0.05));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Images_that_are_made_larger_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var network = new Decoder();
        Compare(network, network.On(device), Numbers.Random<float>(Batch * Decoder.Description.OutputSize, 8), new Sgd<float>(0.05), new Sgd<float>(0.05));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void A_network_without_a_loss_takes_gradients_from_outside(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var (cpu, gpu) = (new Encoder(), new Encoder().On(device));
        var (x, dy) = (Numbers.Random<float>(Batch * 4, 1), Numbers.Random<float>(Batch * 3, 2));
        var (workspace, onDevice) = (new Encoder.Workspace(Batch), new Encoder.Gpu.Workspace(device, Batch));
        var (parameters, copy, gradients, copies) = (new Encoder.Parameters(1), new Encoder.Parameters(1), new Encoder.Gradients(), new Encoder.Gradients());
        cpu.Forward(parameters, x, workspace);
        gpu.Forward(copy, x, onDevice);
        onDevice.LossInput.Get().ShouldAgree(workspace.LossInput, 1e-5, "answer");
        for (var i = 0; i < 2; i++)
        {
            cpu.Forward(parameters, x, workspace);
            gpu.Forward(copy, x, onDevice);
            cpu.OutputGradient(workspace, dy);
            gpu.OutputGradient(onDevice, dy);
            cpu.Backward(parameters, x, workspace, gradients, accumulate: i > 0);
            gpu.Backward(copy, x, onDevice, copies, accumulate: i > 0);
        }

        copies.Values.ToArray().ShouldAgree(gradients.Values, 1e-5, "gradients, twice");
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Backward_pass_and_step_in_one_are_one_after_the_other_on_a_device_and_step_at_once_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        INetwork<float, int> cpu = new Large(), gpu = new Large().On(device);
        (cpu.StepsInBackward, gpu.StepsInBackward).ShouldBe((true, false));
        var (parameters, copy, copies) = (cpu.CreateParameters(1), cpu.CreateParameters(1), cpu.CreateGradients());
        var (inOne, apart) = (new Adam<float>(0.01), new Adam<float>(0.01));
        var x = Numbers.Random<float>(Batch * 257, 1);
        foreach (var network in new[] { gpu, gpu, cpu, gpu })
        {
            var (workspace, other, gradients) = (network.CreateWorkspace(Batch), network.CreateWorkspace(Batch), network.CreateGradients());
            void Forward(ParameterArena<float> of, Workspace<float> into)
            {
                network.Forward(of, x, into, training: true);
                network.Loss(into, [0, 1, 2, 3, 4, 0, 1]);
            }

            // Home before the CPU's turn, so that the optimiser's state is.
            if (network == cpu)
            {
                parameters.LeaveDevice();
                copy.LeaveDevice();
            }

            Forward(parameters, workspace);
            inOne.BackwardStep(network, parameters, x, workspace, gradients);
            Forward(copy, other);
            network.Backward(copy, x, other, copies, accumulate: false);
            apart.Step(copy, copies);
            parameters.Values.ToArray().ShouldBe(copy.Values.ToArray());
            gradients.Values.ToArray().AsSpan(0, 257 * 257).ContainsAnyExcept(0).ShouldBe(network == gpu);
        }
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void The_trainer_fits_a_network_on_a_device(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var (epochs, count) = Devices.Simulates(kind) ? (1, 40) : (30, 400);
        var x = Numbers.Random<float>(count * 20, 1);
        var labels = Enumerable.Range(0, count).Select(i => MaxOf(x.AsSpan(20 * i, 5))).ToArray();
        var data = new Dataset<float, int>(x, labels, 20, classes: 5);
        var options = new FitOptions<float, int> { Epochs = epochs, BatchSize = 32, Seed = 3, Validation = data };
        var (parameters, copy) = (new Classifier.Parameters(1), new Classifier.Parameters(1));
        var onCpu = new Trainer<float, int>(new Classifier(), parameters, new Adam<float>(0.01)).Fit(data, options);
        var onGpu = new Trainer<float, int>(new Classifier().On(device), copy, new Adam<float>(0.01)).Fit(data, options);
        onGpu.Epochs[^1].ValidationMetric!.Value.ShouldBe(onCpu.Epochs[^1].ValidationMetric!.Value, 0.05);
        onGpu.Epochs[0].TrainingLoss.ShouldBe(onCpu.Epochs[0].TrainingLoss, 1e-4);
        if (!Devices.Simulates(kind))
            onGpu.Epochs[^1].ValidationMetric!.Value.ShouldBeGreaterThan(0.8);
    }

    /// <summary>A launch for each fused operation: 2 masks, 3 layers, the loss and its sum, 3 gradients of parameters, 2 of inputs, 1 update.</summary>
    [Fact]
    public void A_training_step_launches_a_kernel_for_each_fused_operation()
    {
        using var device = Devices.Open(GpuDeviceKind.Cpu);
        var network = new Classifier().On(device);
        using var workspace = new Classifier.Gpu.Workspace(device, Batch);
        var (parameters, gradients, optimizer) = (new Classifier.Parameters(1), new Classifier.Gradients(), new Adam<float>());
        var x = Numbers.Random<float>(Batch * 20, 1);
        var before = device.Launches;
        network.Forward(parameters, x, workspace);
        network.Evaluate(workspace, (ReadOnlySpan<int>)[0, 1, 2, 3, 4, 0, 1]);
        network.Backward(parameters, x, workspace, gradients);
        optimizer.Step(parameters, gradients);
        (device.Launches - before).ShouldBe(2 + 3 + 2 + 3 + 2 + 1);
        workspace.Loss.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_training_step_brings_the_batch_and_its_labels_to_the_device_and_nothing_back()
    {
        using var run = new DryRun();
        var network = new Classifier().On(run.Device);
        using var workspace = new Classifier.Gpu.Workspace(run.Device, Batch);
        var (parameters, gradients, optimizer) = (new Classifier.Parameters(1), new Classifier.Gradients(), new Adam<float>());
        var (up, down) = (0L, 0L);
        for (var step = 0; step < 2; step++)
        {
            (up, down) = (run.Device.BytesUploaded, run.Device.BytesDownloaded);
            network.Forward(parameters, new float[Batch * 20], workspace);
            network.Evaluate(workspace, new int[Batch]);
            network.Backward(parameters, new float[Batch * 20], workspace, gradients);
            optimizer.Step(parameters, gradients);
        }

        (run.Device.BytesUploaded - up).ShouldBe(Batch * (20 + 1) * sizeof(float));
        (run.Device.BytesDownloaded - down).ShouldBe(0);
    }

    [Fact]
    public void What_a_device_holds_comes_home_when_it_is_disposed()
    {
        var (parameters, gradients, optimizer) = (new Classifier.Parameters(1), new Classifier.Gradients(), new Adam<float>(0.1));
        var (copy, copies, onCpu) = (new Classifier.Parameters(1), new Classifier.Gradients(), new Adam<float>(0.1));
        Numbers.Random<float>(gradients.Values.Length, 2).CopyTo(gradients.Values);
        gradients.Values.CopyTo(copies.Values);
        var answer = new float[Batch * 5];
        using (var device = Devices.Open(GpuDeviceKind.Cpu))
        {
            new Classifier().On(device).Predict(parameters, Numbers.Random<float>(Batch * 20, 1), answer, new Classifier.Gpu.Workspace(device, Batch, training: false));
            optimizer.Step(parameters, gradients);
            device.AllocatedBytes.ShouldBeGreaterThan(4 * 4 * parameters.Count);
        }

        onCpu.Step(copy, copies);
        parameters.Values.ToArray().ShouldAgree(copy.Values, 1e-6, "after the device");
        optimizer.Step(parameters, gradients);
        onCpu.Step(copy, copies);
        parameters.Values.ToArray().ShouldAgree(copy.Values, 1e-6, "a step further");
    }

    private static int MaxOf(ReadOnlySpan<float> scores) => Prediction.ArgMax(scores);

    private static Optimizer<float> Scaled(Optimizer<float> optimizer)
    {
        optimizer.ScaleLearningRate("first.bias", 0);
        optimizer.ScaleLearningRate("first.weight", 0.5);
        return optimizer;
    }
}
