using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Diagnostics;

/// <summary>Each rule for formulas with the text that it underlines and the message that it gives.</summary>
public class FormulaRuleTests
{
    private const string Allowed = "allowed are arithmetic, comparisons, conditions, local variables, constants, functions of Math, MathF and NetDsl.Functions, and static methods made of these";
    private const string Functions = "the functions are Abs, Cbrt, Clamp, Cos, Cosh, Erf, Exp, ExpM1, FusedMultiplyAdd, IsNaN, Log, Log10, Log1P, Log2, LogP1, LogSigmoid, Max, Min, NormalCdf, NormalPdf, Pow, Sigmoid, Sign, Sin, Sinh, Softplus, Sqrt, Tan, Tanh";
    private const string Types = "but formulas are made of float, double, a floating-point type parameter, and bool for conditions";
    private const string Outside = "it belongs to the method around this one: hand it over as a parameter";
    private const string Unknown = "its value isn't known while compiling: make it const, or static readonly with a value in this project";
    private const string Effect = "it would act on something else than this method's variables, or on nothing";
    private const string Assignment = "an assignment is a statement of its own: write it on a line before";
    private const string Loop = "a loop repeats, but a formula is one expression: write its terms out";
    private const string Check = "a formula has a value for every number: leave the check out, [Range] on an argument of the attribute does it where the attribute is used";
    private const string Division = "the division of integers cuts off digits, which has no derivative: divide real numbers, as in x / 2.0";

