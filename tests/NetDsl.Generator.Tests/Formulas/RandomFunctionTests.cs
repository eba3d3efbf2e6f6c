using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Tests.Support;
using Xunit.Abstractions;

namespace NetDsl.Generator.Tests.Formulas;

/// <summary>Random C# functions go through the reader, the algebra, the differentiation and the printer; what comes out computes what C# does, and its derivative.</summary>
public class RandomFunctionTests(ITestOutputHelper output)
{
    private const int Count = 1000;
    private const int Seed = 20240131;

    private static readonly double[] Points = [.. Enumerable.Range(0, 41).Select(i => -4 + i * 0.2003), -11.7, 9.3];

    private delegate double Plain(double x);

    private delegate void Compiled(double x, out double value, out double derivative);

    private delegate (double Value, double Slope, double Most, bool IsNearKink) Reference(double x);

    [Fact]
    public void The_derivative_of_a_random_function_is_right()
    {
        var functions = Enumerable.Range(0, Count).Select(i => new RandomFunction(Seed + i)).ToList();
        var declared = Compiler.Run("#pragma warning disable\n" + string.Join("\n", functions.Select((function, i) => Declaration(i, function)))).ShouldCompile();
        var formulas = declared.Formulas;
        formulas.Count.ShouldBe(Count);

        var operators = new StringBuilder("using NetDsl.Kernels.Simd;\n#nullable enable\n");
        var saved = new Dictionary<Saved, int>();
        for (var i = 0; i < Count; i++)
        {
            var (code, from) = Operator(i, formulas[$"F{i}Attribute"]);
            saved[from] = saved.GetValueOrDefault(from) + 1;
            operators.AppendLine(code);
        }

        output.WriteLine(string.Join(", ", saved.Select(pair => $"{pair.Key}: {pair.Value}")));
        var duals = Tracked.Source + string.Concat(functions.Select((function, i) => Lifted(i, function)));
        var assembly = Compiler.Compile(string.Concat(functions.Select((function, i) => Declaration(i, function))), operators.ToString(), duals);
        var compared = Enumerable.Range(0, Count).Select(i => Check(assembly, i, functions[i], formulas[$"F{i}Attribute"])).ToList();
        output.WriteLine($"{compared.Sum()} of {Count * Points.Length} points compared, {compared.Count(points => points > 0)} functions");
        compared.Sum().ShouldBeGreaterThan(Count * Points.Length * 3 / 4, "points that can be compared");
        compared.Count(points => points > 0).ShouldBeGreaterThan(Count * 9 / 10, "functions that can be compared");
    }

    private static int Check(Assembly assembly, int index, RandomFunction function, FormulaSpec formula)
    {
        var plain = assembly.GetType($"F{index}Attribute")!.GetMethod("Value")!.CreateDelegate<Plain>();
        var compiled = assembly.GetType($"Operator{index}")!.GetMethod("Run")!.CreateDelegate<Compiled>();
        var reference = assembly.GetType($"Lifted{index}")!.GetMethod("Run")!.CreateDelegate<Reference>();
        var compared = 0;
        foreach (var x in Points)
        {
            var expected = reference(x);
            if (!(expected.Most < 1e7) || expected.IsNearKink)
                continue;
            compared++;
            compiled(x, out var value, out var derivative);
            // Of the largest number that occurs: what cancels leaves that much behind, and an inverse or a product of derivatives multiplies it.
            var tolerance = 1e-12 * (1 + expected.Most * expected.Most);
            if (!(Math.Abs(value - plain(x)) <= tolerance) || !(Math.Abs(derivative - expected.Slope) <= tolerance))
            {
                Assert.Fail($"""
                    Function {index} at x = {x:R}: value {value:R}, C# says {plain(x):R}; derivative {derivative:R}, the dual number {expected.Slope:R} (tolerance {tolerance:E1}).
                    {Declaration(index, function)}
                    Formula: {formula.Value.Text}
                    {Operator(index, formula).Code}
                    """);
            }
        }

        return compared;
    }

    private static string Declaration(int index, RandomFunction function) => $$"""
        public sealed class F{{index}}Attribute : NetDsl.ActivationAttribute
        {
            public static double Value(double x)
            {
        {{function.Body.Replace("Math.", "System.Math.")}}
            }

            private static double Helper(double u) => u > 0.5 ? 0.25 * u : System.Math.Tanh(u) - 0.3;
        }

        """;

    private static string Lifted(int index, RandomFunction function) => $$"""
        public static class Lifted{{index}}
        {
            public static (double, double, double, bool) Run(double x)
            {
                Dual.IsNearKink = false;
                var y = Value(new Dual(x, 1, 0));
                return (y.V, y.D, y.Most, Dual.IsNearKink);
            }

            static Dual Value(Dual x)
            {
        {{Tracked.Lift(function.Body)}}
            }

            static Dual Helper(Dual u) => u > 0.5 ? 0.25 * u : DualMath.Tanh(u) - 0.3;
        }

        """;

    // The value first, as in a forward pass, then the derivative from what the compiler chose to keep.
    private static (string Code, Saved Saved) Operator(int index, FormulaSpec formula)
    {
        var algebra = new Algebra();
        var x = algebra.Variable(ActivationFormula.Input);
        var value = algebra.Substitute(FormulaText.Read(algebra, formula.Value.Text)!, new Dictionary<Expr, Expr> { [algebra.Variable("x")] = x });
        var function = new ActivationFormula(algebra, value, [], "", new Dictionary<string, Expr>());
        var code = new ElementCode("double", 1, _ => "x", _ => "y", ["x", "y", "d"]);
        IReadOnlyList<string> statements;
        if (function.Derivation.Saved == Saved.Derivative)
            statements = function.Print([("y", function.Derivation.Value), ("d", function.Derivation.Derivative)], code, "x", "", _ => "");
        else
            statements = [.. function.Print([("y", function.Derivation.Value)], code, "x", "", _ => ""), .. function.Print([("d", function.Derivation.Derivative)], code, "x", "y", _ => "")];
        return ($$"""
            public static class Operator{{index}}
            {
                public static void Run(double at, out double value, out double derivative)
                {
                    value = derivative = 0;
                    Apply(Simd1<double>.Create(at), out var y, out var d);
                    y.Store(ref value);
                    d.Store(ref derivative);
                }

                static void Apply<V>(V x, out V value, out V derivative)
                    where V : struct, ISimd<V, double>
                {
                    {{string.Join("\n        ", statements)}}
                    value = y;
                    derivative = d;
                }
            }
            """, function.Derivation.Saved);
    }
}
