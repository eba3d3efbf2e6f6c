using NetDsl.Generator.Passes;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Numerics;

/// <summary>Blocks that several instances share a method for: which ones do, that they compute the same, and that hooks see each of them.</summary>
public class RepeatedBlockTests
{
    private const string Declarations = BlockTests.Declarations + """

        [Sum, Branch, Dense(nameof(width)), GELU, Dropout(0.3), Dense(nameof(width)), Branch, End, PReLU(PerChannel = true), Dropout(0.2)]
        public sealed class DroppedAttribute(int width) : BlockAttribute;

        [Concat, Branch, Conv(nameof(width), 1), SiLU, Branch, Conv(nameof(width), 3, Padding = Padding.Same), Branch, End, GroupNorm(1, Epsilon = 0.1), Conv(nameof(width), 1), Tanh, LocalResponseNorm(3, Alpha = 0.3)]
        public sealed class JoinedAttribute(int width) : BlockAttribute;

        [Dense(nameof(width)), Tanh, Dense(nameof(width)), SiLU, L2(0.1)]
        public sealed class LayerAttribute(object width) : BlockAttribute;

        [Layer(nameof(width), Repeat = 4), Dense(nameof(width)), Sigmoid]
        public sealed class LayersAttribute(int width) : BlockAttribute;

        [Dense(12), SwiGLU(Axis = -1), LayerNorm(Epsilon = 0.1), Dense(6)]
        public sealed class GatedAttribute : BlockAttribute;

        [Conv(3, 3, Padding = Padding.Same), ReLU, Conv(3, 3, Padding = Padding.Same), ReLU, MaxPool(3, Stride = 1, Padding = Padding.Same), Flatten, Reshape(3, 5, 5)]
        public sealed class PooledAttribute : BlockAttribute;

        """;

    private static readonly (NetworkCase Network, string Methods)[] Cases =
    [
        (new("Start", "[Input(4)] [Residual(4, Repeat = 3)] [SquaredError]", 5), "Forward Residual4: residual2, residual3"),
        (new("Dropouts", "[Input(6)] [Dropout(0.1), Dense(6)] [Dropped(6, Repeat = 4)] [Dense(2), SquaredError]", 6), "Forward Dropped6: dropped1, dropped2, dropped3, dropped4"),
        (new("Joins", "[Input(3, 4, 4)] [Conv(4, 1)] [Joined(4, Repeat = 3)] [GlobalAveragePool, Dense(2), SquaredError]", 3), "Forward Joined4: joined1, joined2, joined3"),
        (new("Nested", "[Input(5)] [Dense(5)] [Layers(5, Repeat = 2), Layers(5)] [Dense(2), SquaredError]", 4),
            "Backward Layer5: layers1.layer4, layers1.layer3, layers1.layer2"),
        (new("Gates", "[Input(4, 6)] [Dense(6)] [Gated(Repeat = 3)] [SquaredError]", 4), "Forward Gated4: gated1, gated2, gated3"),
        (new("Pools", "[Input(2, 5, 5)] [Pooled(Repeat = 3)] [Flatten, Dense(2), SquaredError]", 3), "Forward Pooled3: pooled2, pooled3"),
        (new("Frozen", "[Input(3, 6, 6)] [Basic(4)] [Basic(4, Repeat = 2, Frozen = true)] [Basic(4, Repeat = 2)] [GlobalAveragePool, Dense(2), SquaredError]", 4), "Forward Basic4: basic2, basic3"),
        (new("FrozenAtStart", "[Input(4, 6, 6)] [Basic(4, Repeat = 3, Frozen = true)] [GlobalAveragePool, Dense(2), SquaredError]", 4), "BackwardInput Basic4: basic3, basic2"),
        (new("Shared", "[Input(4)] [Dense(4), Residual(4, Name = \"first\"), Tanh, Shared(\"first\", Name = \"again\"), Tanh, Shared(\"first\", Name = \"last\"), Tanh] [Residual(4, Repeat = 2), Tanh, Dense(2), L2(0.1), SquaredError]", 5), "Forward First4: first, again, last, residual2"),
        (new("Outside", "[Input(4)] [Dense(4)] [Residual(4, Repeat = 3)]", 5), "Predict Residual4: residual1, residual2, residual3"),
        (new("Residual", "[Input(3, 8, 8)] [Conv(4, 3, Padding = Padding.Same, Bias = false), BatchNorm, ReLU] [Basic(4, Repeat = 3)] [Basic(6, 2), Basic(6, Repeat = 2)] [GlobalAveragePool, Dense(3), SoftmaxCrossEntropy]", 5), "Backward Basic4: basic3, basic2, basic1"),
    ];

    private static readonly Lazy<NetworkBatch> Networks = new(() => new NetworkBatch([.. Cases.Select(repeated => (repeated.Network, false)), .. Cases.Select(repeated => (repeated.Network, true))], Declarations));

