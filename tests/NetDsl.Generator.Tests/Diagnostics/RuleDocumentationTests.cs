using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Diagnostics;

public partial class RuleDocumentationTests
{
    private static readonly string Page = RuleSources.Read("docs/diagnostics.md");

    private static IEnumerable<string> Ids => RuleSources.Rules.Select(rule => rule.Id);

    public static TheoryData<string> Sections => [.. Ids];

    [Fact]
    public void Ids_are_unique() => Ids.ShouldBeUnique();

    [Fact]
    public void Every_rule_has_a_line_in_the_release_file()
    {
        var lines = ReleaseLine().Matches(RuleSources.Read("src/NetDsl.Generator/AnalyzerReleases.Shipped.md") + RuleSources.Read("src/NetDsl.Generator/AnalyzerReleases.Unshipped.md"))
            .Select(match => (match.Groups["id"].Value, match.Groups["severity"].Value, match.Groups["title"].Value));
        lines.ShouldBe(RuleSources.Rules.Select(rule => (rule.Id, rule.Severity.ToString(), rule.Title)));
    }

    [Fact]
    public void Every_rule_has_a_section_of_its_own_in_order() =>
        Heading().Matches(Page).Select(match => match.Groups["id"].Value).ShouldBe(Ids);

    [Theory]
    [MemberData(nameof(Sections))]
    public void A_section_says_the_title_and_links_from_the_compiler(string id)
    {
        var rule = RuleSources.Rules.Single(candidate => candidate.Id == id);
        Section(id).ShouldContain($"**{rule.Title}.**");
        Descriptors.Of(rule).HelpLinkUri.ShouldEndWith("/docs/diagnostics.md#" + id.ToLowerInvariant());
    }

    /// <summary>The first example of a section breaks its rule, the second doesn't.</summary>
    [Theory]
    [MemberData(nameof(Sections))]
    public void The_examples_do_what_the_page_says(string id)
    {
        var examples = Example().Matches(Section(id)).Select(match => "using NetDsl;\n" + match.Groups["code"].Value).ToList();
        // Nobody can write the one, and the other takes two assemblies.
        if (id == Rules.InternalError.Id || id == Rules.FormulaNotCompiled.Id)
        {
            examples.ShouldBeEmpty();
            return;
        }

        examples.Count.ShouldBe(2, id);
        Compiler.Run(examples[0]).Reports.Select(report => report.Id).Distinct().ShouldBe([id]);
        var mended = Compiler.Run(examples[1]);
        mended.Reports.ShouldBeEmpty(id);
        mended.Files.ShouldNotBeEmpty(id);
        mended.Output.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ShouldBeEmpty(id);
    }

    private static string Section(string id)
    {
        var start = Page.IndexOf($"## {id}\n", StringComparison.Ordinal);
        start.ShouldBeGreaterThanOrEqualTo(0, $"docs/diagnostics.md has no section {id}");
        var end = Page.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return end < 0 ? Page[start..] : Page[start..end];
    }

    [GeneratedRegex(@"^(?<id>NETDSL\d{3}) \| NetDsl \| (?<severity>\w+) \| (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex ReleaseLine();

    [GeneratedRegex(@"^## (?<id>NETDSL\d{3})$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
