using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Emission;

/// <summary>Which dense layers let an optimiser take their weights' step within the backward pass.</summary>
public class LargeDenseTests
{
    [Theory]
    [InlineData("[Input(256)] [Dense(256), ReLU, Dense(10), SoftmaxCrossEntropy]", 1)]
    [InlineData("[Input(255)] [Dense(256), ReLU, Dense(10), SoftmaxCrossEntropy]", 0)]
    [InlineData("[Input(300)] [Dense(300, Bias = false), ReLU, Dense(300), Tanh, Dense(10), SoftmaxCrossEntropy]", 2)]
    [InlineData("[Input(5, 300)] [Dense(300), ReLU, Flatten, Dense(10), SoftmaxCrossEntropy]", 1)]
    [InlineData("[Input(300)] [Dense(300, Frozen = true), ReLU, Dense(300), MeanSquaredError]", 1)]
    [InlineData("[Input(300)] [L2(0.1), Dense(300), ReLU, Dense(300), MeanSquaredError]", 0)]
    [InlineData("[Input(300)] [Dense(300, Name = \"a\"), Tanh, Shared(\"a\"), Tanh, Dense(300), MeanSquaredError]", 1)]
    [InlineData("[Input(300)] [Dense(250, Name = \"a\"), Tanh, Tied(\"a\"), MeanSquaredError]", 0)]
    [InlineData("[Input(300)] [Wide(Repeat = 4)] [Dense(300), MeanSquaredError]", 2)]
    // Blocks that share a method hand it tensors, and not the arena that knows of the optimiser; the first of them stands alone.
    public void Large_ones_that_nothing_else_reads(string attributes, int layers)
    {
        var run = Compiler.Run($$"""
            using NetDsl;

            [Network] {{attributes}}
            partial class Net;

            [Dense(300), Tanh]
            sealed class WideAttribute : BlockAttribute;
            """);
        run.Complaints.ShouldBeEmpty();
        var text = string.Concat(run.Files.Values);
        text.Split("Runtime::LargeDense.BackwardParameters<").Length.ShouldBe(layers + 1);
    }

    [Fact]
    public void Their_weights_are_read_for_the_last_time_before()
    {
        var run = Compiler.Run("""
            using NetDsl;

            [Network, Input(300)] [Dense(300), ReLU, Dense(300), MeanSquaredError]
            partial class Net;
            """);
        var text = string.Concat(run.Files.Values);
        var backward = text[text.IndexOf("public void Backward(", StringComparison.Ordinal)..text.IndexOf("public void BackwardInput(", StringComparison.Ordinal)];
        backward.IndexOf("parameters.Dense2.Weight", StringComparison.Ordinal).ShouldBeInRange(0, backward.IndexOf("gradients.Dense2.Weight", StringComparison.Ordinal));
        backward.ShouldNotContain("parameters.Dense1.Weight");
    }
}
