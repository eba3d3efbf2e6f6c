using System.Text.Json;

namespace NetDsl.Oracle.Tests;

public class ReferenceCaseTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Cases");

    [Fact]
    public void EveryReferenceCaseOfTheRepositoryPasses()
    {
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "index.json")));
        var names = index.RootElement.GetProperty("cases").EnumerateArray().Select(name => name.GetString()!).ToList();

        var report = OracleRun.Folder(Folder, new Cpu());

        report.Outcomes.Where(outcome => outcome.Verdict != Verdict.Passed).SelectMany(outcome => outcome.Messages).ShouldBeEmpty();
        report.Outcomes.Select(outcome => outcome.Name).ShouldBe(names, ignoreOrder: true);
        report.Passed.ShouldBe(names.Count);
    }
}
