using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Frontend;

/// <content>Parameters: what the layer's input fills, and what the attribute's arguments do.</content>
internal sealed partial class FormulaClassReader
{
    private static readonly string[] OfEveryType = ["Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString"];

    private IReadOnlyList<FormulaParameter> Parameters(IMethodSymbol method, int data, IEnumerable<string> terms)
    {
        if (method.Parameters.Length < data)
            Misfit(method, method.Locations[0], $"takes {DataWords(method)} first, but has {Text.Plural(method.Parameters.Length, "parameter")}");
        var sums = new HashSet<string>(terms, StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in method.Parameters)
        {
            if (method.Parameters.FirstOrDefault(other => other.Ordinal < parameter.Ordinal && string.Equals(other.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)) is { } same)
                Misfit(method, parameter.Locations[0], $"has parameters '{same.Name}' and '{parameter.Name}', which are one name here, since an argument may be written either way: rename one");
        }

        return method.Parameters.Select((parameter, i) => i < data || sums.Contains(parameter.Name) ? Data(method, parameter) : Argument(method, parameter)).ToList();
    }

    private FormulaParameter Data(IMethodSymbol method, IParameterSymbol parameter)
    {
        if (!ScalarTypes.IsReal(parameter.Type) || parameter.RefKind is not (RefKind.None or RefKind.In))
            Misfit(method, parameter.Locations[0], $"takes {DataWords(method)} first, so '{parameter.Name}' must be float, double or a floating-point type parameter");
        else if (_arguments.ContainsKey(parameter.Name))
            Misfit(method, parameter.Locations[0], $"takes {DataWords(method)} first, so '{parameter.Name}' can't be the attribute's argument of that name: put it behind or rename it");
        else if (Learnable(parameter) is not null)
            Misfit(method, parameter.Locations[0], $"takes {DataWords(method)} first, so '{parameter.Name}' can't be learnt: put what is learnt behind it");
        var ends = AttributeArguments.Ends(parameter);
        var range = ends ?? AttributeArguments.Range(parameter);
        CheckRange(method, parameter, range);
        return new FormulaParameter(parameter.Name, false, false, double.NaN, range, IsEnd: ends is not null);
    }