    private static readonly (Rule Rule, string Source, string Message)[] Cases =
    [
        Expression("return {|Math.Atan(x)|};", "NetDsl knows no derivative of 'Atan'; " + Functions),
        Expression("return x * {|double.Parse(\"1\")|};", "NetDsl knows no derivative of 'Parse'; " + Functions),
        Expression("return {|x.CompareTo(1)|};", "only static methods are read: " + Allowed),
        Expression("return {|new FAttribute().Instance(x)|};", "only static methods are read: " + Allowed, "private double Instance(double x) { return x; }"),
        Expression("return {|BitConverter.Int64BitsToDouble(3)|};", "it is compiled in System.Private.CoreLib, where only the formulas of attribute classes can be read: write the method in this project"),
        Expression("return Import(x);", "its body isn't there to be read", "[System.Runtime.InteropServices.DllImport(\"m\")] private static extern double {|Import|}(double x);"),
        Expression("return Two({|out x|});", "a method of a formula gives one number and changes nothing: return it", "private static double Two(out double y) { y = 2; return y; }"),
        Expression("{|Console.WriteLine(x)|}; return x;", Effect),
        Expression("{|_ = x|}; return x;", Effect),
        Expression("return (double){|F(x)|};", "it is of type 'object', " + Types, "private static object F(double x) => 1;"),
        Expression("return x + {|x % 2|};", "NetDsl knows no derivative of this operator: " + Allowed),
        Expression("return x * ({|Math.Sign(x) / 2|});", Division),
        Expression("var n = Math.Sign(x); {|n /= 2|}; return n * x;", Division),
        Expression("var n = Math.Sign(x); {|n <<= 2|}; return n * x;", "NetDsl knows no derivative of this operator: " + Allowed),
        Expression("return {|(int)x|} + 0.5;", "cutting off the digits behind the point has no derivative"),
        Expression("return x + (double){|1.5m|};", "it is of type 'decimal', " + Types),
        Expression("var {|text = \"a\"|}; return x;", "it is of type 'string', " + Types),
        Expression("ref var {|y = ref x|}; return y;", "a reference to another variable has no place among numbers"),
        Expression("return {|new double[] { x }[0]|};", Allowed),
        Expression("double y; return {|y = x|};", Assignment),
        Expression("return {|x++|};", Assignment),
        Expression("{|for|} (var i = 0; i < 3; i++) x *= x; return x;", Loop),
        Expression("{|while|} (x > 1) x /= 2; return x;", Loop),
        Expression("if (double.IsNaN(x)) {|throw|} new ArgumentException(); return x;", Check),
        Expression("return x > 0 ? x : {|throw new ArgumentException()|};", Check),
        Expression("{|switch|} (x) { case 0: return 1; default: return x; }", "a switch statement isn't read: write a switch expression, or if and return"),
        Expression("{|try|} { return x; } finally { }", Allowed),
        Expression("return {|x switch { < 0 => 0, 1 => 2 }|};", "it has no value for some numbers: end it with an arm '_ => …'"),
        Expression("return x is {|var y|} ? y : x;", "a pattern compares with constants: <, <=, >, >=, a number, 'not', 'and', 'or' or '_'"),
        Expression("return Inner(); double Inner() => {|x|} * 2;", Outside),
        Expression("x = Inner(2); return x; double Inner(double y) { {|x|} = y; return y; }", Outside),
        Expression("return {|Mutable|} * x;", Unknown, "public static double Mutable;"),
        Expression("return {|Fixed|} * x;", Unknown, "private static readonly double Fixed; static FAttribute() { Fixed = 3; }"),
        Expression("return A * x;", "its value depends on itself", "private static readonly double A = 1 + B; private static readonly double B = 2 * {|A|};"),
        Expression("return {|Environment.TickCount|} * x;", Unknown),
        Expression("return F(x);", "NetDsl knows no derivative of 'Round'; " + Functions, "private static T F<T>(T x) where T : System.Numerics.IFloatingPoint<T> => {|T.Round(x)|};"),
        (Rules.RecursiveFormula, Activation("public static double Value(double x) => 2 * {|Value(x - 1)|};"),
            "'Value' is called on the way to its own result (Value → Value), but a formula is one expression: write it without recursion"),
        (Rules.RecursiveFormula, Activation("public static double Value(double x) => Even(x); static double Even(double x) => x > 0 ? Odd(x - 1) : 1; static double Odd(double x) => x > 0 ? {|Even(x - 1)|} : 0;"),
            "'Even' is called on the way to its own result (Even → Odd → Even), but a formula is one expression: write it without recursion"),
        (Rules.RecursiveFormula, Activation("public static double Value(double x) { return Inner(x); static double Inner(double y) => {|Inner(y)|}; }"),
            "'Inner' is called on the way to its own result (Inner → Inner), but a formula is one expression: write it without recursion"),
        (Rules.FormulaTooLarge, Activation("public static double {|Value|}(double x) => E(E(x)); static double A(double x) => Math.Sin(Math.Sin(Math.Sin(x))); static double B(double x) => A(A(A(x))); static double C(double x) => B(B(B(x))); static double D(double x) => C(C(C(x))); static double E(double x) => D(D(D(x)));"),
            "The formula 'FAttribute.Value(double)' has more than 5000 operations or is nested more than 200 deep, all methods that it calls included: split it over several layers"),
        (Rules.FormulaTooLarge, Activation($"public static double {{|Value|}}(double x) => {new string('(', 300)}x{string.Concat(Enumerable.Repeat(" * 2 + x)", 300))};"),
            "The formula 'FAttribute.Value(double)' has more than 5000 operations or is nested more than 200 deep, all methods that it calls included: split it over several layers"),
        (Rules.NoFormula, "public sealed class {|FAttribute|} : ActivationAttribute;",
            "[F] has no method called 'Value', which its base class asks for: write 'public static double Value(double x) => …'"),
        (Rules.NoFormula, "public sealed class {|FAttribute|} : GateAttribute { public double Value { get; set; } }",
            "[F] has no method called 'Value', which its base class asks for: write 'public static double Value(double a, double b) => …'"),
        (Rules.NoFormula, "public sealed class {|FAttribute|} : ElementwiseLossAttribute;",
            "[F] has no method called 'Value', which its base class asks for: write 'public static double Value(double prediction, double target) => …'"),
        (Rules.NoFormula, "public sealed class {|FAttribute|} : SampleLossAttribute;",
            "[F] has no method called 'Value', which its base class asks for: write 'public static double Value(double squares) => …' and 'public static double Squares(double prediction, double target) => …'"),
        (Rules.NoFormula, "public sealed class {|FAttribute|} : RegularizerAttribute;",
            "[F] has no method called 'Value', which its base class asks for: write 'public static double Value(double weight) => …'"),
        (Rules.NoFormula, Activation("public double {|Value|}(double x) => x;"),
            "[F] has a 'Value' that isn't static: make it static, and take the attribute's arguments as parameters of the same names"),
        (Rules.NoFormula, Activation("private static double {|Value|}(double x) => x;"),
            "[F] hides its 'Value': make it public or internal"),
        (Rules.NoFormula, Activation("public static double Value(double x) => x; public static float {|Value|}(float x) => x;"),
            "[F] has 2 methods called 'Value': keep one; its number type doesn't matter, since the network's precision decides"),
        (Rules.FormulaParameters, "public sealed class FAttribute([System.ComponentModel.DataAnnotations.Range(1, 0)] double low = 0.5) : ActivationAttribute { public static double Value(double x, double {|low|}) => Math.Max(x, low); }",
            "F.Value has 'low' in a [Range] from 1 to 0, which holds no number: write the smaller end first"),
        (Rules.FormulaParameters, "public sealed class FAttribute([Above(\"low\")] double low = 0) : ActivationAttribute { public static double Value(double x, double {|low|}) => Math.Max(x, low); }",
            "F.Value has 'low' above itself (low > low), which no number is: remove one [Above]"),
        (Rules.FormulaParameters, "public sealed class FAttribute(double low = 0) : ActivationAttribute { public static double Value(double x, [System.ComponentModel.DataAnnotations.Range(0.0, 1.0)] double {|low|}) => Math.Max(x, low); }",
            "F.Value bounds 'low', which is an argument of the attribute: write [Range] or [Above] on the attribute's constructor parameter or property of that name"),
        (Rules.FormulaParameters, Activation("public static int {|Value|}(double x) => 1;"),
            "F.Value gives int, but a formula gives float, double or a floating-point type parameter"),
        (Rules.FormulaParameters, Activation("public static double {|Value|}() => 1;"),
            "F.Value takes the number x first, but has 0 parameters"),
        (Rules.FormulaParameters, Activation("public static double Value(int {|x|}) => x;"),
            "F.Value takes the number x first, so 'x' must be float, double or a floating-point type parameter"),
        (Rules.FormulaParameters, Activation("public static double Value(ref double {|x|}) => x;"),
            "F.Value takes the number x first, so 'x' must be float, double or a floating-point type parameter"),
        (Rules.FormulaParameters, Activation("public static double Value([Learnable] double {|x|}) => x;"),
            "F.Value takes the number x first, so 'x' can't be learnt: put what is learnt behind it"),
        (Rules.FormulaParameters, Activation("public static double Value(double {|slope|}, double x = 1) => x;", "(double slope = 1)"),
            "F.Value takes the number x first, so 'slope' can't be the attribute's argument of that name: put it behind or rename it"),
        (Rules.FormulaParameters, Activation("public static double Value(double x, string {|text|} = \"\") => x;"),
            "F.Value has a parameter 'text' of another type than float, double, a floating-point type parameter, bool or int"),
        (Rules.FormulaParameters, Activation("public static double Value(double x, [Learnable] bool {|flag|} = true) => x;"),
            "F.Value can't learn 'flag', which is no real number"),
        (Rules.FormulaParameters, "public sealed class FAttribute : GateAttribute { public static double {|Value|}(double a) => a; }",
            "F.Value takes at least two pieces of the channels first, but has 1 parameter"),
        (Rules.FormulaParameters, "public sealed class FAttribute(double b = 1) : GateAttribute { public static double Value(double a, double {|b|}) => a; }",
            "F.Value takes at least two pieces of the channels first, so 'b' can't be the attribute's argument of that name: put it behind or rename it"),
        (Rules.FormulaParameters, "public sealed class FAttribute : ElementwiseLossAttribute { public static double {|Value|}(double difference) => difference; }",
            "F.Value takes a prediction and its target first, but has 1 parameter"),
        (Rules.FormulaParameters, "public sealed class FAttribute : ElementwiseLossAttribute { public static double Value(double p, double t, [Learnable] double {|w|} = 1) => w * p; }",
            "F.Value can't learn 'w': [Learnable] is for the Value of an activation"),
        (Rules.FormulaParameters, "public sealed class FAttribute : SampleLossAttribute { public static double {|Value|}(double sum = 0) => sum; }",
            "F.Value takes at least one of the terms first: other static methods of a prediction and its target, which have the names of its parameters"),
        (Rules.FormulaParameters, "public sealed class FAttribute : SampleLossAttribute { public static double Value(double sum) => sum; public static double {|Sum|}(double p) => p; }",
            "F.Sum takes a prediction and its target first, but has 1 parameter"),
        (Rules.FormulaParameters, "public sealed class FAttribute : SampleLossAttribute { public static double Value(double sum) => sum; public static bool {|Sum|}(double p, double t) => p > t; }",
            "F.Sum gives bool, but a formula gives float, double or a floating-point type parameter"),
        (Rules.FormulaParameters, "public sealed class FAttribute : RegularizerAttribute { public static double Value(bool {|weight|}) => 1; }",
            "F.Value takes the weight first, so 'weight' must be float, double or a floating-point type parameter"),
        (Rules.NoArgument, Activation("public static double Value(double x, double {|slope|}) => slope * x;"),
            "F.Value has a parameter 'slope', but the attribute has no argument of that name (it has none): add a constructor parameter or a property called 'slope', or give the parameter a default"),
        (Rules.NoArgument, Activation("public static double Value(double x, double {|slope|}) => slope * x;", "(double slop = 1, float shift = 0)"),
            "F.Value has a parameter 'slope', but the attribute has no argument of that name (it has slop, shift): add a constructor parameter or a property called 'slope', or give the parameter a default"),
        (Rules.NoArgument, Activation("public FAttribute(double slope) { } public FAttribute() { } public static double Value(double x, double {|slope|}) => slope * x;"),
            "F.Value has a parameter 'slope', but not every constructor of the attribute takes it (it has slope): add a constructor parameter or a property called 'slope', or give the parameter a default"),
        (Rules.NoArgument, Activation("public double Slope => 1; public static double Value(double x, double {|slope|}) => slope * x;"),
            "F.Value has a parameter 'slope', but the attribute has no argument of that name (it has none): add a constructor parameter or a property called 'slope', or give the parameter a default"),
        (Rules.DerivativeDoesNotFit, Derivative("[Derivative] public double {|Slope|}(double x) => 1;"),
            "'Slope' can't be a derivative of F.Value: it isn't static"),
        (Rules.DerivativeDoesNotFit, Derivative("[Derivative] public static bool {|Slope|}(double x) => true;"),
            "'Slope' can't be a derivative of F.Value: it gives bool instead of a real number"),
        (Rules.DerivativeDoesNotFit, Derivative("[Derivative(\"y\")] public static double {|Slope|}(double x) => 1;"),
            "'Slope' can't be a derivative of F.Value: Value has no parameter 'y', but x, a"),
        (Rules.DerivativeDoesNotFit, Derivative("[Derivative] public static double Slope(double x) => 1; [Derivative(\"x\")] public static double {|Again|}(double x) => 1;"),
            "'Again' can't be a derivative of F.Value: the derivative by 'x' is there already"),
        (Rules.DerivativeDoesNotFit, Derivative("[Derivative] public static double Slope(double {|y|}) => y;"),
            "'Slope' can't be a derivative of F.Value: its parameter 'y' is none of Value's, which are x, a, nor 'value', which is Value's result"),
        (Rules.DerivativeDoesNotFit, Derivative("[Derivative] public static double {|Slope|}(string x) => 1;"),
            "'Slope' can't be a derivative of F.Value: its parameters aren't all numbers or conditions"),
        (Rules.UnsupportedExpression, Derivative("[Derivative] public static double Slope(double x) => {|Math.Atan(x)|};"),
            "'Math.Atan(x)' can't stand in a formula: NetDsl knows no derivative of 'Atan'; " + Functions),
    ];

    public static TheoryData<int, string> All
    {
        get
        {
            var all = new TheoryData<int, string>();
            for (var i = 0; i < Cases.Length; i++)
                all.Add(i, $"{Cases[i].Rule.Id} {Cases[i].Source}");
            return all;
        }
    }

    /// <summary>The rules that are tested here.</summary>
    internal static IEnumerable<Rule> Tested => Cases.Select(test => test.Rule);

    /// <summary>The class reports its problem once, and the network that uses it waits.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void A_rule_underlines_what_breaks_it(int index, string _)
    {
        var (rule, source, message) = Cases[index];
        var (code, start, length) = MarkedSource.Parse("using System;\nusing NetDsl;\n" + source);
        var generation = Compiler.Run(code, "using NetDsl; [Network, Input(2)] [Dense(1), F, SquaredError] public partial class Net;");

        generation.Input.GetDiagnostics().Where(diagnostic => diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error).ShouldBeEmpty();
        var report = generation.Reports.ShouldHaveSingleItem();
        report.Id.ShouldBe(rule.Id);
        report.GetMessage().ShouldBe(message);
        code.Substring(report.Location.SourceSpan.Start, report.Location.SourceSpan.Length).ShouldBe(code.Substring(start, length));
        report.Location.SourceSpan.Start.ShouldBe(start);
        generation.Files.ShouldBeEmpty();
    }

    private static (Rule Rule, string Source, string Message) Expression(string body, string why, string members = "")
    {
        var source = Activation($"public static double Value(double x) {{ {body} }} {members}");
        var (code, start, length) = MarkedSource.Parse(source);
        return (Rules.UnsupportedExpression, source, $"'{code.Substring(start, length)}' can't stand in a formula: {why}");
    }

    private static string Activation(string members, string parameters = "") => $"public sealed class FAttribute{parameters} : ActivationAttribute {{ {members} }}";

    private static string Derivative(string method) => Activation($"public static double Value(double x, double a = 2) => a * x; {method}");
}