    public static TheoryData<NetworkCase, bool> All
    {
        get
        {
            var all = new TheoryData<NetworkCase, bool>();
            foreach (var (network, _) in Cases)
            {
                all.Add(network, false);
                all.Add(network, true);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void A_network_of_repeated_blocks_agrees_with_the_reference(NetworkCase network, bool isDouble) => Networks.Value.Check(network, isDouble, seed: 11);

    [Fact]
    public void Blocks_that_run_the_same_steps_share_a_method()
    {
        var generation = Compiler.Run($"using NetDsl;\n\n{Declarations}\n" + string.Join("\n", Cases.Select(repeated => repeated.Network.Source(isDouble: false))));
        foreach (var (network, methods) in Cases)
            Methods(generation.Model(network.Class(isDouble: false))).ShouldContain(methods, network.Name);
    }

    [Fact]
    public void A_block_without_its_like_stays_in_its_place()
    {
        var model = Compiler.Run($"using NetDsl;\n\n{Declarations}\n[Network, Input(4)] [Residual(4), Residual(5), Residual(6)] [SquaredError] public partial class Net;").Model("Net");
        Methods(model).ShouldBeEmpty();
    }

    /// <summary>Every gradient's hook is called once, in the order of the backward pass, with the gradient of its own layer.</summary>
    [Fact]
    public void Hooks_see_each_block()
    {
        var source = $"using NetDsl;\n\n{BlockTests.Declarations}\n[Network, Input(3)] [Dense(4)] [Residual(4, Repeat = 3)] [Tanh, Dense(2), SquaredError] public partial class Net {{ public static System.Collections.Generic.List<(string, float[])> Calls {{ get; }} = []; {{0}} }}";
        var plain = Compiler.Run(source.Replace("{0}", "", StringComparison.Ordinal));
        var declared = plain.Files.Values.SelectMany(file => file.Split('\n')).Where(line => line.Contains("partial void OnGradient", StringComparison.Ordinal)).Select(line => line.Trim()).ToList();
        declared.Count.ShouldBe(8);
        declared.ShouldBe(declared.Distinct());
        Methods(plain.Model("Net")).ShouldContain("Backward Residual4: residual3, residual2, residual1");

        var implemented = string.Concat(declared.Select(line =>
        {
            var (name, variable) = (line[line.IndexOf("OnGradient", StringComparison.Ordinal)..line.IndexOf('(')], line.TrimEnd(';', ')').Split(' ')[^1]);
            return $"partial void {name}(System.Span<float> {variable}) => Calls.Add((\"{name}\", {variable}.ToArray())); ";
        }));
        var type = Compiler.Run(source.Replace("{0}", implemented, StringComparison.Ordinal)).ShouldCompile().Load().GetType("Net", throwOnError: true)!;
        var network = (INetwork<float, float>)Activator.CreateInstance(type)!;
        var (parameters, gradients, workspace) = (network.CreateParameters(3), network.CreateGradients(), network.CreateWorkspace(2));
        float[] x = [0.1f, -0.4f, 0.7f, 1, 0.3f, -0.2f];
        var calls = (List<(string Name, float[] Gradient)>)type.GetProperty("Calls")!.GetValue(null)!;

        network.Forward(parameters, x, workspace, training: true);
        network.Loss(workspace, new float[4]);
        network.Backward(parameters, x, workspace, gradients, accumulate: false);
        var backward = calls.ToList();
        calls.Clear();
        network.Forward(parameters, x, workspace, training: true);
        network.Loss(workspace, new float[4]);
        network.BackwardInput(parameters, workspace, new float[6]);

        backward.Select(call => call.Name).Order().ShouldBe(declared.Select(line => line[line.IndexOf("OnGradient", StringComparison.Ordinal)..line.IndexOf('(')]).Order());
        calls.Select(call => call.Name).ShouldBe(backward.Select(call => call.Name));
        for (var i = 0; i < calls.Count; i++)
            calls[i].Gradient.ShouldBe(backward[i].Gradient, calls[i].Name);
        var order = backward.Select(call => call.Name).Where(name => name.Contains("Residual", StringComparison.Ordinal)).Select(name => name["OnGradientResidual".Length]).ToList();
        order.ShouldBe(order.OrderDescending());
        backward.Select(call => string.Join(" ", call.Gradient)).Distinct().Count().ShouldBe(backward.Count);
        // What a bias of a dense layer learns is the sum of the gradient behind it over the samples.
        foreach (var block in new[] { "1", "2", "3" })
        {
            var behind = backward.Single(call => call.Name == $"OnGradientResidual{block}Dense1").Gradient;
            var bias = gradients[$"residual{block}.dense1.bias"];
            for (var unit = 0; unit < 4; unit++)
                bias[unit].ShouldBe(behind[unit] + behind[4 + unit], 1e-6f);
        }
    }

    private static List<string> Methods(NetworkModel model)
    {
        var (training, inference) = (model.Training.Outlines, model.Inference.Outlines);
        (string Pass, Outline Outline)[] passes = [("Forward", training.Forward), ("Backward", training.Backward), ("BackwardInput", training.WayToInput), ("BackwardInput", training.BackwardInput), ("Predict", inference.Forward)];
        return [.. passes.SelectMany(pass => pass.Outline.Methods.Select(method => $"{pass.Pass} {method.Name}: {string.Join(", ", method.Instances.Select(instance => instance.Path))}"))];
    }
}
