using System.Numerics;
using NetDsl.Kernels.Threading;

namespace NetDsl.Training.Tests;

/// <summary>The backward pass and the optimiser's step in one, against one after the other: bit by bit.</summary>
[Collection(nameof(WorkerPool))]
public sealed class BackwardStepTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(32)]
    [InlineData(33)]
    public void It_has_the_bits_of_Backward_and_Step(int batch)
    {
        foreach (var make in Optimizers<float>())
        {
            Same(new WideLayers(), make, batch);
            Same(new WideBlocks(), make, batch);
        }

        foreach (var make in Optimizers<double>())
            Same(new WideInDouble(), make, batch);
    }

    [Fact]
    public void Large_batches_have_all_gradients()
    {
        var run = new Run<float>(new WideLayers(), new Momentum<float>(0.01), 33);
        run.Step(inOne: true);
        run.Gradients["first.weight"].ToArray().ShouldContain(value => value != 0);
        run.Optimizer.Step(run.Parameters, run.Gradients);
        run.Optimizer.Steps.ShouldBe(2);
    }

    [Fact]
    public void Parts_that_learn_at_their_own_rate_have_them_too()
    {
        Optimizer<float> Scaled(Optimizer<float> optimizer)
        {
            optimizer.ScaleLearningRate("first", 0.25);
            optimizer.ScaleLearningRate("second.weight", 0);
            optimizer.ScaleLearningRate("third.bias", 2);
            return optimizer;
        }

        Same(new WideLayers(), () => Scaled(new Adam<float>(0.01, weightDecay: 0.1) { DecayWeightsOnly = true }), 10);
        Same(new WideLayers(), () => Scaled(new Momentum<float>(0.01, dampening: 0.5, weightDecay: 0.1)), 10);
    }

    [Fact]
    public void What_isnt_learnt_for_a_while_starts_afresh_later()
    {
        Same(new WideLayers(), () => new Adam<float>(0.01), 10, (optimizer, step) => optimizer.ScaleLearningRate("first", step < 2 ? 0 : 1));
    }

    [Fact]
    public void Every_number_of_threads_gives_the_same_bits()
    {
        var before = WorkerPool.Threads;
        try
        {
            var runs = new[] { 1, 2, 5 }.Select(threads =>
            {
                WorkerPool.Threads = threads;
                return Train(new WideLayers(), () => new Adam<float>(0.01), 32, inOne: true).Parameters.Values.ToArray();
            }).ToList();
            runs[1].ShouldBe(runs[0]);
            runs[2].ShouldBe(runs[0]);
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    [Fact]
    public void It_leaves_the_gradients_of_large_layers_out_and_has_all_others()
    {
        var (_, gradients) = Train(new WideLayers(), () => new Sgd<float>(0.01), 10, inOne: true);
        var (_, all) = Train(new WideLayers(), () => new Sgd<float>(0.01), 10, inOne: false);
        string[] large = ["first.weight", "second.weight"];
        foreach (var tensor in all.Tensors)
        {
            if (large.Contains(tensor.Name))
                gradients[tensor.Name].ToArray().ShouldAllBe(value => value == 0, tensor.Name);
            else
                gradients[tensor.Name].ToArray().ShouldBe(all[tensor.Name].ToArray(), tensor.Name);
        }
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var run = new Run<float>(new WideLayers(), new Adam<float>(weightDecay: 0.1) { DecayWeightsOnly = true }, 16);
        run.Optimizer.ScaleLearningRate("first", 0.5);
        run.Step(inOne: true);
        var before = GC.GetAllocatedBytesForCurrentThread();
        run.Step(inOne: true);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Nothing_follows_it_but_another_forward_pass()
    {
        var run = new Run<float>(new WideLayers(), new Adam<float>(), 4);
        run.Step(inOne: true);
        run.Workspace.Stage.ShouldBe(WorkspaceStage.BackwardStep);
        Should.Throw<InvalidOperationException>(() => run.Network.BackwardInput(run.Parameters, run.Workspace, new float[4 * 260])).Message.ShouldContain("BackwardInput can't follow BackwardStep");
        Should.Throw<InvalidOperationException>(() => run.BackwardStep(run.X)).Message.ShouldContain("begin with Forward");
        run.Step(inOne: true);
        run.Optimizer.Steps.ShouldBe(2);
    }

    [Fact]
    public void What_doesnt_fit_changes_nothing()
    {
        var run = new Run<float>(new WideLayers(), new Adam<float>(), 4);
        var start = run.Parameters.Values.ToArray();
        Should.Throw<InvalidOperationException>(() => run.BackwardStep(run.X)).Message.ShouldContain("no training pass has run");
        run.Forward();
        Should.Throw<ArgumentException>(() => run.BackwardStep(run.X[1..])).Message.ShouldContain("expected 1040");
        Should.Throw<ArgumentException>(() => run.Optimizer.BackwardStep(run.Network, run.Parameters, run.X, run.Workspace, new SmallDigits.Gradients())).Message.ShouldContain("take both from one network");
        Should.Throw<ArgumentException>(() => run.Optimizer.BackwardStep(run.Network, new SmallDigits.Parameters(), run.X, run.Workspace, run.Gradients)).Message.ShouldContain("take both from one network");
        Should.Throw<ArgumentException>(() => run.Optimizer.BackwardStep(run.Network, new SmallDigits.Parameters(), run.X, run.Workspace, new SmallDigits.Gradients())).Message.ShouldContain("expected a NetDsl.Training.Tests.WideLayers+Parameters");
        run.Parameters.Values.ToArray().ShouldBe(start);
        run.Optimizer.Steps.ShouldBe(0);

        // And what came before is no part of what comes after.
        run.BackwardStep(run.X);
        var other = new Run<float>(new WideLayers(), new Adam<float>(), 4);
        other.Step(inOne: false);
        run.Parameters.Values.ToArray().ShouldBe(other.Parameters.Values.ToArray());
        run.Forward();
        run.Network.Backward(run.Parameters, run.X, run.Workspace, run.Gradients, accumulate: false);
        run.Gradients["first.weight"].ToArray().ShouldContain(value => value != 0);
    }

    [Fact]
    public void The_trainer_takes_it_and_goes_on_from_a_checkpoint()
    {
        var random = new Random(4);
        var data = new Dataset<float, int>(Enumerable.Range(0, 40 * 260).Select(_ => random.NextSingle() - 0.5f).ToArray(), Enumerable.Range(0, 40).Select(i => i % 7).ToArray(), inputSize: 260, classes: 7);
        FitOptions<float, int> options = new() { Epochs = 1, BatchSize = 10, Seed = 1 };
        var folder = Directory.CreateTempSubdirectory("netdsl");
        try
        {
            var (network, through, first, second) = (new WideLayers(), new WideLayers.Parameters(seed: 1), new WideLayers.Parameters(seed: 1), new WideLayers.Parameters(seed: 2));
            var path = Path.Combine(folder.FullName, "run.safetensors");
            new Trainer<float, int>(network, through, new Adam<float>()).Fit(data, options with { Epochs = 2 });
            var trainer = new Trainer<float, int>(network, first, new Adam<float>());
            trainer.Fit(data, options);
            trainer.SaveCheckpoint(path);
            var next = new Trainer<float, int>(network, second, new Adam<float>());
            next.LoadCheckpoint(path);
            next.Fit(data, options);
            second.Values.ToArray().ShouldBe(through.Values.ToArray());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Other_networks_get_all_gradients()
    {
        var (run, wrapped) = (new Run<float>(new WideLayers(), new Sgd<float>(0.1), 8), new Run<float>(new Halved(new WideLayers()), new Sgd<float>(0.2), 8));
        run.Step(inOne: true);
        wrapped.Step(inOne: true);
        // Half the gradient at twice the rate; powers of two round nothing.
        wrapped.Parameters.Values.ToArray().ShouldBe(run.Parameters.Values.ToArray());
    }

    [Fact]
    public void Methods_that_watch_gradients_cannot_change_the_optimiser()
    {
        foreach (var change in new Action<Run<float>>[]
        {
            run => run.Optimizer.Step(run.Parameters, run.Gradients),
            run => run.Optimizer.LearningRate = 1,
            run => run.Optimizer.ScaleLearningRate("first", 0.5),
            run => run.BackwardStep(run.X),
            run => run.Optimizer.Prepare(run.Parameters),
            run => run.Optimizer.BackwardStep(new WideLayers(), new WideLayers.Parameters(), run.X, run.Workspace, new WideLayers.Gradients()),
        })
        {
            var network = new Watched();
            var run = new Run<float>(network, new Adam<float>(), 8);
            run.Step(inOne: true);
            network.OnGradient = () => change(run);
            var start = run.Parameters["first.weight"].ToArray();
            Should.Throw<InvalidOperationException>(() => run.Step(inOne: true)).Message.ShouldContain("under way");
            run.Optimizer.Steps.ShouldBe(1);
            run.Parameters["first.weight"].ToArray().ShouldBe(start);
            run.Workspace.Stage.ShouldBe(WorkspaceStage.BackwardStep);

            // What was broken off stands in nobody's way.
            network.OnGradient = null;
            run.Step(inOne: true);
            run.Optimizer.Steps.ShouldBe(2);
            run.Parameters["first.weight"].ToArray().ShouldNotBe(start);
        }

        {
            var network = new Watched();
            var run = new Run<float>(network, new Adam<float>(), 8);
            network.OnGradient = () =>
            {
                network.OnGradient = null;
                run.Network.Backward(run.Parameters, run.X, run.Workspace, run.Gradients, accumulate: false);
            };
            Should.Throw<InvalidOperationException>(() => run.Step(inOne: true)).Message.ShouldContain("under way");
            network.OnGradient = () => new Sgd<float>(0.1).BackwardStep(run.Network, run.Parameters, run.X, run.Workspace, run.Gradients);
            Should.Throw<InvalidOperationException>(() => run.Step(inOne: true)).Message.ShouldContain("Another optimiser's step into these gradients");
        }
    }

    [Fact]
    public void Gradients_that_are_used_up_are_for_nobody_else()
    {
        var run = new Run<float>(new WideLayers(), new Sgd<float>(0.1), 8);
        run.Step(inOne: true);
        var start = run.Parameters.Values.ToArray();
        Should.Throw<InvalidOperationException>(() => run.Optimizer.Step(run.Parameters, run.Gradients)).Message.ShouldContain("used these gradients up");
        run.Forward();
        Should.Throw<InvalidOperationException>(() => run.Network.Backward(run.Parameters, run.X, run.Workspace, run.Gradients, accumulate: true)).Message.ShouldContain("used these gradients up");
        run.Parameters.Values.ToArray().ShouldBe(start);
        run.Gradients.Clear();
        run.Optimizer.Step(run.Parameters, run.Gradients);
        run.Parameters.Values.ToArray().ShouldBe(start);

        // Whole ones replace them.
        run.Step(inOne: true);
        run.Step(inOne: false);
        run.Forward();
        run.Network.Backward(run.Parameters, run.X, run.Workspace, run.Gradients, accumulate: true);
        run.Optimizer.Steps.ShouldBe(4);
    }

    private static IEnumerable<Func<Optimizer<T>>> Optimizers<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
    [
        () => new Sgd<T>(0.01, weightDecay: 0.1),
        () => new Momentum<T>(0.01, dampening: 0.2),
        () => new Momentum<T>(0.01, textbook: true),
        () => new Nesterov<T>(0.01),
        () => new Adam<T>(0.01),
    ];

    private static void Same<T>(INetwork<T, int> network, Func<Optimizer<T>> make, int batch, Action<Optimizer<T>, int>? before = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (expected, _) = Train(network, make, batch, inOne: false, before);
        var (parameters, _) = Train(network, make, batch, inOne: true, before);
        foreach (var tensor in parameters.Tensors)
            parameters[tensor.Name].ToArray().ShouldBe(expected[tensor.Name].ToArray(), $"{make().GetType().Name} {tensor.Name}");
    }

    private static (ParameterArena<T> Parameters, GradientArena<T> Gradients) Train<T>(INetwork<T, int> network, Func<Optimizer<T>> make, int batch, bool inOne, Action<Optimizer<T>, int>? before = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var run = new Run<T>(network, make(), batch);
        for (var step = 0; step < 3; step++)
        {
            before?.Invoke(run.Optimizer, step);
            run.Step(inOne);
        }

        return (run.Parameters, run.Gradients);
    }

    /// <summary>A network of one's own round a generated one: its gradients are half as large.</summary>
    private sealed class Halved(INetwork<float, int> inner) : INetwork<float, int>
    {
        public NetworkDescription Description => inner.Description;

        public int TargetSize => inner.TargetSize;

        public ParameterArena<float> CreateParameters(ulong seed) => inner.CreateParameters(seed);

        public GradientArena<float> CreateGradients() => inner.CreateGradients();

        public Workspace<float> CreateWorkspace(int capacity, bool training) => inner.CreateWorkspace(capacity, training);

        public void Forward(ParameterArena<float> parameters, ReadOnlySpan<float> x, Workspace<float> workspace, bool training) => inner.Forward(parameters, x, workspace, training);

        public float Loss(Workspace<float> workspace, ReadOnlySpan<int> target, ReadOnlySpan<float> weights, Span<float> terms) => inner.Loss(workspace, target, weights, terms);

        public void OutputGradient(Workspace<float> workspace, ReadOnlySpan<float> dy) => inner.OutputGradient(workspace, dy);

        public void Backward(ParameterArena<float> parameters, ReadOnlySpan<float> x, Workspace<float> workspace, GradientArena<float> gradients, bool accumulate)
        {
            inner.Backward(parameters, x, workspace, gradients, accumulate);
            foreach (ref var gradient in gradients.Values)
                gradient *= 0.5f;
        }

        public void BackwardInput(ParameterArena<float> parameters, Workspace<float> workspace, Span<float> dx) => inner.BackwardInput(parameters, workspace, dx);

        public void Predict(ParameterArena<float> parameters, ReadOnlySpan<float> x, Span<float> y, Workspace<float> workspace) => inner.Predict(parameters, x, y, workspace);
    }

    private sealed class Run<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly int[] _labels;

        public Run(INetwork<T, int> network, Optimizer<T> optimizer, int batch)
        {
            var random = new Random(3);
            (Network, Optimizer) = (network, optimizer);
            (Parameters, Gradients, Workspace) = (network.CreateParameters(seed: 1), network.CreateGradients(), network.CreateWorkspace(batch));
            X = [.. Enumerable.Range(0, batch * network.Description.InputSize).Select(_ => T.CreateTruncating(random.NextDouble() - 0.5))];
            _labels = [.. Enumerable.Range(0, batch).Select(_ => random.Next(7))];
        }

        public INetwork<T, int> Network { get; }

        public Optimizer<T> Optimizer { get; }

        public ParameterArena<T> Parameters { get; }

        public GradientArena<T> Gradients { get; }

        public Workspace<T> Workspace { get; }

        public T[] X { get; }

        public void Forward()
        {
            Network.Forward(Parameters, X, Workspace, training: true);
            Network.Loss(Workspace, _labels);
        }

        public void BackwardStep(ReadOnlySpan<T> x) => Optimizer.BackwardStep(Network, Parameters, x, Workspace, Gradients);

        public void Step(bool inOne)
        {
            Forward();
            if (inOne)
            {
                BackwardStep(X);
                return;
            }

            Network.Backward(Parameters, X, Workspace, Gradients, accumulate: false);
            Optimizer.Step(Parameters, Gradients);
        }
    }
}
