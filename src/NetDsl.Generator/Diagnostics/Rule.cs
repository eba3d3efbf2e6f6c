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
/// <param name="Inside">The layer within a block that it is about, where the site is the block's use; else empty.</param>
internal sealed record Problem(Rule Rule, Site Site, EquatableArray<string> Arguments, string Inside = "")
{
    public static Problem Of(Rule rule, Site site, params string[] arguments) => new(rule, site, arguments.ToEquatableArray());

    /// <summary>The message with places for the arguments.</summary>
    public static string Format(Rule rule, string inside) => inside.Length == 0 ? rule.Message : $"In {inside}: {rule.Message}";

    public override string ToString() => string.Format(Format(Rule, Inside), [.. Arguments]);
}
