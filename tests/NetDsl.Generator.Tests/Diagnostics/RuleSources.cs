using System.Reflection;
using System.Runtime.CompilerServices;
using NetDsl.Generator.Diagnostics;

namespace NetDsl.Generator.Tests.Diagnostics;

/// <summary>The places that speak of the rules.</summary>
internal static class RuleSources
{
    /// <summary>All rules by id.</summary>
    public static IReadOnlyList<Rule> Rules { get; } = [.. typeof(Generator.Diagnostics.Rules).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (Rule)field.GetValue(null)!).OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    /// <summary>A file of the repository.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root(), path));

    public static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
