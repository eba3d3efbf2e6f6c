using System.Text.RegularExpressions;
using NetDsl.Tests.Data;
using NetDsl.Tests.Networks;

namespace NetDsl.Tests.Checkpoints;

/// <summary>Training runs that are broken off and go on in new objects, as in a new process.</summary>
public sealed class CheckpointTests : IDisposable
{
    private static readonly Dataset<float, int> Data = Blobs.Make<float>(100);

    private readonly TempFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Path, "run.safetensors");

    public static TheoryData<string, Func<Optimizer<float>>> Optimizers => new()
    {
        { "SGD", () => new Sgd<float>(0.1, weightDecay: 0.01) },
        { "momentum", () => new Momentum<float>(0.05, dampening: 0.2) },
        { "textbook momentum", () => new Momentum<float>(0.05, textbook: true) },
        { "Nesterov", () => new Nesterov<float>(0.05) },
        { "Adam", () => new Adam<float>(0.05) },
        { "Adam that decays weights alone", () => new Adam<float>(0.05, weightDecay: 0.1) { DecayWeightsOnly = true } },
        { "Adam of several rates", () => Scaled(new Adam<float>(0.05)) },
        { "momentum of several rates", () => Scaled(new Momentum<float>(0.05, dampening: 0.5)) },
    };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_run_that_goes_on_ends_with_the_bits_of_one_that_ran_through(string what, Func<Optimizer<float>> optimizer)
    {
        var through = new Run(optimizer());
        through.Fit(5);

        var first = new Run(optimizer());
        first.Fit(2);
        first.Trainer.SaveCheckpoint(FilePath);
        var second = new Run(optimizer(), seed: 77);
        second.Trainer.LoadCheckpoint(FilePath);
        (second.Trainer.Epochs, second.Trainer.Steps, second.Optimizer.Steps).ShouldBe((2, 14, 14));
        second.Optimizer.LearningRate.ShouldBe(first.Optimizer.LearningRate);
        second.Parameters.Values.ToArray().ShouldBe(first.Parameters.Values.ToArray());
        second.Fit(3);
        second.Parameters.Values.ToArray().ShouldBe(through.Parameters.Values.ToArray(), what);

        // Saving has changed nothing either.
        first.Fit(3);
        first.Parameters.Values.ToArray().ShouldBe(through.Parameters.Values.ToArray(), what);
    }

    [Fact]
    public void Parts_that_were_frozen_for_a_while_keep_their_own_steps()
    {
        var through = new Run(Scaled(new Adam<float>(0.05)));
        through.Fit(2);
        through.Optimizer.ScaleLearningRate("hidden", 2);
        through.Fit(2);
        through.Trainer.SaveCheckpoint(FilePath);
        // What the new run would have set first gives way to the checkpoint's.
        var second = new Run(Scaled(new Adam<float>(0.05)));
        second.Trainer.LoadCheckpoint(FilePath);
        foreach (var run in new[] { through, second })
        {
            run.Fit(1);
            run.Optimizer.ScaleLearningRate("hidden.bias", 1);
            run.Fit(1);
        }

        second.Parameters.Values.ToArray().ShouldBe(through.Parameters.Values.ToArray());
    }

    [Fact]
    public void The_file_says_what_it_holds()
    {
        var run = new Run(Scaled(new Adam<float>(0.05)));
        run.Fit(2);
        run.Trainer.SaveCheckpoint(FilePath);
        using var stream = File.OpenRead(FilePath);
        var header = new SafetensorsReader(stream, "run").Header;
        string[] names = ["hidden.weight", "hidden.bias", "output.weight", "output.bias"];
        header.Tensors.Select(tensor => tensor.Name).ShouldBe([.. names, .. names.Select(name => "optimizer/firstMoment/" + name), .. names.Select(name => "optimizer/secondMoment/" + name)]);
        header.Tensors.ShouldAllBe(tensor => tensor.Type == "F32");
        header.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}").ShouldBe(
        [
            "optimizer.factor.hidden.bias 0", "optimizer.factor.hidden.weight 0", "optimizer.factor.output.weight 0.5", "optimizer.kind Adam", "optimizer.learningRate 0.04050000000000001",
            "optimizer.steps 14", "optimizer.steps.hidden.bias 0", "optimizer.steps.hidden.weight 0", "trainer.epochs 2", "trainer.steps 14",
        ]);
        Directory.GetFiles(_folder.Path).ShouldBe([FilePath]);
    }

    [Fact]
    public void Its_parameters_can_be_taken_alone()
    {
        var run = new Run(new Adam<float>(0.05));
        run.Fit(1);
        run.Trainer.SaveCheckpoint(FilePath);
        var network = new HandMlp<double>(2, 8, 3);
        var parameters = network.CreateParameters(5);
        parameters.Load(FilePath);
        parameters.Values.ToArray().ShouldBe(Array.ConvertAll(run.Parameters.Values.ToArray(), value => (double)value));
        var report = network.CreateParameters(5).LoadMatching(FilePath);
        (report.Copied.Count, report.Unused.Count).ShouldBe((4, 0));
    }

    [Fact]
    public void What_doesnt_fit_is_told_and_changes_nothing()
    {
        var run = new Run(new Adam<float>(0.05));
        run.Fit(1);
        run.Trainer.SaveCheckpoint(FilePath);
        Refused(new Run(new Momentum<float>(0.1)), FilePath, "the run was trained by Adam, this trainer has Momentum");
        Refused(new Run(new Adam<float>(0.1), hidden: 9), FilePath, "\nhidden.weight 9×2 8×2\n");
        Refused(new Run(new Adam<float>(0.1), hidden: 9), FilePath, "\noptimizer/secondMoment/output.weight 3×9 3×8\n");
        var network = new HandMlp<double>(2, 8, 3);
        Should.Throw<InvalidDataException>(() => new Trainer<double, int>(network, network.CreateParameters(1), new Adam<double>()).LoadCheckpoint(FilePath)).Message
            .ShouldContain("'hidden.weight' is of type F32, this trainer works in F64");

        var alone = Path.Combine(_folder.Path, "parameters.safetensors");
        run.Parameters.Save(alone);
        Refused(new Run(new Adam<float>(0.1)), alone, "as a file of parameters alone; expected one that Trainer.SaveCheckpoint has written. Parameters.Load takes");
        var content = File.ReadAllBytes(FilePath);
        Refused(new Run(new Adam<float>(0.1)), _folder.Write("short", content[..^1]), "cut off in the data of 'optimizer/secondMoment/output.bias'");
        Refused(new Run(new Adam<float>(0.1)), Path.Combine(_folder.Path, "none"), "no such file. Trainer.SaveCheckpoint", typeof(FileNotFoundException));
    }

    [Theory]
    [InlineData("\"trainer.epochs\":\"-1\"", "the metadata has '-1' as trainer.epochs; expected a number from 0 on")]
    [InlineData("\"trainer.epochs\":\"many\"", "the metadata has 'many' as trainer.epochs")]
    [InlineData("\"trainer.epochs\":\"3000000000\"", "the metadata has '3000000000' as trainer.epochs")]
    [InlineData("\"optimizer.learningRate\":\"NaN\",\"trainer.epochs\":\"1\"", "the metadata has 'NaN' as optimizer.learningRate")]
    [InlineData("\"trainer.epochs\":\"1\"", "the metadata has none as optimizer.learningRate")]
    public void Damaged_counters_are_told(string metadata, string message)
    {
        var tensors = string.Join(",", new[] { ("hidden.weight", "8,2", 0, 64), ("hidden.bias", "8", 64, 96), ("output.weight", "3,8", 96, 192), ("output.bias", "3", 192, 204) }
            .Select(tensor => $$"""
            "{{tensor.Item1}}":{"dtype":"F32","shape":[{{tensor.Item2}}],"data_offsets":[{{tensor.Item3}},{{tensor.Item4}}]}
            """));
        var path = _folder.Write("run", Safetensors.File($$$"""{"__metadata__":{"optimizer.kind":"Sgd","optimizer.steps":"7","trainer.steps":"7",{{{metadata}}}},{{{tensors}}}}""", new byte[204]));
        Refused(new Run(new Sgd<float>(0.1)), path, message);
    }

    [Fact]
    public void Amid_an_epoch_the_run_goes_on_with_its_first_batch()
    {
        var first = new Run(new Momentum<float>(0.05));
        first.Trainer.Fit(Data, first.Options(2) with { OnBatch = progress => progress is not { Epoch: 2, Batch: 3 } });
        (first.Trainer.Epochs, first.Trainer.Steps).ShouldBe((1, 10));
        first.Trainer.SaveCheckpoint(FilePath);
        var second = new Run(new Momentum<float>(0.05));
        second.Trainer.LoadCheckpoint(FilePath);
        first.Fit(1);
        second.Fit(1);
        second.Parameters.Values.ToArray().ShouldBe(first.Parameters.Values.ToArray());
    }

    public void Dispose() => _folder.Dispose();

    private static void Refused(Run run, string path, string message, Type? type = null)
    {
        run.Fit(1);
        var (before, rate) = (run.Parameters.Values.ToArray(), run.Optimizer.LearningRate);
        var told = Should.Throw(() => run.Trainer.LoadCheckpoint(path), type ?? typeof(InvalidDataException)).Message;
        Regex.Replace(told, " +", " ").ShouldContain(message);
        run.Parameters.Values.ToArray().ShouldBe(before);
        (run.Trainer.Epochs, run.Trainer.Steps, run.Optimizer.Steps, run.Optimizer.LearningRate).ShouldBe((1, 7, 7, rate));
    }

    private static Optimizer<float> Scaled(Optimizer<float> optimizer)
    {
        optimizer.ScaleLearningRate("hidden", 0);
        optimizer.ScaleLearningRate("output.weight", 0.5);
        return optimizer;
    }

    private sealed class Run
    {
        public Run(Optimizer<float> optimizer, ulong seed = 1, int hidden = 8)
        {
            var network = new HandMlp<float>(2, hidden, 3, dropout: 0.2);
            (Parameters, Optimizer) = (network.CreateParameters(seed), optimizer);
            Trainer = new Trainer<float, int>(network, Parameters, optimizer);
        }

        public ParameterArena<float> Parameters { get; }

        public Optimizer<float> Optimizer { get; }

        public Trainer<float, int> Trainer { get; }

        public void Fit(int epochs) => Trainer.Fit(Data, Options(epochs));

        public FitOptions<float, int> Options(int epochs) => new()
        {
            Epochs = epochs,
            BatchSize = 16,
            Seed = 3,
            OnEpoch = _ =>
            {
                Optimizer.LearningRate *= 0.9;
                return true;
            },
        };
    }
}
