using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Networks;

/// <summary>Training runs on devices that are broken off and go on from a file, with what the device holds: parameters, running statistics, the optimiser's state.</summary>
public sealed class CheckpointTests : IDisposable
{
    private const int Count = 12;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("netdsl");

    private string Run => Path.Combine(_folder.FullName, "run.safetensors");

    public static TheoryData<GpuDeviceKind> Real => Devices.Large;

    [Theory]
    [MemberData(nameof(Real))]
    public void With_dropout_and_Adam_the_bits_are_those_of_a_run_that_ran_through(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var data = new Dataset<float, int>(Numbers.Random<float>(Count * 20, 1), Enumerable.Range(0, Count).Select(i => i % 5).ToArray(), 20);
        GoesOn(new Classifier(), () => new Classifier().On(device), data, () => new Adam<float>(0.01));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void With_running_statistics_and_momentum_they_are_too(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var data = new Dataset<float, float>(Numbers.Random<float>(Count * 10, 1), Numbers.Random<float>(Count * 3, 2), 10, targetSize: 3);
        GoesOn(new Plain(), () => new Plain().On(device), data, () => new Momentum<float>(0.02));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void GoesOn<TTarget>(INetwork<float, TTarget> onHost, Func<INetwork<float, TTarget>> onDevice, Dataset<float, TTarget> data, Func<Optimizer<float>> optimizer)
        where TTarget : unmanaged
    {
        FitOptions<float, TTarget> Epochs(int count) => new() { Epochs = count, BatchSize = 4, Seed = 3 };
        var (through, first) = (onHost.CreateParameters(1), onHost.CreateParameters(1));
        new Trainer<float, TTarget>(onDevice(), through, optimizer()).Fit(data, Epochs(3));

        var trainer = new Trainer<float, TTarget>(onDevice(), first, optimizer());
        trainer.Fit(data, Epochs(1));
        trainer.SaveCheckpoint(Run);
        var second = Resume(onDevice());
        second.ShouldBe(through.Values.ToArray());
        // Writing brought the parameters and the state home; they go back with the next step.
        trainer.Fit(data, Epochs(2));
        first.Values.ToArray().ShouldBe(second);
        // A run can go on elsewhere, too.
        Resume(onHost).ShouldAgree(second, 1e-4, "on the host");

        float[] Resume(INetwork<float, TTarget> network)
        {
            var parameters = onHost.CreateParameters(2);
            var resumed = new Trainer<float, TTarget>(network, parameters, optimizer());
            resumed.LoadCheckpoint(Run);
            resumed.Fit(data, Epochs(2));
            return parameters.Values.ToArray();
        }
    }
}
