using System.Globalization;
using NetDsl.Generator.Tests.Golden;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Emission;

public class DeterminismTests
{
    public static TheoryData<string> Names => SampleNetworks.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_source_gives_the_same_bytes(string network) =>
        Generate(network).ShouldBe(Generate(network));

    [Theory]
    [MemberData(nameof(Names))]
    public void Lines_end_the_same_everywhere(string network)
    {
        foreach (var text in Generate(network).Values)
        {
            text.ShouldNotContain('\r');
            text.ShouldNotContain('\t');
            text.ShouldBe(text.TrimEnd() + "\n");
            text.Split("\n").ShouldAllBe(line => !line.EndsWith(" ", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_users_culture_changes_nothing(string network)
    {
        var invariant = Generate(network);
        var before = CultureInfo.CurrentCulture;
        try
        {
            foreach (var culture in Cultures())
            {
                CultureInfo.CurrentCulture = culture;
                Generate(network).ShouldBe(invariant);
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    // By name where the machine has the data; else an invented one that is as far from the invariant as can be.
    private static IEnumerable<CultureInfo> Cultures()
    {
        foreach (var name in new[] { "de-DE", "tr-TR" })
        {
            CultureInfo? culture = null;
            try
            {
                culture = CultureInfo.GetCultureInfo(name);
            }
            catch (CultureNotFoundException)
            {
                // The tests run without the data of cultures.
            }

            if (culture is not null)
                yield return culture;
        }

        var invented = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        invented.NumberFormat.NumberDecimalSeparator = ",";
        invented.NumberFormat.NumberGroupSeparator = ".";
        invented.NumberFormat.NegativeSign = "minus ";
        invented.NumberFormat.NaNSymbol = "undefined";
        yield return invented;
    }

    private static IReadOnlyDictionary<string, string> Generate(string network) => Compiler.Run(SampleNetworks.Sources[network]).Files;
}
