using NetDsl.Kernels;
using NetDsl.Tests.Networks;

namespace NetDsl.Tests.Training;

public sealed class TrainerTests
{
    private static readonly Dataset<float, int> Data = Blobs.Make<float>(100);

    [Fact]
    public void It_learns()
    {
        var trainer = Make(out _);
        var history = trainer.Fit(Data, new() { Epochs = 20, BatchSize = 16, Validation = Blobs.Make<float>(60, seed: 2) });
        history.Outcome.ShouldBe(FitOutcome.Completed);
        history.Epochs.Count.ShouldBe(20);
        history.Steps.ShouldBe(20 * 7);
        history.Epochs[19].TrainingLoss.ShouldBeLessThan(0.1 * history.Epochs[0].TrainingLoss);
        history.TrainingLoss.ShouldBe(history.Epochs[19].TrainingLoss);
        history.Epochs[19].ValidationMetric!.Value.ShouldBe(1);
        history.Validation!.Accuracy.ShouldBe(1);
        history.Epochs.Select(epoch => epoch.Epoch).ShouldBe(Enumerable.Range(1, 20));
        history.Epochs.ShouldAllBe(epoch => epoch.SamplesPerSecond > 0 && epoch.LearningRate == 0.05);
        history.ToString().Split('\n').Length.ShouldBe(22);
        history.ToString().ShouldContain("validation accuracy");
        trainer.Evaluate(Data).Accuracy.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_same_seed_gives_the_same_bits(bool shuffle)
    {
        Train(1, shuffle).ShouldBe(Train(1, shuffle));
        if (shuffle)
            Train(1, shuffle).ShouldNotBe(Train(2, shuffle));

        static float[] Train(ulong seed, bool shuffle)
        {
            Make(out var parameters, dropout: shuffle ? 0.2 : 0).Fit(Data, new() { Epochs = 3, BatchSize = 7, Seed = seed, Shuffle = shuffle });
            return parameters.Values.ToArray();
        }
    }

    [Fact]
    public void Two_runs_of_one_epoch_are_one_of_two()
    {
        var once = Make(out var parameters, dropout: 0.2);
        once.Fit(Data, new() { Epochs = 2, BatchSize = 16 });
        var twice = Make(out var others, dropout: 0.2);
        twice.Fit(Data, new() { Epochs = 1, BatchSize = 16 });
        twice.Fit(Data, new() { Epochs = 1, BatchSize = 16 });
        others.Values.ToArray().ShouldBe(parameters.Values.ToArray());
    }

    [Fact]
    public void A_view_trains_like_its_copy()
    {
        var view = Data.Select([.. Enumerable.Range(0, 50)]);
        var trainer = Make(out var parameters);
        trainer.Fit(view, new() { Epochs = 1, BatchSize = 16, Shuffle = false });
        var other = Make(out var others);
        other.Fit(Data[..50], new() { Epochs = 1, BatchSize = 16, Shuffle = false });
        parameters.Values.ToArray().ShouldBe(others.Values.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_batch_allocates_nothing(bool shuffle)
    {
        var trainer = Make(out _);
        var (before, grown) = (0L, 0L);
        trainer.Fit(Data, new()
        {
            Epochs = 3,
            BatchSize = 8,
            Shuffle = shuffle,
            OnBatch = progress =>
            {
                var now = GC.GetAllocatedBytesForCurrentThread();
                if (progress.Epoch > 1 && progress.Batch > 1)
                    grown += now - before;
                before = GC.GetAllocatedBytesForCurrentThread();
                return true;
            },
        });
        grown.ShouldBe(0);
    }

    [Fact]
    public void Augmented_batches_allocate_nothing_and_train_the_same_way_twice()
    {
        var (first, second) = (Train(), Train());
        first.ShouldBe(second);
        float[] Train()
        {
            var trainer = Make(out var parameters);
            var (before, grown) = (0L, 0L);
            trainer.Fit(Data, new()
            {
                Epochs = 2,
                BatchSize = 20,
                Augmentation = new Doubling(),
                OnBatch = progress =>
                {
                    if (progress.Epoch > 1 && progress.Batch > 1)
                        grown += GC.GetAllocatedBytesForCurrentThread() - before;
                    before = GC.GetAllocatedBytesForCurrentThread();
                    return true;
                },
            });
            grown.ShouldBe(0);
            return parameters.Values.ToArray();
        }
    }

    [Fact]
    public void An_augmentation_that_does_not_suit_the_samples_is_rejected() =>
        Should.Throw<ArgumentException>(() => Make(out _).Fit(Data, new() { Augmentation = new RandomShift<float>(1) })).Message.ShouldStartWith("RandomShift moves samples of shape (channels, length)");

    [Fact]
    public void Callbacks_tell_where_the_run_is()
    {
        var batches = new List<FitProgress>();
        var epochs = new List<FitProgress>();
        Make(out _).Fit(Data, new()
        {
            Epochs = 2,
            BatchSize = 30,
            Validation = Data,
            OnBatch = progress => { batches.Add(progress); return true; },
            OnEpoch = progress => { epochs.Add(progress); return true; },
        });
        batches.Select(progress => (progress.Epoch, progress.Batch)).ShouldBe([(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3), (2, 4)]);
        batches.ShouldAllBe(progress => progress.Epochs == 2 && progress.Batches == 4 && progress.ValidationLoss == null && progress.Remaining >= TimeSpan.Zero);
        batches[3].Loss.ShouldBe((30 * (batches[0].BatchLoss + batches[1].BatchLoss + batches[2].BatchLoss) + 10 * batches[3].BatchLoss) / 100, 1e-12);
        batches[^1].Remaining.ShouldBe(TimeSpan.Zero);
        epochs.Select(progress => progress.Epoch).ShouldBe([1, 2]);
        epochs.ShouldAllBe(progress => progress.ValidationLoss > 0 && progress.ValidationMetric >= 0);
    }

    [Fact]
    public void The_learning_rate_may_change_on_the_way()
    {
        var network = new HandMlp<float>(2, 8, 3);
        var sgd = new Sgd<float>(0.1);
        var history = new Trainer<float, int>(network, network.CreateParameters(1), sgd).Fit(Data, new()
        {
            Epochs = 3,
            OnEpoch = _ => { sgd.LearningRate /= 2; return true; },
        });
        history.Epochs.Select(epoch => epoch.LearningRate).ShouldBe([0.1, 0.05, 0.025]);
    }

    [Fact]
    public void A_callback_ends_the_run()
    {
        var history = Make(out _).Fit(Data, new() { Epochs = 5, BatchSize = 50, OnEpoch = progress => progress.Epoch < 2 });
        (history.Outcome, history.Epochs.Count).ShouldBe((FitOutcome.Stopped, 2));
        history = Make(out _).Fit(Data, new() { Epochs = 5, BatchSize = 25, OnBatch = progress => progress is not { Epoch: 2, Batch: 3 } });
        (history.Outcome, history.Epochs.Count, history.Steps).ShouldBe((FitOutcome.Stopped, 1, 7));
    }

    [Fact]
    public void Cancellation_ends_the_run_after_the_batch()
    {
        using var source = new CancellationTokenSource();
        var history = Make(out _).Fit(Data, new()
        {
            Epochs = 5,
            BatchSize = 25,
            CancellationToken = source.Token,
            OnBatch = progress =>
            {
                if (progress is { Epoch: 2, Batch: 2 })
                    source.Cancel();
                return true;
            },
        });
        (history.Outcome, history.Epochs.Count, history.Steps).ShouldBe((FitOutcome.Cancelled, 1, 6));
        Make(out _).Fit(Data, new() { CancellationToken = source.Token }).Steps.ShouldBe(0);
    }

    [Fact]
    public void The_last_batch_may_be_left_out()
    {
        Make(out _).Fit(Data, new() { Epochs = 1, BatchSize = 30 }).Steps.ShouldBe(4);
        Make(out _).Fit(Data, new() { Epochs = 1, BatchSize = 30, DropLastBatch = true }).Steps.ShouldBe(3);
        Make(out _).Fit(Data, new() { Epochs = 1, BatchSize = 1000 }).Steps.ShouldBe(1);
    }

    [Fact]
    public void A_loss_that_is_no_number_is_told()
    {
        var network = new HandMlp<float>(2, 8, 3);
        var parameters = network.CreateParameters(1);
        var batches = 0;
        var trainer = new Trainer<float, int>(new HandMlp<float>(2, 8, 3)
        {
            BeforeForward = () =>
            {
                if (++batches == 6)
                    parameters["output.bias"][0] = float.NaN;
            },
        }, parameters, new Sgd<float>(0.01));
        var exception = Should.Throw<NotFiniteNumberException>(() => trainer.Fit(Data, new() { BatchSize = 25 }));
        exception.Message.ShouldContain("NaN in epoch 2, batch 2, at learning rate 0.01");
        exception.OffendingNumber.ShouldBe(double.NaN);
    }

    [Fact]
    public void What_doesnt_fit_is_told()
    {
        var network = new HandMlp<float>(2, 8, 3);
        var trainer = Make(out _);
        Should.Throw<ArgumentException>(() => new Trainer<float, int>(network, new HandMlp<float>(2, 80, 3).CreateParameters(1), new Sgd<float>(1))).Message.ShouldContain("another network");
        var size = network.CreateGradients().Values.Length;
        Should.Throw<ArgumentException>(() => new Trainer<float, int>(network, new Parameters<float>([new("body.weight", [size], 0, Initializer.Zeros, 1, 1)], size), new Sgd<float>(1))).Message
            .ShouldStartWith("HandMlp has a tensor 'hidden.weight' where these parameters have 'body.weight': they belong to another network.");
        Should.Throw<ArgumentException>(() => trainer.Fit(new(new float[9], new int[3], 3), new())).Message.ShouldContain("takes samples of 2 elements");
        Should.Throw<ArgumentException>(() => trainer.Fit(new(new float[8], new int[4], 2, classes: 4), new())).Message.ShouldContain("3 classes apart, the data set has 4");
        Should.Throw<ArgumentException>(() => trainer.Fit(Data, new() { Validation = new(new float[9], new int[3], 3) })).ParamName.ShouldBe("options.Validation");
        Should.Throw<ArgumentOutOfRangeException>(() => trainer.Fit(Data, new() { Epochs = 0 })).Message.ShouldContain("Epochs");
        Should.Throw<ArgumentOutOfRangeException>(() => trainer.Fit(Data, new() { BatchSize = 0 })).Message.ShouldContain("BatchSize");
        Should.Throw<ArgumentOutOfRangeException>(() => trainer.Fit(Data, new() { BatchSize = 101, DropLastBatch = true })).Message.ShouldContain("100 samples");
        Should.Throw<ArgumentOutOfRangeException>(() => trainer.Evaluate(Data, batchSize: 0));
        Should.Throw<ArgumentException>(() => trainer.Predict(new float[3])).Message.ShouldContain("multiple of 2");
    }

    [Fact]
    public void Predict_answers_every_sample()
    {
        var trainer = Make(out _);
        trainer.Fit(Data, new() { Epochs = 20, BatchSize = 16 });
        var x = Enumerable.Range(0, 600).SelectMany(i => Data.Input(i % 100).ToArray()).ToArray();
        var labels = new int[600];
        Prediction.ArgMax<float>(trainer.Predict(x), labels);
        labels.ShouldBe(Enumerable.Range(0, 600).Select(i => Data.Target(i % 100)[0]));
    }

    private static Trainer<float, int> Make(out ParameterArena<float> parameters, double dropout = 0)
    {
        var network = new HandMlp<float>(2, 8, 3, dropout);
        parameters = network.CreateParameters(seed: 1);
        return new Trainer<float, int>(network, parameters, new Adam<float>(0.05));
    }

    private sealed class Doubling : IAugmentation<float>
    {
        public void Check(ReadOnlySpan<int> shape) => shape.Length.ShouldBe(1);

        public void Apply(ReadOnlySpan<float> sample, ReadOnlySpan<int> shape, ref CounterRandom random, Span<float> result)
        {
            var factor = 1 + (float)random.NextDouble();
            for (var i = 0; i < result.Length; i++)
                result[i] = factor * sample[i];
        }
    }
}
