using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Emission;

/// <summary>Which convolutions are told that most of their gradient is 0.</summary>
public class PooledGradientTests
{
    [Theory]
    [InlineData("MaxPool(2)", 4)]
    [InlineData("ReLU, MaxPool(2)", 4)]
    [InlineData("ELU, Dropout(0.5), MaxPool(2)", 4)]
    [InlineData("MaxPool(3, Stride = 2, Pads = 1)", 4)]
    [InlineData("GlobalMaxPool", 64)]
    [InlineData("MaxPool(3, Stride = 1, Pads = 1)", 1)]
    [InlineData("BatchNorm, MaxPool(2)", 1)]
    [InlineData("AveragePool(2)", 1)]
    [InlineData("ReLU", 1)]
    [InlineData("Sum, Branch, MaxPool(2), Branch, AveragePool(2), End", 1)]
    public void Convolutions_know_how_few_elements_of_their_gradient_a_max_pooling_leaves(string behind, int elementsPerGradient)
    {
        var run = Compiler.Run($$"""
            using NetDsl;

            [Network, Input(3, 8, 8), Conv(4, 3, Padding = Padding.Same), {{behind}}, Flatten, Dense(2), SoftmaxCrossEntropy]
            partial class Net;
            """);
        run.Complaints.ShouldBeEmpty();
        var text = string.Concat(run.Files.Values);
        if (elementsPerGradient == 1)
            text.ShouldNotContain("ResultsPerGradient");
        else
            text.ShouldContain($"ResultsPerGradient => {elementsPerGradient};");
    }
}
