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
    [InlineData("[Input(300)] [Wide(Repeat = 4)] [Dense(300), MeanSquaredError]", 3)]
    [InlineData("[Input(300)] [Sum, Branch, Dense(300), Tanh, Branch, End] [L2(0.1), Dense(300), MeanSquaredError]", 1)]
    // Of blocks, the first stands alone, and the others share a method.
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

    [Theory]
    [InlineData("[Input(300)] [Dense(300), ReLU, Dense(300), MeanSquaredError]", "Dense2")]
    [InlineData("[Input(300)] [Dense(300), Sum, Branch, Dense(300), Tanh, Branch, End, GELU, Dense(10), MeanSquaredError]", "Dense2")]
    [InlineData("[Input(300)] [Dense(300), Sum, Branch, Dense(300), Tanh, Branch, Dense(300), GELU, Dense(300), End, MeanSquaredError]", "Dense3")]
    public void Their_weights_are_read_for_the_last_time_before(string attributes, string layer)
    {
        var run = Compiler.Run($$"""
            using NetDsl;

            [Network] {{attributes}}
            partial class Net;
            """);
        run.Complaints.ShouldBeEmpty();
        var text = string.Concat(run.Files.Values);
        var backward = text[text.IndexOf("public void Backward(", StringComparison.Ordinal)..text.IndexOf("public void BackwardInput(", StringComparison.Ordinal)];
        var read = backward.LastIndexOf($"parameters.{layer}.Weight", StringComparison.Ordinal);
        read.ShouldBeGreaterThan(0);
        backward.IndexOf($"gradients.{layer}.Weight", StringComparison.Ordinal).ShouldBeGreaterThan(read);
        backward.ShouldNotContain("parameters.Dense1.Weight");
    }

    [Fact]
    public void Only_networks_that_have_some_say_so()
    {
        Says("[Input(300)] [Dense(300), MeanSquaredError]").ShouldBeTrue();
        Says("[Input(30)] [Dense(300), MeanSquaredError]").ShouldBeFalse();

        static bool Says(string attributes) =>
            string.Concat(Compiler.Run($"using NetDsl; [Network] {attributes} partial class Net;").Files.Values).Contains("StepsInBackward => true", StringComparison.Ordinal);
    }
}
