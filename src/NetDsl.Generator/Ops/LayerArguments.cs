using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>The arguments of one attribute, checked as they are read; each problem lands on its argument, and reading goes on with a harmless value.</summary>
internal sealed class LayerArguments(LayerSpec layer, List<Problem> problems)
{
    public int Positive(string name, string meaning)
    {
        var value = Integer(name, 1);
        if (value >= 1)
            return value;
        Report(Rules.NotPositive, name, Label(name), Text.Invariant(value), meaning);
        return 1;
    }

    public int Integer(string name, int whenUnset) => layer.Find(name) is { } constant ? (int)constant.Number : whenUnset;

    public bool Flag(string name, bool whenUnset) => layer.Find(name) is { } constant ? constant.Number != 0 : whenUnset;

    public string EnumMember(string name, string whenUnset)
    {
        if (layer.Find(name) is not { } constant)
            return whenUnset;
        if (constant.Text is null)
            Report(Rules.OutOfRange, name, Label(name), Text.RoundTrip(constant.Number), "it must be a member of the enum");
        return constant.Text ?? whenUnset;
    }

    /// <summary>The names of several enum members; empty where unset.</summary>
    public IReadOnlyList<string> EnumMembers(string name)
    {
        var members = layer.Find(name)?.Members ?? EquatableArray<string>.Empty;
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Length == 0)
                Report(Rules.OutOfRange, $"{name}[{Text.Invariant(i)}]", $"Element {Text.Invariant(i + 1)} of {name} of [{layer.Kind}]", "a number", "it must be a member of the enum");
        }

        return [.. members.Where(member => member.Length > 0)];
    }

    /// <summary>One number or several, each finite, even as a float; empty where unset.</summary>
    public EquatableArray<double> Finites(string name, string meaning)
    {
        if (layer.Find(name) is not { } constant)
            return EquatableArray<double>.Empty;
        var numbers = constant.IsArray ? constant.Numbers : EquatableArray.Of(constant.Number);
        foreach (var number in numbers.Where(number => !(Math.Abs(number) <= float.MaxValue)))
            Report(Rules.OutOfRange, name, "A number of " + Label(name), Text.RoundTrip(number), $"{meaning} must fit a float");
        return numbers;
    }

    /// <summary>Whether an argument is an array.</summary>
    public bool IsArray(string name) => layer.Find(name)?.IsArray ?? false;

    public double Probability(string name, string meaning)
    {
        var value = Number(name, 0);
        if (value is >= 0 and < 1)
            return value;
        Report(Rules.Probability, name, Label(name), Text.RoundTrip(value), meaning);
        return 0;
    }

    public double Finite(string name, double whenUnset, string meaning) =>
        Checked(name, whenUnset, value => !double.IsNaN(value) && !double.IsInfinity(value), $"{meaning} must be finite");

    /// <summary>A number within bounds; even as a float it must stay finite.</summary>
    public double Within(string name, Interval range)
    {
        var value = Number(name, 0);
        if (Math.Abs(value) <= float.MaxValue && !range.Intersect(Interval.Point(value)).IsEmpty)
            return value;
        Report(Rules.OutOfRange, name, Label(name), Text.RoundTrip(value), $"it must be {range.Words}");
        return range.Intersect(Interval.Point(1)).IsEmpty ? 0 : 1;
    }

    public double Share(string name, double whenUnset, string meaning) =>
        Checked(name, whenUnset, value => value is >= 0 and <= 1, $"{meaning} must lie in [0, 1]");

    public double Above(string name, double whenUnset, string meaning) =>
        Checked(name, whenUnset, value => value > 0 && !double.IsInfinity(value), $"{meaning} must be a positive number");

    public double AtLeast(string name, double whenUnset, double least, string meaning) =>
        Checked(name, whenUnset, value => value >= least && !double.IsInfinity(value), $"{meaning} must be at least {Text.RoundTrip(least)}");

    /// <summary>Reports numbers where one is asked for.</summary>
    public void RejectArray(string name) =>
        Report(Rules.OutOfRange, name, Label(name), "an array", "it must be one number: only a loss of single elements takes one for each output");

    /// <summary>Reports an argument that isn't above another one, at the first of them that is written.</summary>
    public void RejectBelow(string name, double number, string other, double least) =>
        Report(Rules.OutOfRange, $"{name}|{other}", Label(name), Text.RoundTrip(number), $"it must be above {Text.Pascal(other)}, which is {Text.RoundTrip(least)}");

    /// <summary>Reports an argument of NetDsl's own that does nothing here.</summary>
    public void RejectIdle(string name, string why)
    {
        if (layer.Find(name) is { } constant)
            Report(Rules.OutOfRange, name, Label(name), constant.IsFlag ? constant.Number != 0 ? "true" : "false" : Text.RoundTrip(constant.Number), why);
    }

    /// <summary>Factors, each finite, even as a float, and not negative; empty where unset.</summary>
    public EquatableArray<double> Weights(string name)
    {
        if (layer.Find(name) is not { } constant)
            return EquatableArray<double>.Empty;
        foreach (var weight in constant.Numbers)
        {
            if (weight is not (>= 0 and <= float.MaxValue))
                Report(Rules.OutOfRange, name, "A number of " + Label(name), Text.RoundTrip(weight), "each factor must be at least 0 and fit a float");
        }

        return constant.Numbers;
    }

    /// <summary>A whole number, or several; empty where unset.</summary>
    public EquatableArray<int> Integers(string name, int least, string meaning)
    {
        if (layer.Find(name) is not { } constant)
            return EquatableArray<int>.Empty;
        if (constant.Text is not null || constant.IsFlag)
        {
            Report(Rules.OutOfRange, name, Label(name), constant.Text ?? (constant.Number != 0 ? "true" : "false"), $"{meaning} is a whole number, or an array of them");
            return EquatableArray<int>.Empty;
        }

        var numbers = constant.Numbers.Count > 0 ? constant.Numbers : EquatableArray.Of(constant.Number);
        for (var i = 0; i < numbers.Count; i++)
        {
            if (numbers[i] >= least && numbers[i] <= int.MaxValue && numbers[i] == Math.Floor(numbers[i]))
                continue;
            var element = $"{name}[{Text.Invariant(i)}]";
            Report(Rules.OutOfRange, element, Label(name), Text.RoundTrip(numbers[i]), $"{meaning} must be a whole number of at least {Text.Invariant(least)}");
            return EquatableArray<int>.Empty;
        }

        return numbers.Select(number => (int)number).ToEquatableArray();
    }

    /// <summary>Whether the attribute sets an argument.</summary>
    public bool Has(string name) => layer.Find(name) is not null;

    private double Number(string name, double whenUnset) => layer.Find(name)?.Number ?? whenUnset;

    private double Checked(string name, double whenUnset, Func<double, bool> accepts, string rule)
    {
        var value = Number(name, whenUnset);
        if (accepts(value))
            return value;
        Report(Rules.OutOfRange, name, Label(name), Text.RoundTrip(value), rule);
        return whenUnset;
    }

    public void Report(Rule rule, string argument, params string[] arguments) => problems.Add(Problem.Of(rule, new Site(layer.Attribute, argument), arguments));

    public string Label(string name) => $"{Text.Pascal(name)} of [{layer.Kind}]";
}
