using NetDsl.Gpu.Tests.Networks;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Ilgpu.Device;
using NetDsl.Kernels.Losses;

namespace NetDsl.Gpu.Tests.Runtime;

/// <summary>What is copied to a device, and what waits for it.</summary>
public class UploadTests
{
    private const int Batch = 7;

    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    [Fact]
    public void A_training_step_waits_for_nothing()
    {
        using var device = Devices.Open(Devices.Default);
        var network = new Classifier().On(device);
        using var workspace = new Classifier.Gpu.Workspace(device, Batch);
        var (parameters, gradients, optimizer) = (new Classifier.Parameters(1), new Classifier.Gradients(), new Adam<float>());
        var waits = 0L;
        for (var step = 0; step < 4; step++)
        {
            // The first one brings the parameters there and allocates.
            if (step == 1)
                waits = device.Core.Waits;
            network.Forward(parameters, Numbers.Random<float>(Batch * 20, 1), workspace);
            network.Evaluate(workspace, (ReadOnlySpan<int>)[0, 1, 2, 3, 4, 0, 1]);
            network.Backward(parameters, new float[Batch * 20], workspace, gradients);
            optimizer.Step(parameters, gradients);
        }

        device.Core.Waits.ShouldBe(waits);
        workspace.Loss.ShouldBeGreaterThan(0);
        device.Core.Waits.ShouldBe(waits + 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Batches_may_be_overwritten_while_the_device_still_has_to_fetch_them(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        using var staging = new Staging(device.Core);
        var (length, count) = (Devices.Simulates(kind) ? 1000 : 1 << 20, 9);
        var (target, sums) = (device.Allocate<float>(length), device.Put(new float[count]));
        var batch = new float[length];
        for (var i = 0; i < count; i++)
        {
            // Each shorter than the one before, and long again at the end.
            var part = batch.AsSpan(0, i == count - 1 ? length : length - i);
            part.Fill(i + 1);
            staging.Upload<float>(part, target.Buffer, 0);
            part.Fill(-1);
            Reduce.AddSum(target.View, 1, length, default(Store<float>), sums.SubView(i, 1));
        }

        var expected = Enumerable.Range(0, count).Select(i => i == count - 1 ? (float)count * length : (i + 1f) * (length - i) + Enumerable.Range(1, i).Sum()).ToArray();
        sums.Get().ShouldAgree(expected, 1e-6);
    }

    [Fact]
    public void A_batch_is_staged_without_allocating()
    {
        using var device = Devices.Open(Devices.Default);
        using var staging = new Staging(device.Core);
        var (target, batch) = (device.Allocate<float>(1000), new float[1000]);
        for (var i = 0; i < 3; i++)
            staging.Upload<float>(batch, target.Buffer, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            staging.Upload<float>(batch, target.Buffer, 0);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Class_weights_are_copied_when_they_change()
    {
        using var run = new DryRun();
        using var target = run.Device.LossTarget();
        var (logits, gradient) = (run.Device.Allocate<float>(6).View, run.Device.Allocate<float>(6).View);
        Uploads([1, 2, 3]).ShouldBe(2 * sizeof(int) + 3 * sizeof(float));
        Uploads([1, 2, 3]).ShouldBe(2 * sizeof(int));
        Uploads([1, 2, 4]).ShouldBe(2 * sizeof(int) + 3 * sizeof(float));

        long Uploads(ReadOnlySpan<float> classWeights)
        {
            var before = run.Device.BytesUploaded;
            target.Begin([], 2, keepsTerms: false);
            NetDsl.Kernels.Ilgpu.Losses.SoftmaxCrossEntropy.Evaluate<float, SingleMath>(target, logits, [0, 1], gradient, 2, 3, LossReduction.Mean, 0, classWeights, null);
            return run.Device.BytesUploaded - before;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_loss_follows_its_class_weights(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        using var target = device.LossTarget();
        var (logits, gradient) = (device.Put(new float[6]), device.Put(new float[6]));
        foreach (var weight in new[] { 1f, 1f, 3f })
        {
            target.Begin([], 2, keepsTerms: false);
            NetDsl.Kernels.Ilgpu.Losses.SoftmaxCrossEntropy.Evaluate<float, SingleMath>(target, logits, [0, 1], gradient, 2, 3, LossReduction.Sum, 0, [weight, weight, weight], null);
            target.Read().ShouldBe(weight * 2 * MathF.Log(3), 1e-5);
        }
    }
}
