using System.Numerics;
using NetDsl.Kernels.Threading;

namespace NetDsl.Training.Tests;

/// <summary>Runs of whole networks that are broken off and go on from a file.</summary>
[Collection(nameof(WorkerPool))]
public sealed class CheckpointTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("netdsl");

    private string Run => Path.Combine(_folder.FullName, "run.safetensors");

    [Theory]
    [InlineData("SGD")]
    [InlineData("momentum")]
    [InlineData("Adam")]
    public void ARunThatGoesOnEndsWithTheBitsOfOneThatRanThrough(string optimizer)
    {
        GoesOn(new Normalised(), Optimizer<float>(optimizer), 84);
        GoesOn(new SmallDigits(), Optimizer<float>(optimizer), 64);
        GoesOn(new NormalisedInDouble(), Optimizer<double>(optimizer), 84);
    }

    [Fact]
    public void ParametersTravelWithTheirRunningStatistics()
    {
        var (data, parameters) = (Data<float>(84), new Normalised.Parameters(seed: 1));
        new Trainer<float, int>(new Normalised(), parameters, new Adam<float>()).Fit(data, new() { Epochs = 1 });
        parameters.Save(Run);
        var copy = new Normalised.Parameters(seed: 2);
        copy.Load(Run);
        copy.Values.ToArray().ShouldBe(parameters.Values.ToArray());
        copy.BatchNorm1.RunningMean.ToArray().ShouldNotContain(0);
        Should.Throw<InvalidDataException>(() => new SmallDigits.Parameters().Load(Run)).Message.ShouldContain("aren't those of NetDsl.Training.Tests.SmallDigits+Parameters");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Func<Optimizer<T>> Optimizer<T>(string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => name switch
    {
        "SGD" => () => new Sgd<T>(0.05),
        "momentum" => () => new Momentum<T>(0.02, dampening: 0.1),
        _ => () => new Adam<T>(0.01),
    };

    private void GoesOn<T>(INetwork<T, int> network, Func<Optimizer<T>> optimizer, int inputSize)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var data = Data<T>(inputSize);
        FitOptions<T, int> Epochs(int count) => new() { Epochs = count, BatchSize = 8, Seed = 5 };
        var (through, first, second) = (network.CreateParameters(1), network.CreateParameters(1), network.CreateParameters(2));
        new Trainer<T, int>(network, through, optimizer()).Fit(data, Epochs(4));
        var trainer = new Trainer<T, int>(network, first, optimizer());
        trainer.Fit(data, Epochs(4) with
        {
            OnEpoch = progress =>
            {
                trainer.SaveCheckpoint(Run);
                return progress.Epoch < 3;
            },
        });
        var resumed = new Trainer<T, int>(network, second, optimizer());
        resumed.LoadCheckpoint(Run);
        resumed.Fit(data, Epochs(4 - resumed.Epochs));
        second.Values.ToArray().ShouldNotBe(first.Values.ToArray());
        second.Values.ToArray().ShouldBe(through.Values.ToArray());
    }

    private static Dataset<T, int> Data<T>(int inputSize)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(3);
        T[] x = [.. Enumerable.Range(0, 30 * inputSize).Select(_ => T.CreateTruncating(random.NextDouble() * 4 - 1))];
        return new(x, Enumerable.Range(0, 30).Select(i => i % 3).ToArray(), inputSize);
    }
}
