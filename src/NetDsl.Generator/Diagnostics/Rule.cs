using NetDsl.Generator.Model;

namespace NetDsl.Generator.Diagnostics;

internal enum RuleSeverity
{
    Error,
    Warning,
}

/// <summary>One rule that a network must keep: what a violation is called and how to mend it.</summary>
/// <param name="Id">NETDSL and three digits; the section of docs/diagnostics.md.</param>
/// <param name="Title">A few words.</param>
/// <param name="Message">What is wrong and what to do, with places for arguments.</param>
internal sealed record Rule(string Id, string Title, string Message, RuleSeverity Severity = RuleSeverity.Error);

/// <summary>The place of a problem: an attribute by its index among the class's attributes, and one of its arguments.</summary>
/// <param name="Attribute">Index, or −1 for the class's own name.</param>
/// <param name="Argument">Constructor parameter or property; empty for the whole attribute. An element of a params array is <c>shape[1]</c>; of two that contradict each other, <c>max|min</c>, the first that is written counts.</param>
internal readonly record struct Site(int Attribute, string Argument)
{
    public static readonly Site Class = new(-1, "");
}

/// <summary>A violation, without Roslyn's types, so that it can be compared between compilations.</summary>
internal sealed record Problem(Rule Rule, Site Site, EquatableArray<string> Arguments)
{
    public static Problem Of(Rule rule, Site site, params string[] arguments) => new(rule, site, arguments.ToEquatableArray());

    public override string ToString() => string.Format(Rule.Message, [.. Arguments]);
}
