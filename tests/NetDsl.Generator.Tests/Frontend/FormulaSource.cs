using NetDsl.Generator.Formulas;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Frontend;

/// <summary>Formulas as the frontend reads them.</summary>
internal static class FormulaSource
{
    /// <summary>The formula of an attribute class, or of the only one, of a source that compiles without a warning.</summary>
    public static FormulaSpec Read(string source, string? type = null)
    {
        var generation = Compiler.Run("using System;\nusing NetDsl;\n" + source);
        generation.Complaints.Select(complaint => complaint.ToString()).ShouldBeEmpty();
        generation.Reports.Select(report => report.ToString()).ShouldBeEmpty();
        return type is null ? generation.Formulas.Values.ShouldHaveSingleItem() : generation.Formulas[type];
    }

    /// <summary>The text of an activation's Value from the members of its class.</summary>
    public static string Text(string members) => Read($"public sealed class FAttribute : ActivationAttribute\n{{\n{members}\n}}").Value.Text;
}
