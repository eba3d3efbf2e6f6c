using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Frontend;

/// <summary>What the frontend reads off a class that declares a formula.</summary>
/// <param name="Spec">Null where the class has problems, or where C# itself reports an error in it.</param>
/// <param name="IsExported">Whether other assemblies can use the class.</param>
/// <param name="Problems">Each at a site of its own number.</param>
internal sealed record ParsedFormula(FormulaSpec? Spec, bool IsExported, EquatableArray<Problem> Problems, SourceMap Locations)
{
    /// <summary>A formula of another assembly, or none where C# has something to say first.</summary>
    public static ParsedFormula Of(FormulaSpec? spec) => new(spec, false, EquatableArray<Problem>.Empty, new SourceMap(new Dictionary<Site, Location>()));
}

/// <summary>The problems of a formula, each once, at the syntax that causes it.</summary>
internal sealed class FormulaProblems
{
    private readonly List<(Rule Rule, Location Location, string[] Arguments)> _problems = [];

    /// <summary>Whether anything keeps the formula from being read: a problem, or an error that C# reports.</summary>
    public bool IsBroken { get; private set; }

    public void Add(Rule rule, Location location, params string[] arguments)
    {
        IsBroken = true;
        Warn(rule, location, arguments);
    }

    /// <summary>A problem that doesn't keep the formula from being read.</summary>
    public void Warn(Rule rule, Location location, params string[] arguments)
    {
        // A method that is called with different arguments is read once for each.
        if (!_problems.Any(problem => problem.Rule == rule && problem.Location.Equals(location)))
            _problems.Add((rule, location, arguments));
    }

    /// <summary>Marks the formula as broken where C# reports the error.</summary>
    public void LeaveToCSharp() => IsBroken = true;

    /// <summary>All but those in members where C# reports errors itself, since a second report would only blur the first.</summary>
    public ParsedFormula Parsed(FormulaSpec? spec, bool isExported, Func<Location, bool> hasErrors)
    {
        var problems = _problems.Where(problem => !hasErrors(problem.Location)).ToList();
        return new ParsedFormula(
            IsBroken ? null : spec,
            isExported,
            problems.Select((problem, i) => Problem.Of(problem.Rule, new Site(i, ""), problem.Arguments)).ToEquatableArray(),
            new SourceMap(problems.Select((problem, i) => (problem, i)).ToDictionary(pair => new Site(pair.i, ""), pair => pair.problem.Location)));
    }
}
