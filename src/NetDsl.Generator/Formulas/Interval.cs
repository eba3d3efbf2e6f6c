using System;

namespace NetDsl.Generator.Formulas;

/// <summary>A range of real numbers; infinite ends are open or closed alike.</summary>
internal readonly record struct Interval(double Low, double High, bool LowOpen = false, bool HighOpen = false)
{
    public static readonly Interval Real = new(double.NegativeInfinity, double.PositiveInfinity);

    public static Interval Point(double value) => new(value, value);

    /// <summary>In words: a finite number above 0 and at most 1.</summary>
    public string Words
    {
        get
        {
            var low = Low <= -double.MaxValue ? "" : (LowOpen ? "above " : "at least ") + Model.Text.RoundTrip(Low);
            var high = High >= double.MaxValue ? "" : (HighOpen ? "below " : "at most ") + Model.Text.RoundTrip(High);
            return "a finite number" + (low.Length == 0 || high.Length == 0 ? (low + high).Length == 0 ? "" : $" {low}{high}" : $" {low} and {high}");
        }
    }

    /// <summary>As a set: [0, 1], (−∞, 0].</summary>
    public string Brackets => $"{(LowOpen || double.IsInfinity(Low) ? "(" : "[")}{MathText.Number(Low)}, {MathText.Number(High)}{(HighOpen || double.IsInfinity(High) ? ")" : "]")}";

    public bool IsEmpty => Low > High || Low == High && (LowOpen || HighOpen);

    public bool IsPoint => Low == High;

    public static Interval operator +(Interval a, Interval b) => new(a.Low + b.Low, a.High + b.High, a.LowOpen || b.LowOpen, a.HighOpen || b.HighOpen);

    public static Interval operator -(Interval a) => new(-a.High, -a.Low, a.HighOpen, a.LowOpen);

    public static Interval operator *(Interval a, Interval b)
    {
        if (b.IsPoint)
            return a.Scale(b.Low);
        if (a.IsPoint)
            return b.Scale(a.Low);
        // Whether an end is reached matters to signs alone, and those are kept by closed ends only where a factor can be zero.
        Span4 products = new(Times(a.Low, b.Low), Times(a.Low, b.High), Times(a.High, b.Low), Times(a.High, b.High));
        var positive = a.IsAbove(0) && b.IsAbove(0) || a.IsBelow(0) && b.IsBelow(0);
        var negative = a.IsAbove(0) && b.IsBelow(0) || a.IsBelow(0) && b.IsAbove(0);
        return new(products.Min, products.Max, positive && products.Min == 0, negative && products.Max == 0);
    }

    public bool Contains(Interval other) =>
        (Low < other.Low || Low == other.Low && (!LowOpen || other.LowOpen || double.IsInfinity(Low)))
        && (High > other.High || High == other.High && (!HighOpen || other.HighOpen || double.IsInfinity(High)));

    public Interval Union(Interval other)
    {
        if (IsEmpty)
            return other;
        if (other.IsEmpty)
            return this;
        return new(
            Math.Min(Low, other.Low),
            Math.Max(High, other.High),
            Low < other.Low ? LowOpen : other.Low < Low ? other.LowOpen : LowOpen && other.LowOpen,
            High > other.High ? HighOpen : other.High > High ? other.HighOpen : HighOpen && other.HighOpen);
    }

    public Interval Intersect(Interval other) => new(
        Math.Max(Low, other.Low),
        Math.Min(High, other.High),
        Low > other.Low ? LowOpen : other.Low > Low ? other.LowOpen : LowOpen || other.LowOpen,
        High < other.High ? HighOpen : other.High < High ? other.HighOpen : HighOpen || other.HighOpen);

    /// <summary>Whether every number in it is above the given one.</summary>
    public bool IsAbove(double number) => Low > number || Low == number && LowOpen;

    /// <summary>Whether every number in it is below the given one.</summary>
    public bool IsBelow(double number) => High < number || High == number && HighOpen;

    private Interval Scale(double factor)
    {
        if (factor == 0)
            return Point(0);
        return factor > 0 ? new(Low * factor, High * factor, LowOpen, HighOpen) : new(High * factor, Low * factor, HighOpen, LowOpen);
    }

    // 0·∞ is 0 here: the infinite end is never reached.
    private static double Times(double a, double b) => a == 0 || b == 0 ? 0 : a * b;

    private readonly record struct Span4(double A, double B, double C, double D)
    {
        public double Min => Math.Min(Math.Min(A, B), Math.Min(C, D));

        public double Max => Math.Max(Math.Max(A, B), Math.Max(C, D));
    }
}
