using System.Numerics;
using NetDsl.Kernels.Threading;
using NetDsl.Tests.Networks;

namespace NetDsl.Tests.Optimizers;

public sealed class OptimizerTests
{
    public static TheoryData<string> Cases => [.. Case.Names("optimizer_")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Float_steps_agree_with_the_reference(string name) => Check<float>(name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Double_steps_agree_with_the_reference(string name) => Check<double>(name);

    [Fact]
    public void A_step_allocates_nothing_after_the_first()
    {
        foreach (var optimizer in new Optimizer<float>[] { new Sgd<float>(0.1), new Momentum<float>(0.1), new Nesterov<float>(0.1), new Adam<float>() })
        {
            var (parameters, gradients) = Arenas<float>(1000);
            optimizer.Step(parameters, gradients);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10; i++)
                optimizer.Step(parameters, gradients);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0, optimizer.GetType().Name);
        }
    }

    [Fact]
    public void Every_number_of_threads_gives_the_same_bits()
    {
        var threads = WorkerPool.Threads;
        try
        {
            Train(1).ShouldBe(Train(4));
        }
        finally
        {
            WorkerPool.Threads = threads;
        }

        static float[] Train(int threads)
        {
            WorkerPool.Threads = threads;
            var (parameters, gradients) = Arenas<float>(300_001);
            Initializer.Normal(1).Fill(parameters.Values, 1, 1, seed: 1, stream: 0);
            Initializer.Normal(1).Fill(gradients.Values, 1, 1, seed: 1, stream: 1);
            var adam = new Adam<float>();
            for (var i = 0; i < 3; i++)
                adam.Step(parameters, gradients);
            return parameters.Values.ToArray();
        }
    }

    [Fact]
    public void Zero_elements_stay_zero_so_padding_does()
    {
        var (parameters, gradients) = Arenas<float>(20);
        var adam = new Adam<float>(weightDecay: 0.1);
        for (var i = 0; i < 3; i++)
            adam.Step(parameters, gradients);
        parameters.Values.ToArray().ShouldAllBe(value => value == 0);
        adam.Steps.ShouldBe(3);
    }

