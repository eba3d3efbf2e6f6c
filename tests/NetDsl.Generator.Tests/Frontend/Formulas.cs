using NetDsl.Generator.Formulas;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Frontend;

/// <summary>Formulas as the frontend reads them.</summary>
internal static class Formulas
{
    /// <summary>The formula of the only attribute class of a source that compiles without a warning.</summary>
    public static FormulaSpec Read(string source)
    {
        var generation = Compiler.Run("using System;\nusing NetDsl;\n" + source);
        generation.Complaints.Where(complaint => complaint.Id != "CS9113").Select(complaint => complaint.ToString()).ShouldBeEmpty();
        generation.Reports.Select(report => report.ToString()).ShouldBeEmpty();
        return All(generation).ShouldHaveSingleItem();
    }

    /// <summary>The text of an activation's Value from the members of its class.</summary>
    public static string Text(string members) => Read($"public sealed class FAttribute : ActivationAttribute\n{{\n{members}\n}}").Value.Text;

    /// <summary>All formulas that a compilation declares.</summary>
    public static IReadOnlyList<FormulaSpec> All(Generation generation) => generation.Result.TrackedSteps.TryGetValue(NetworkGenerator.Tracking.Formula, out var steps)
        ? [.. steps.SelectMany(step => step.Outputs).Select(output => ((ParsedFormula)output.Value).Spec).OfType<FormulaSpec>()]
        : [];
}
