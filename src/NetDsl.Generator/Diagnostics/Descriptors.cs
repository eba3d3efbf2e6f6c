using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace NetDsl.Generator.Diagnostics;

/// <summary>Rules as Roslyn's descriptors, each with its help link.</summary>
internal static class Descriptors
{
    private const string HelpLink = "https://github.com/netdsl/netdsl/blob/main/docs/diagnostics.md#";

    private static readonly ConcurrentDictionary<(string Id, string Inside), DiagnosticDescriptor> Known = new();

    public static DiagnosticDescriptor Of(Rule rule, string inside = "") => Known.GetOrAdd((rule.Id, inside), _ => new DiagnosticDescriptor(
        rule.Id,
        rule.Title,
        Problem.Format(rule, inside),
        "NetDsl",
        rule.Severity == RuleSeverity.Error ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink + rule.Id.ToLowerInvariant()));
}