    [Fact]
    public void Bad_arguments_are_told()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new Sgd<float>(-1)).Message.ShouldContain("isn't negative");
        Should.Throw<ArgumentOutOfRangeException>(() => new Sgd<float>(double.NaN)).ParamName.ShouldBe("LearningRate");
        Should.Throw<ArgumentOutOfRangeException>(() => new Sgd<float>(0.1, double.PositiveInfinity)).ParamName.ShouldBe("weightDecay");
        Should.Throw<ArgumentOutOfRangeException>(() => new Momentum<float>(0.1, 1)).Message.ShouldContain("[0, 1)");
        Should.Throw<ArgumentOutOfRangeException>(() => new Momentum<float>(0.1, dampening: -0.1));
        Should.Throw<ArgumentOutOfRangeException>(() => new Nesterov<float>(0.1, double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => new Adam<float>(beta1: 1)).ParamName.ShouldBe("beta1");
        Should.Throw<ArgumentOutOfRangeException>(() => new Adam<float>(beta2: -0.5)).ParamName.ShouldBe("beta2");
        Should.Throw<ArgumentOutOfRangeException>(() => new Adam<float>(epsilon: 0)).Message.ShouldContain("above 0");
        Should.Throw<ArgumentException>(() => new Momentum<float>(0.1, weightDecay: 0.1, textbook: true)).Message.ShouldContain("textbook");
        Should.Throw<ArgumentException>(() => new Nesterov<float>(0.1, weightDecay: 0.1, textbook: true));
        var sgd = new Sgd<float>(0.1);
        Should.Throw<ArgumentOutOfRangeException>(() => sgd.LearningRate = double.NegativeInfinity);
        sgd.LearningRate.ShouldBe(0.1);
    }

    [Fact]
    public void Other_arenas_are_told()
    {
        var (parameters, gradients) = Arenas<float>(20);
        var (others, otherGradients) = Arenas<float>(10);
        var adam = new Adam<float>();
        adam.Step(parameters, gradients);
        Should.Throw<ArgumentException>(() => adam.Step(others, otherGradients)).Message.ShouldContain("new optimiser");
        Should.Throw<ArgumentException>(() => adam.Step(parameters, otherGradients)).Message.ShouldContain("20 parameters but 10 gradients");
        adam.Steps.ShouldBe(1);
    }

    [Fact]
    public void A_factor_of_one_gives_the_same_bits()
    {
        foreach (var make in Makers)
        {
            var (usual, scaled) = (make(), make());
            scaled.ScaleLearningRate("conv1", 1);
            scaled.ScaleLearningRate("dense1.bias", 1);
            Train(usual, 5).ShouldBe(Train(scaled, 5), usual.GetType().Name);
        }
    }

    [Fact]
    public void A_part_learns_at_the_rate_of_its_own()
    {
        foreach (var make in Makers)
        {
            var (scaled, slow, usual) = (make(), make(), make());
            scaled.ScaleLearningRate("conv1", 0.25);
            slow.LearningRate *= 0.25;
            var (parts, all, rest) = (Train(scaled, 5), Train(slow, 5), Train(usual, 5));
            parts[..48].ShouldBe(all[..48], scaled.GetType().Name);
            parts[48..].ShouldBe(rest[48..], scaled.GetType().Name);
        }
    }

    [Fact]
    public void What_is_frozen_stays_as_it_is_and_starts_afresh_later()
    {
        foreach (var make in Makers)
        {
            var (first, optimizer) = (make(), make());
            var expected = Train(first, 3);
            optimizer.ScaleLearningRate("conv1", 0);
            var (parameters, gradients) = Parts();
            var start = parameters.Values.ToArray();
            Steps(optimizer, parameters, gradients, 10);
            parameters.Values[..48].ToArray().ShouldBe(start[..48]);
            parameters.Values[48..].ToArray().ShouldNotBe(start[48..]);

            // As if the first steps were just being taken.
            optimizer.ScaleLearningRate("conv1", 1);
            Steps(optimizer, parameters, gradients, 3);
            parameters.Values[..48].ToArray().ShouldBe(expected[..48], optimizer.GetType().Name);
            optimizer.Steps.ShouldBe(13);
        }
    }

    [Fact]
    public void A_layer_frozen_half_way_keeps_its_momentum()
    {
        foreach (var make in Makers)
        {
            var (usual, optimizer) = (make(), make());
            var expected = Train(usual, 5);
            var (parameters, gradients) = Parts();
            Steps(optimizer, parameters, gradients, 2);
            optimizer.ScaleLearningRate("conv1", 0);
            Steps(optimizer, parameters, gradients, 4);
            optimizer.ScaleLearningRate("conv1", 1);
            Steps(optimizer, parameters, gradients, 3);
            parameters.Values[..48].ToArray().ShouldBe(expected[..48], optimizer.GetType().Name);
        }
    }

    [Fact]
    public void The_factor_set_last_counts()
    {
        var (sgd, half) = (new Sgd<float>(0.1), new Sgd<float>(0.1));
        sgd.ScaleLearningRate("conv1.bias", 0);
        sgd.ScaleLearningRate("conv1", 0.5);
        half.ScaleLearningRate("conv1", 0.5);
        Train(sgd, 2).ShouldBe(Train(half, 2));
        sgd.ScaleLearningRate("conv1.bias", 0);
        var (parameters, gradients) = Parts();
        Steps(sgd, parameters, gradients, 1);
        parameters["conv1.bias"].ToArray().ShouldAllBe(value => value == 1);
        parameters["conv1.weight"].ToArray().ShouldAllBe(value => value != 1);
    }

    [Fact]
    public void Steps_with_factors_allocate_nothing()
    {
        var adam = new Adam<float>();
        adam.ScaleLearningRate("conv1", 0.1);
        var (parameters, gradients) = Parts();
        adam.Step(parameters, gradients);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Steps(adam, parameters, gradients, 10);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Decay_may_be_for_weights_alone()
    {
        foreach (var (weights, all, none) in new (Optimizer<float>, Optimizer<float>, Optimizer<float>)[]
        {
            (new Sgd<float>(0.1, 0.5) { DecayWeightsOnly = true }, new Sgd<float>(0.1, 0.5), new Sgd<float>(0.1)),
            (new Momentum<float>(0.1, weightDecay: 0.5) { DecayWeightsOnly = true }, new Momentum<float>(0.1, weightDecay: 0.5), new Momentum<float>(0.1)),
            (new Nesterov<float>(0.1, weightDecay: 0.5) { DecayWeightsOnly = true }, new Nesterov<float>(0.1, weightDecay: 0.5), new Nesterov<float>(0.1)),
            (new Adam<float>(0.1, weightDecay: 0.5, decoupledDecay: true) { DecayWeightsOnly = true }, new Adam<float>(0.1, weightDecay: 0.5, decoupledDecay: true), new Adam<float>(0.1)),
        })
        {
            var (given, decayed, usual) = (Train(weights, 4), Train(all, 4), Train(none, 4));
            given[..32].ShouldBe(decayed[..32], weights.GetType().Name);
            given[32..48].ShouldBe(usual[32..48], weights.GetType().Name);
            given[48..80].ShouldBe(decayed[48..80], weights.GetType().Name);
            given[80..].ShouldBe(usual[80..], weights.GetType().Name);
            usual[80..83].ShouldNotBe(decayed[80..83]);
        }
    }

    [Fact]
    public void Bad_factors_are_told()
    {
        var sgd = new Sgd<float>(0.1);
        Should.Throw<ArgumentOutOfRangeException>(() => sgd.ScaleLearningRate("conv1", -1)).Message.ShouldContain("isn't negative");
        Should.Throw<ArgumentException>(() => sgd.ScaleLearningRate("", 1));
        sgd.ScaleLearningRate("conv", 0.1);
        var (parameters, gradients) = Parts();
        var message = Should.Throw<ArgumentException>(() => sgd.Step(parameters, gradients)).Message;
        message.ShouldContain("'conv'");
        message.ShouldContain("conv1.weight, conv1.bias, dense1.weight, dense1.bias");
        sgd.Steps.ShouldBe(0);
        parameters["conv1.weight"].ToArray().ShouldAllBe(value => value == 1);

        // Running statistics learn nothing.
        var other = new Sgd<float>(0.1);
        other.ScaleLearningRate("statistics", 0.1);
        Should.Throw<ArgumentException>(() => other.Prepare(parameters)).Message.ShouldContain("no learnable tensor");
    }

    private static readonly Func<Optimizer<float>>[] Makers =
    [
        () => new Sgd<float>(0.1, weightDecay: 0.01), () => new Momentum<float>(0.1, dampening: 0.2), () => new Momentum<float>(0.1, textbook: true), () => new Nesterov<float>(0.1, weightDecay: 0.01),
        () => new Nesterov<float>(0.1, textbook: true), () => new Adam<float>(0.1), () => new Adam<float>(0.1, weightDecay: 0.01, decoupledDecay: true),
    ];

    private static float[] Train(Optimizer<float> optimizer, int steps)
    {
        var (parameters, gradients) = Parts();
        Steps(optimizer, parameters, gradients, steps);
        return parameters.Values.ToArray();
    }

    private static void Steps(Optimizer<float> optimizer, ParameterArena<float> parameters, GradientArena<float> gradients, int steps)
    {
        for (var step = 0; step < steps; step++)
            optimizer.Step(parameters, gradients);
    }

    // Two layers with padding between the tensors, whose sizes fill no vector, and a state behind them.
    private static (ParameterArena<float> Parameters, GradientArena<float> Gradients) Parts()
    {
        TensorInfo[] tensors =
        [
            new("conv1.weight", [31], 0, Initializer.Zeros, 1, 1), new("conv1.bias", [5], 32, Initializer.Zeros, 1, 1),
            new("dense1.weight", [17], 48, Initializer.Zeros, 1, 1), new("dense1.bias", [3], 80, Initializer.Zeros, 1, 1),
            new("statistics.mean", [2], 96, Initializer.Zeros, 1, 1, IsLearnable: false),
        ];
        var (parameters, gradients) = (new Parameters<float>(tensors, 98), new Gradients<float>(tensors, 96));
        foreach (var tensor in tensors)
            parameters[tensor.Name].Fill(1);
        foreach (var tensor in gradients.Tensors)
        {
            for (var i = 0; i < tensor.Length; i++)
                gradients[tensor.Name][i] = 0.01f * (tensor.Offset + i + 1);
        }

        return (parameters, gradients);
    }

    private static void Check<T>(string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var reference = Case.Load(name);
        var (relative, absolute) = (reference.Number("tolerance", "rtol"), reference.Number("tolerance", "atol"));
        foreach (var tensor in new[] { "w", "b" })
        {
            var optimizer = Make<T>(reference);
            var rates = reference.Config["lr_per_step"]?.AsArray();
            var gradients = reference.Tensor("inputs", tensor + ".grad");
            var expected = reference.Tensor("outputs", tensor);
            var start = reference.Tensor("params", tensor);
            var (w, g) = Arenas<T>(start.Length);
            Copy(start, w.Values);
            for (var step = 0; step < gradients.Length / start.Length; step++)
            {
                Copy(gradients.AsSpan(step * start.Length, start.Length), g.Values);
                optimizer.LearningRate = rates?[step]!.GetValue<double>() ?? optimizer.LearningRate;
                optimizer.Step(w, g);
                for (var i = 0; i < start.Length; i++)
                {
                    var wanted = expected[step * start.Length + i];
                    double.CreateChecked(w.Values[i]).ShouldBe(wanted, absolute + relative * Math.Abs(wanted), $"{tensor}[{i}] after step {step + 1}");
                }
            }
        }
    }

    private static Optimizer<T> Make<T>(Case reference)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var rate = reference.Setting("lr", 0.1);
        var (momentum, decay) = (reference.Setting("momentum"), reference.Setting("weight_decay"));
        var algorithm = reference.Config["algorithm"]!.GetValue<string>();
        return algorithm switch
        {
            "sgd" => new Sgd<T>(rate, decay),
            "momentum" => new Momentum<T>(rate, momentum, reference.Setting("dampening"), decay),
            "momentum_textbook" => new Momentum<T>(rate, momentum, textbook: true),
            "nesterov" => new Nesterov<T>(rate, momentum, decay),
            "nesterov_textbook" => new Nesterov<T>(rate, momentum, textbook: true),
            "adam" or "adam_eps_hat" or "adamw" => new Adam<T>(
                rate, reference.Setting("beta1"), reference.Setting("beta2"), reference.Setting("eps"), decay, algorithm == "adam_eps_hat", algorithm == "adamw"),
            _ => throw new ArgumentOutOfRangeException(nameof(reference), algorithm, null),
        };
    }

    private static void Copy<T>(ReadOnlySpan<float> source, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < source.Length; i++)
            destination[i] = T.CreateChecked(source[i]);
    }

    private static (ParameterArena<T> Parameters, GradientArena<T> Gradients) Arenas<T>(int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorInfo[] tensors = [new("w", [length], 0, Initializer.Zeros, 1, 1)];
        return (new Parameters<T>(tensors, length), new Gradients<T>(tensors, length));
    }
}