    private FormulaParameter Argument(IMethodSymbol method, IParameterSymbol parameter)
    {
        var learnable = Learnable(parameter);
        if (!ScalarTypes.IsScalar(parameter.Type) || parameter.RefKind is not (RefKind.None or RefKind.In))
            Misfit(method, parameter.Locations[0], $"has a parameter '{parameter.Name}' of another type than float, double, a floating-point type parameter, bool or int");
        else if (learnable is not null && (_kind != FormulaKind.Activation || method.Name != "Value"))
            Misfit(method, parameter.Locations[0], $"can't learn '{parameter.Name}': [Learnable] is for the Value of an activation");
        else if (learnable is not null && !ScalarTypes.IsReal(parameter.Type))
            Misfit(method, parameter.Locations[0], $"can't learn '{parameter.Name}', which is no real number");
        else if (learnable is not null && Clash(parameter) is { } clash)
            Misfit(method, parameter.Locations[0], $"can't learn '{parameter.Name}', since its tensor would be called '{Text.Pascal(parameter.Name)}' in the generated code, as {clash}: rename it");
        var argument = _arguments.TryGetValue(parameter.Name, out var found) ? found : null;
        if (argument is { Type.Length: 0 } && ScalarTypes.IsScalar(parameter.Type) && argument.IsCondition != ScalarTypes.IsBoolean(parameter.Type))
            Misfit(method, parameter.Locations[0], $"takes '{parameter.Name}' as a {(argument.IsCondition ? "number, but the attribute's argument of that name is a condition" : "condition, but the attribute's argument of that name is a number")}: give both one type");
        var above = argument?.Above ?? "";
        if (above.Length > 0 && !_arguments.ContainsKey(above))
            Misfit(method, parameter.Locations[0], $"has '{parameter.Name}' above '{above}', which is no argument of the attribute ({Names})");
        else if (Circle(parameter.Name) is { } circle)
            Misfit(method, parameter.Locations[0], $"has '{parameter.Name}' above itself ({circle}), which no number is: remove one [Above]");
        if (argument is not null)
            CheckRange(method, parameter, argument.Range);
        if (learnable is null && parameter.GetAttributes().Any(AttributeArguments.IsBound))
            Misfit(method, parameter.Locations[0], $"bounds '{parameter.Name}', which is an argument of the attribute: write [Range] or [Above] on the attribute's constructor parameter or property of that name");
        var start = parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: { } value } && ScalarTypes.IsScalar(parameter.Type) ? BodyReader.Number(value) : double.NaN;
        if (ScalarTypes.IsScalar(parameter.Type))
            start = Start(method.Name, parameter.Name, start, parameter.Locations[0]);
        var isPerChannel = learnable?.NamedArguments.Any(pair => pair.Key == "PerChannel" && pair.Value.Value is true) == true;
        return new FormulaParameter(parameter.Name, learnable is not null, isPerChannel, start, argument?.Range ?? Interval.Real, above);
    }

    // A range that no number lies in is the author's mistake, not that of who uses the attribute.
    private void CheckRange(IMethodSymbol method, IParameterSymbol parameter, Interval range)
    {
        if (range.IsEmpty)
            Misfit(method, parameter.Locations[0], $"has '{parameter.Name}' in a [Range] from {Text.RoundTrip(range.Low)} to {Text.RoundTrip(range.High)}, which holds no number: write the smaller end first");
    }

    // The way from an argument to itself over those that each must be above.
    private string? Circle(string name)
    {
        List<string> way = [name];
        while (_arguments.TryGetValue(way[way.Count - 1], out var argument) && argument.Above.Length > 0 && way.Count <= _arguments.Count)
        {
            way.Add(argument.Above);
            if (string.Equals(argument.Above, name, StringComparison.OrdinalIgnoreCase))
                return string.Join(" > ", way);
        }

        return null;
    }

    private static string? Clash(IParameterSymbol parameter)
    {
        // C# reports a parameter without a name.
        if (parameter.Name.Length == 0)
            return null;
        var member = Text.Pascal(parameter.Name);
        return OfEveryType.Contains(member) ? "a member of every type is"
            : member.EndsWith("Tensors", StringComparison.Ordinal) ? "the type around it may be"
            : null;
    }

    private string Names => _arguments.Values.Where(argument => argument.IsGivable && argument.Type.Length == 0).Select(argument => argument.Name).ToList() is { Count: > 0 } names ? "it has " + string.Join(", ", names) : "it has none";

    // What an argument is where a use of the attribute doesn't give it: one number whatever constructor is called, else C#'s zero or what the method says;
    // what a constructor makes of its arguments is noted beside.
    private double Start(string method, string name, double fallback, Location location)
    {
        var argument = _arguments.TryGetValue(name, out var found) ? found : null;
        if (argument is not null && (argument.Type.Length > 0 || LayerSpec.IsOfEveryLayer(argument.Name)))
        {
            var problem = argument.Type.Length > 0
                ? $"the attribute's argument of that name is of type '{argument.Type}', which is no number: hand over a number or a condition, or rename one of them"
                : $"the attribute's argument '{argument.Name}' is called like one that NetDsl gives every attribute: rename both";
            _problems.Add(Rules.NoArgument, location, $"{LayerTypes.Kind(_type)}.{method}", name, problem);
            return fallback;
        }

        var held = _constructors.Select(constructor => (constructor.Symbol, Values: constructor.Values.Find(name))).ToList();
        if (double.IsNaN(fallback) && argument is { IsSettable: true } && held.Any(constructor => constructor.Values.Count == 0))
            fallback = 0;
        foreach (var (constructor, values) in held.Where(constructor => AttributeArguments.IsCallable(constructor.Symbol) && !_type.IsAbstract))
        {
            var problem = values.Any(IsUnknown) ? $"what {Written(constructor)} of the attribute makes of it isn't known while compiling: set it once, to constants, parameters of the constructor and functions of them"
                : values.Count > 1 ? $"{Written(constructor)} of the attribute gives that name several values: let a parameter and a property or field of one name hold the same, or rename one"
                : values.Count > 0 || !double.IsNaN(fallback) ? null
                : $"{(argument is null ? "the attribute has no argument of that name" : "not every constructor of the attribute takes it")} ({Names}): add a constructor parameter or a property called '{name}', or give the parameter a default";
            if (problem is not null)
                _problems.Add(Rules.NoArgument, location, $"{LayerTypes.Kind(_type)}.{method}", name, problem);
        }

        var starts = held.Select(constructor => constructor.Values.Count == 0 ? fallback : constructor.Values.Count == 1 && constructor.Values[0].IsConstant ? constructor.Values[0].Value : double.NaN).Distinct().ToList();
        var isOneForAll = starts.Count == 1 && !double.IsNaN(starts[0]);
        var unset = isOneForAll ? starts[0] : held.Any(constructor => constructor.Values.Count == 0) ? fallback : double.NaN;
        if (argument is not null && !double.IsNaN(unset) && !argument.Range.IsEmpty && argument.Range.Intersect(Interval.Point(unset)).IsEmpty)
            _problems.Add(Rules.NoArgument, location, $"{LayerTypes.Kind(_type)}.{method}", name, $"where nobody gives it, it is {Text.RoundTrip(unset)}, and its [Range] asks for {argument.Range.Words}: begin with a number from there");
        if (isOneForAll)
            return starts[0];
        foreach (var (constructor, values) in held.Where(constructor => constructor.Values.Count > 0))
        {
            if (values.Count > 1 || values[0].Kind != ExprKind.Variable || !string.Equals(values[0].Name, name, StringComparison.OrdinalIgnoreCase))
                _assignments.Add(new FormulaAssignment(ConstructorReader.Signature(constructor), name, values.Count > 1 ? "NaN" : FormulaText.Write(values[0])));
        }

        return fallback;
    }

    private static bool IsUnknown(Expr value) => value.IsConstant && double.IsNaN(value.Value);

    private string Written(IMethodSymbol constructor) => constructor.IsImplicitlyDeclared ? "a constructor or an initialiser" : $"the constructor ({string.Join(", ", constructor.Parameters.Select(parameter => parameter.Name))})";

    private static AttributeData? Learnable(IParameterSymbol parameter) =>
        parameter.GetAttributes().FirstOrDefault(attribute => LayerTypes.Is(attribute.AttributeClass, LayerTypes.Learnable));
}
