using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>The arguments of one attribute, checked as they are read; each problem lands on its argument, and reading goes on with a harmless value.</summary>
internal sealed class LayerArguments(LayerSpec layer, Place place, List<Problem> problems)
{
    public int Positive(string name, string meaning)
    {
        var value = Integer(name, 1, meaning);
        if (value >= 1)
            return value;
        Report(Rules.NotPositive, name, Label(name), Text.Invariant(value), meaning);
        return 1;
    }

    public int Integer(string name, int whenUnset, string meaning = "it")
    {
        if (layer.Find(name) is not { } constant || !Requires(name, constant, $"{meaning} is a whole number", ConstantKind.Whole))
            return whenUnset;
        if (constant.Number is >= int.MinValue and <= int.MaxValue)
            return (int)constant.Number;
        Report(Rules.OutOfRange, name, Label(name), Text.RoundTrip(constant.Number), $"it must be at most {Text.Invariant(int.MaxValue)}");
        return whenUnset;
    }

    public bool Flag(string name, bool whenUnset) =>
        layer.Find(name) is { } constant && Requires(name, constant, "it is true or false", ConstantKind.Flag) ? constant.Number != 0 : whenUnset;

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
        var members = layer.Find(name)?.Elements ?? EquatableArray<Constant>.Empty;
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Text is null)
                Report(Rules.OutOfRange, $"{name}[{Text.Invariant(i)}]", $"Element {Text.Invariant(i + 1)} of {name} of [{layer.Kind}]", "a number", "it must be a member of the enum");
        }

        return [.. members.Select(member => member.Text).OfType<string>()];
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

    /// <summary>Whether an argument is an array of nothing.</summary>
    public bool IsEmpty(string name) => layer.Find(name) is { IsArray: true, Elements.Count: 0 };

    /// <summary>Whether an argument is an array.</summary>
    public bool IsArray(string name) => layer.Find(name)?.IsArray ?? false;

    public double Probability(string name, string meaning)
    {
        var value = Number(name, 0, meaning);
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
        var value = layer.Find(name)?.Number ?? 0;
        if (Math.Abs(value) <= float.MaxValue && !range.Intersect(Interval.Point(value)).IsEmpty)
            return value;
        Report(Rules.OutOfRange, name, Label(name), Text.RoundTrip(value), $"it must be {range.Words}");
        return range.Intersect(Interval.Point(1)).IsEmpty ? 0 : 1;
    }

    public double Share(string name, double whenUnset, string meaning) =>
        Checked(name, whenUnset, value => value is >= 0 and <= 1, $"{meaning} must lie in [0, 1]");

    /// <summary>A number in (0, 1].</summary>
    public double PositiveShare(string name, double whenUnset, string rule) => Checked(name, whenUnset, value => value is > 0 and <= 1, rule);

    public double Above(string name, double whenUnset, string meaning) =>
        Checked(name, whenUnset, value => value > 0 && !double.IsInfinity(value), $"{meaning} must be a positive number");

    /// <summary>A factor in generated code: even as a float it must be neither 0 nor infinite.</summary>
    public double Factor(string name, double whenUnset, string meaning)
    {
        var value = Above(name, whenUnset, meaning);
        if ((float)value > 0 && value <= float.MaxValue)
            return value;
        Report(Rules.OutOfRange, name, Label(name), Text.RoundTrip(value), $"{meaning} must fit a float");
        return whenUnset;
    }

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
            Report(Rules.OutOfRange, name, Label(name), constant.Kind == ConstantKind.Flag ? constant.Number != 0 ? "true" : "false" : Text.RoundTrip(constant.Number), why);
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
        // One for each axis stand side by side, or as one array.
        var constants = !constant.IsArray ? EquatableArray.Of(constant) : constant.Elements is { Count: 1 } only && only[0].IsArray ? only[0].Elements : constant.Elements;
        if (constants.Any(element => element.Kind == ConstantKind.Parameter))
            return EquatableArray<int>.Empty;
        var numbers = constants.Select(element => element.Number).ToList();
        for (var i = 0; i < numbers.Count; i++)
        {
            var element = $"{name}[{Text.Invariant(i)}]";
            if (!Requires(element, constants[i], $"{meaning} is a whole number", ConstantKind.Whole, ConstantKind.Real))
                return EquatableArray<int>.Empty;
            if (numbers[i] >= least && numbers[i] <= int.MaxValue && numbers[i] == Math.Floor(numbers[i]))
                continue;
            Report(Rules.OutOfRange, element, Label(name), Text.RoundTrip(numbers[i]), $"{meaning} must be a whole number of at least {Text.Invariant(least)}");
            return EquatableArray<int>.Empty;
        }

        return numbers.Select(number => (int)number).ToEquatableArray();
    }

    /// <summary>Whether the attribute sets an argument.</summary>
    public bool Has(string name) => layer.Find(name) is not null;

    private double Number(string name, double whenUnset, string meaning) =>
        layer.Find(name) is { } constant && Requires(name, constant, $"{meaning} is a number", ConstantKind.Whole, ConstantKind.Real) ? constant.Number : whenUnset;

    // What C# can't check where an argument may be a number or a name.
    private bool Requires(string name, Constant constant, string expected, params ConstantKind[] kinds)
    {
        if (kinds.Contains(constant.Kind))
            return true;
        var mend = constant.Kind == ConstantKind.Text ? "write one; only within a block may a name stand for it, that of a parameter of the block's constructor" : "write one";
        Report(Rules.ArgumentType, name, Label(name.Split('[')[0]), Words(constant), expected, mend);
        return false;
    }

    private static string Words(Constant constant) => constant.Kind switch
    {
        ConstantKind.Whole or ConstantKind.Real => Text.RoundTrip(constant.Number),
        ConstantKind.Flag => constant.Number != 0 ? "true" : "false",
        ConstantKind.Text => $"the text \"{constant.Text}\"",
        ConstantKind.Array => "an array",
        _ => constant.Text ?? "null",
    };

    private double Checked(string name, double whenUnset, Func<double, bool> accepts, string rule)
    {
        var value = Number(name, whenUnset, "it");
        if (accepts(value))
            return value;
        Report(Rules.OutOfRange, name, Label(name), Text.RoundTrip(value), rule);
        return whenUnset;
    }

    public void Report(Rule rule, string argument, params string[] arguments) => problems.Add(place.Problem(rule, argument, arguments));

    public string Label(string name) => $"{Text.Pascal(name)} of [{layer.Kind}]";
}
