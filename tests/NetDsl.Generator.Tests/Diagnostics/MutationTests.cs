using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Diagnostics;

public class MutationTests
{
    private const int Mutations = 700;

    private const string Source = """
        using NetDsl;

        [Network(Precision = Precision.Double), Input(3, 4)]
        [Dense(8, Name = "hidden", Bias = false), LeakyReLU(0.1), Dropout(0.5)]
        [Dense(units: 5, Weights = Initialization.HeNormal), Softmax(Axis = 0), GELU(TanhApproximation = true)]
        [Dense(2), Tanh, SoftmaxCrossEntropy(ClassWeights = new double[] { 1, 2.5 }, LabelSmoothing = 0.1)]
        public partial class Classifier;

        [Network, Input(6)]
        [Dense(3), Sigmoid, BinaryCrossEntropy(PositiveWeights = new[] { 2.0 }, Reduction = Reduction.Sum)]
        public partial class Detector;

        [Network, Input(2, 9, 8)]
        [Conv(4, 3, 2, Stride = new[] { 2, 1 }, Padding = Padding.Same, Groups = 2), ReLU, MaxPool(2, Pads = 1), AveragePool(2, IncludePadding = false)]
        [TransposedConv(3, 3, Stride = 2, Crop = 1, OutputPadding = 1), L2Pool(2, 1, CeilMode = true), Upsample(1, 2), Reshape(3, -1), GlobalMaxPool, SquaredError]
        public partial class Filter;

        [Network, Input(3, 4, 4)]
        [Sum] [Branch, Conv(3, 3, Padding = Padding.Same), ReLU] [Branch] [Branch, Product, Branch, Branch, Conv(3, 1), End] [End]
        [Concat(Axis = 0), Branch, Conv(2, 1), Branch, Dropout(0.5), End] [GlobalAveragePool, SquaredError]
        public partial class Joined;
        """;

    private const string Formula = """
        using System;
        using NetDsl;

        public sealed class BendAttribute(double slope = 0.1) : ActivationAttribute
        {
            private const double Half = 1 / 2.0;

            public bool IsSteep { get; set; } = true;

            public static double Value(double x, [Learnable] double slope, bool isSteep)
            {
                var y = Math.Max(x, 0) + 1e-3f;
                if (x is > 0 and not 3 || !isSteep && y >= 2)
                    return Twice(-x);
                x += slope * x switch { < 0 => Half, _ => 0 };
                return isSteep ? x : Math.Pow(x, 3) / Functions.Softplus(y);
            }

            [Derivative("slope")]
            public static double Along(double x, double value) => x * value;

            private static double Twice(double x) => 2 * x;
        }

        public class ScaledAttribute : ActivationAttribute
        {
            public ScaledAttribute(double a, [Above("a")] double b = 2)
                : this(a * 3)
            {
                var half = b / 2;
                Shift = half + Factor;
            }

            protected ScaledAttribute(double factor) => Factor = factor;

            public double Factor { get; set; } = 1;

            public double Shift = 0.5;

            public static double Value(double x, double factor, double shift) => factor * x + shift;
        }

        public sealed class TwiceAttribute(double c) : ScaledAttribute(2 * c, c);

        public sealed class FarAttribute : SampleLossAttribute
        {
            public static double Squares(double prediction, double target) => Math.Pow(prediction - target, 2);

            public static double Value(double squares, double least = 1) => Math.Sqrt(squares + least);
        }
        """;

    /// <summary>Whatever stands in the attribute lists: the generator lives, and no network is passed over in silence.</summary>
    [Fact]
    public void Mutated_attributes_give_code_or_an_error()
    {
        var original = Compiler.Parse(Source, "Networks.cs");
        var tokens = original.GetRoot().DescendantNodes().OfType<AttributeListSyntax>().SelectMany(list => list.DescendantTokens()).Select(token => token.Span).ToList();
        var random = new Random(5);
        for (var i = 0; i < Mutations; i++)
        {
            var mutated = Mutate(Source, tokens, random);
            var generation = Compiler.Run(mutated);
            foreach (var type in generation.Input.SyntaxTrees.Single().GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>())
            {
                var isNetwork = type.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() is "Network" or "Input");
                if (isNetwork && !generation.Files.ContainsKey(type.Identifier.ValueText + ".g.cs") && !HasError(generation))
                    Assert.Fail($"Nothing is generated or said for {type.Identifier} in:\n{mutated}");
            }

            // What was generated compiles, unless the user's own text doesn't.
            if (!HasError(generation))
                generation.Output.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ShouldBeEmpty(mutated);
        }
    }

    /// <summary>Whatever stands in a formula: the generator lives, and a formula is read or its problem is said.</summary>
    [Fact]
    public void Mutated_formulas_are_read_or_reported()
    {
        var original = Compiler.Parse(Formula, "Formula.cs");
        var tokens = original.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>().SelectMany(type => type.Members).SelectMany(member => member.DescendantTokens()).Select(token => token.Span).ToList();
        var random = new Random(7);
        for (var i = 0; i < Mutations; i++)
        {
            var mutated = Mutate(Formula, tokens, random);
            var generation = Compiler.Run(mutated);
            generation.Reports.ShouldNotContain(report => report.Id == "NETDSL999", mutated);
            if (!HasError(generation))
                generation.Formulas.Count.ShouldBe(4, mutated);
        }
    }

    private static bool HasError(Generation generation) =>
        generation.Reports.Concat(generation.Input.GetDiagnostics()).Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    // Deletes, doubles or swaps tokens, once to three times from the end of the text to its start.
    private static string Mutate(string source, IReadOnlyList<Microsoft.CodeAnalysis.Text.TextSpan> tokens, Random random)
    {
        var text = source;
        foreach (var index in Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(tokens.Count - 1)).Distinct().OrderDescending().ToList())
        {
            var (token, next) = (tokens[index], tokens[index + 1]);
            string Text(Microsoft.CodeAnalysis.Text.TextSpan span) => source.Substring(span.Start, span.Length);
            text = random.Next(3) switch
            {
                0 => text.Remove(token.Start, token.Length),
                1 => text.Insert(token.Start, Text(token) + " "),
                _ => text.Remove(token.Start, token.Length).Insert(token.Start, Text(next)),
            };
        }

        return text;
    }
}
