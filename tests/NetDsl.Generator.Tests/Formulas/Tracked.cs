namespace NetDsl.Generator.Tests.Formulas;

/// <summary>A dual number that runs through a function in C# itself, apart from all that the compiler does, and remembers the largest number on its way.</summary>
internal static class Tracked
{
    /// <summary>C# that stands in for <c>double</c>, <c>Math</c> and <c>NetDsl.Functions</c> in a function's text.</summary>
    public const string Source = """
        public struct Dual
        {
            public double V, D, Most;
            public Dual(double v, double d, double most) { V = v; D = d; Most = System.Math.Max(most, System.Math.Max(System.Math.Abs(v), System.Math.Abs(d))); if (double.IsNaN(v) || double.IsNaN(d)) Most = double.PositiveInfinity; }
            public static implicit operator Dual(double v) => new Dual(v, 0, 0);
            static double P(double a, double b) => a == 0 || b == 0 ? 0 : a * b;
            static double M(Dual a, Dual b) => System.Math.Max(a.Most, b.Most);
            public static Dual operator -(Dual a) => new Dual(-a.V, -a.D, a.Most);
            public static Dual operator +(Dual a, Dual b) => new Dual(a.V + b.V, a.D + b.D, M(a, b));
            public static Dual operator -(Dual a, Dual b) => new Dual(a.V - b.V, a.D - b.D, M(a, b));
            public static Dual operator *(Dual a, Dual b) => new Dual(a.V * b.V, P(a.D, b.V) + P(a.V, b.D), M(a, b));
            public static Dual operator /(Dual a, Dual b) => new Dual(a.V / b.V, (a.D - P(a.V / b.V, b.D)) / b.V, M(a, b));
            public static bool operator <(Dual a, Dual b) { Near(a, b); return a.V < b.V; }
            public static bool operator >(Dual a, Dual b) { Near(a, b); return a.V > b.V; }
            public static bool operator <=(Dual a, Dual b) { Near(a, b); return a.V <= b.V; }
            public static bool operator >=(Dual a, Dual b) { Near(a, b); return a.V >= b.V; }
            // Within rounding of a kink either side may be taken; of what is the same, slope and all, neither side differs.
            public static bool IsNearKink;
            public static void Near(Dual a, Dual b) { if ((a.V != b.V || a.D != b.D) && System.Math.Abs(a.V - b.V) < 1e-6 * (1 + M(a, b))) IsNearKink = true; }
            public Dual F(double v, double slope) => new Dual(v, P(slope, D), System.Math.Max(Most, System.Math.Abs(slope)));
            public static Dual LogP1(Dual a) => a.F(double.LogP1(a.V), 1 / (1 + a.V));
            public static Dual ExpM1(Dual a) => a.F(double.ExpM1(a.V), System.Math.Exp(a.V));
        }
        public static class DualMath
        {
            public static Dual Abs(Dual a) { Dual.Near(a, 0); return a.F(System.Math.Abs(a.V), System.Math.Sign(a.V)); }
            public static Dual Sign(Dual a) { Dual.Near(a, 0); return a.F(System.Math.Sign(a.V), 0); }
            public static Dual Sqrt(Dual a) { Dual.Near(a, 0); return a.F(System.Math.Sqrt(a.V), a.V > 0 ? 0.5 / System.Math.Sqrt(a.V) : 0); }
            public static Dual Exp(Dual a) => a.F(System.Math.Exp(a.V), System.Math.Exp(a.V));
            public static Dual Log(Dual a) => a.F(System.Math.Log(a.V), 1 / a.V);
            public static Dual Sin(Dual a) => a.F(System.Math.Sin(a.V), System.Math.Cos(a.V));
            public static Dual Cos(Dual a) => a.F(System.Math.Cos(a.V), -System.Math.Sin(a.V));
            public static Dual Tan(Dual a) => a.F(System.Math.Tan(a.V), 1 / System.Math.Pow(System.Math.Cos(a.V), 2));
            public static Dual Sinh(Dual a) => a.F(System.Math.Sinh(a.V), System.Math.Cosh(a.V));
            public static Dual Cosh(Dual a) => a.F(System.Math.Cosh(a.V), System.Math.Sinh(a.V));
            public static Dual Tanh(Dual a) => a.F(System.Math.Tanh(a.V), 1 / System.Math.Pow(System.Math.Cosh(a.V), 2));
            public static Dual Max(Dual a, Dual b) => a > b ? a : b;
            public static Dual Min(Dual a, Dual b) => a < b ? a : b;
            public static Dual Clamp(Dual a, Dual low, Dual high) => Min(Max(a, low), high);
            public static Dual Pow(Dual a, Dual b)
            {
                var v = System.Math.Pow(a.V, b.V);
                var fixedExponent = a.F(v, b.V * System.Math.Pow(a.V, b.V - 1));
                return b.D == 0 ? fixedExponent : fixedExponent + b.F(0, v * System.Math.Log(a.V));
            }
        }
        public static class DualFunctions
        {
            public static Dual Sigmoid(Dual a) => 1 / (1 + DualMath.Exp(-a));
            public static Dual Softplus(Dual a) => DualMath.Log(1 + DualMath.Exp(a));
            public static Dual NormalCdf(Dual a) => a.F(NetDsl.Functions.NormalCdf(a.V), System.Math.Exp(-a.V * a.V / 2) / System.Math.Sqrt(2 * System.Math.PI));
            public static Dual NormalPdf(Dual a) => a.F(NetDsl.Functions.NormalPdf(a.V), -a.V * NetDsl.Functions.NormalPdf(a.V));
            public static Dual Erf(Dual a) => a.F(NetDsl.Functions.Erf(a.V), 2 / System.Math.Sqrt(System.Math.PI) * System.Math.Exp(-a.V * a.V));
        }

        """;

    /// <summary>A function's text over dual numbers.</summary>
    public static string Lift(string text) =>
        text.Replace("NetDsl.Functions.", "DualFunctions.").Replace("double.", "Dual.").Replace("Math.", "DualMath.").Replace("(double)", "(Dual)").Replace("double ", "Dual ");
}
