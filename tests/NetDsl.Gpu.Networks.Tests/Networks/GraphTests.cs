using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using static NetDsl.Gpu.Tests.Networks.Training;

namespace NetDsl.Gpu.Tests.Networks;

/// <summary>Networks with several inputs, answers and losses.</summary>
public class GraphTests
{
    private const int Batch = 7;

    public static TheoryData<GpuDeviceKind> Real => Devices.Large;

    [Theory]
    [MemberData(nameof(Real))]
    public void Two_weighted_losses_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var targets = SideBySide.Join<float>(Batch, SideBySide.OneHot<float>(Labels(5, 2), 5), Numbers.Random<float>(Batch * 2, 3));
        Compare(new PolicyValue(), new PolicyValue().On(device), targets, new Adam<float>(0.01), new Adam<float>(0.01));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Two_inputs_and_an_answer_beside_the_loss_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var targets = Numbers.Random<float>(Batch * 2, 8).Select(x => x > 0 ? 1f : 0).ToArray();
        Compare(new TwoTowers(), new TwoTowers().On(device), targets, new Momentum<float>(0.1), new Momentum<float>(0.1));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Pairs_of_embeddings_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Compare(new Siamese(), new Siamese().On(device), [.. Labels(2, 1).Select(label => (float)label)], new Sgd<float>(0.1), new Sgd<float>(0.1));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Triplets_beside_cosines_and_classes_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var targets = SideBySide.Join<float>(Batch, Labels(2, 1).Select(label => 2f * label - 1).ToArray(), SideBySide.OneHot<float>(Labels(3, 2), 3));
        Compare(new Faces(), new Faces().On(device), targets, new Sgd<float>(0.05), new Sgd<float>(0.05));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void The_trainer_fits_two_losses_over_labels(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var (epochs, count) = Devices.Simulates(kind) ? (1, 16) : (10, 200);
        var x = Numbers.Random<float>(count * 6, 1);
        var labels = Enumerable.Range(0, count).SelectMany(i => new[] { Prediction.ArgMax<float>(x.AsSpan(6 * i, 3)), x[6 * i + 4] > 0 ? 1 : 3 }).ToArray();
        var data = new Dataset<float, int>(x, labels, 6, targetSize: 2);
        var options = new FitOptions<float, int> { Epochs = epochs, BatchSize = 16, Seed = 3 };
        var onCpu = new Trainer<float, int>(new TwoClasses(), new TwoClasses.Parameters(1), new Adam<float>(0.01)).Fit(data, options);
        var onGpu = new Trainer<float, int>(new TwoClasses().On(device), new TwoClasses.Parameters(1), new Adam<float>(0.01)).Fit(data, options);
        for (var epoch = 0; epoch < epochs; epoch++)
            onGpu.Epochs[epoch].TrainingLoss.ShouldBe(onCpu.Epochs[epoch].TrainingLoss, 1e-3);
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Each_loss_has_factors_terms_and_a_value_of_its_own(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var (cpu, gpu) = (new PolicyValue(), new PolicyValue().On(device));
        var (parameters, workspace, onDevice) = (new PolicyValue.Parameters(1), new PolicyValue.Workspace(Batch), new PolicyValue.Gpu.Workspace(device, Batch));
        var (x, labels, results) = (Numbers.Random<float>(Batch * 9, 1), Labels(5, 2), Numbers.Random<float>(Batch * 2, 3));
        var (weights, factors) = (Numbers.Random<float>(Batch, 4), Numbers.Random<float>(Batch * 2, 5));
        var (terms, termsOnGpu, values, valuesOnGpu) = (new float[Batch], new float[Batch], new float[Batch * 2], new float[Batch * 2]);
        cpu.Forward(parameters, x, workspace);
        gpu.Forward(parameters, x, onDevice);
        var loss = cpu.Loss(workspace, labels, results, weights, factors, terms, values);
        gpu.Loss(onDevice, labels, results, weights, factors, termsOnGpu, valuesOnGpu).ShouldBe(loss, 1e-5);
        onDevice.PolicyLoss.ShouldBe(workspace.PolicyLoss, 1e-5);
        onDevice.ValueLoss.ShouldBe(workspace.ValueLoss, 1e-5);
        termsOnGpu.ShouldAgree(terms, 1e-5, "policy's terms");
        valuesOnGpu.ShouldAgree(values, 1e-5, "value's terms");
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Gradients_from_outside_start_all_results(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var (cpu, gpu) = (new TwoEnds(), new TwoEnds().On(device));
        var (parameters, copy, gradients, copies) = (new TwoEnds.Parameters(1), new TwoEnds.Parameters(1), new TwoEnds.Gradients(), new TwoEnds.Gradients());
        var (workspace, onDevice) = (new TwoEnds.Workspace(Batch), new TwoEnds.Gpu.Workspace(device, Batch));
        var (x, dFirst, dSecond) = (Numbers.Random<float>(Batch * 5, 1), Numbers.Random<float>(Batch * 3, 2), Numbers.Random<float>(Batch * 2, 3));
        var (first, second, firstOnGpu, secondOnGpu) = (new float[Batch * 3], new float[Batch * 2], new float[Batch * 3], new float[Batch * 2]);
        cpu.Forward(parameters, x, workspace);
        cpu.OutputGradient(workspace, dFirst, dSecond);
        cpu.Backward(parameters, x, workspace, gradients);
        gpu.Forward(copy, x, onDevice);
        gpu.OutputGradient(onDevice, dFirst, dSecond);
        gpu.Backward(copy, x, onDevice, copies);
        copies.Values.ToArray().ShouldAgree(gradients.Values, 1e-5, "gradients");
        cpu.Predict(parameters, x, first, second, workspace);
        gpu.Predict(copy, x, firstOnGpu, secondOnGpu, onDevice);
        firstOnGpu.ShouldAgree(first, 1e-5, "first");
        secondOnGpu.ShouldAgree(second, 1e-5, "second");
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Gradients_of_inputs_that_nobody_wants_are_left_out(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var (cpu, gpu) = (new TwoTowers(), new TwoTowers().On(device));
        var (parameters, workspace, onDevice) = (new TwoTowers.Parameters(1), new TwoTowers.Workspace(Batch), new TwoTowers.Gpu.Workspace(device, Batch));
        var (pictures, tags, targets) = (Numbers.Random<float>(Batch * 6, 1), Numbers.Random<float>(Batch * 3, 2), new float[Batch * 2]);
        var (dTag, dTagOnGpu) = (new float[Batch * 3], new float[Batch * 3]);
        cpu.Forward(parameters, pictures, tags, workspace);
        cpu.Loss(workspace, targets);
        cpu.BackwardInput(parameters, workspace, default, dTag);
        gpu.Forward(parameters, pictures, tags, onDevice);
        gpu.Loss(onDevice, targets);
        gpu.BackwardInput(parameters, onDevice, default, dTagOnGpu);
        dTagOnGpu.ShouldAgree(dTag, 1e-5, "dTag");
        Should.Throw<ArgumentException>(() => gpu.Forward(parameters, pictures, tags.AsSpan(1), onDevice)).Message.ShouldContain("input tag");
    }

    private static int[] Labels(int classes, int step) => [.. Enumerable.Range(0, Batch).Select(i => i * step % classes)];
}
