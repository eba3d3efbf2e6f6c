using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Diagnostics;

public class MutationTests
{
    private const int Mutations = 500;

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
            var mutated = Mutate(tokens, random);
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

    private static bool HasError(Generation generation) =>
        generation.Reports.Concat(generation.Input.GetDiagnostics()).Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    // Deletes, doubles or swaps tokens, once to three times from the end of the text to its start.
    private static string Mutate(IReadOnlyList<Microsoft.CodeAnalysis.Text.TextSpan> tokens, Random random)
    {
        var text = Source;
        foreach (var index in Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(tokens.Count - 1)).Distinct().OrderDescending().ToList())
        {
            var (token, next) = (tokens[index], tokens[index + 1]);
            string Text(Microsoft.CodeAnalysis.Text.TextSpan span) => Source.Substring(span.Start, span.Length);
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
