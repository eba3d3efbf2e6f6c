using System.Numerics;
using NetDsl.Oracle.Compilation;
using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;
using NetDsl.Oracle.Plans;

namespace NetDsl.Oracle;

/// <summary>Runs every case of a folder and of its index, once with each element type of the platform.</summary>
internal static class OracleRun
{
    private const string Index = "index";

    /// <param name="folder">The folder.</param>
    /// <param name="platform">Where the cases run.</param>
    /// <param name="ended">Told of each case that has run, or null.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static Report Folder(string folder, Platform platform, Action<Outcome>? ended = null)
    {
        var files = Directory.GetFiles(folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Where(name => name != Index);
        var names = files.Union(CaseFile.ReadIndex(Path.Combine(folder, Index + ".json"))).Order(StringComparer.Ordinal);
        return Cases([.. names.Select(name => (name, (Func<Case>)(() => CaseFile.Read(Path.Combine(folder, name + ".json")))))], platform, ended);
    }

    /// <summary>Runs cases by name.</summary>
    /// <param name="cases">Names, and how to read each.</param>
    /// <param name="platform">Where they run.</param>
    /// <param name="ended">Told of each that has run, or null.</param>
    public static Report Cases(IReadOnlyList<(string Name, Func<Case> Read)> cases, Platform platform, Action<Outcome>? ended = null)
    {
        var outcomes = new Outcome[cases.Count];
        var plans = new List<(int Index, Plan Plan)>();
        for (var i = 0; i < cases.Count; i++)
        {
            var kind = Outcome.Unreadable;
            try
            {
                var @case = cases[i].Read();
                kind = @case.Kind;
                plans.Add((i, Planner.Of(@case)));
            }
            catch (UnsupportedException exception)
            {
                outcomes[i] = new Outcome(cases[i].Name, kind, Verdict.Unsupported, [exception.Message]);
            }
            catch (Exception exception) when (exception is FormatException or InvalidOperationException or KeyNotFoundException or IOException)
            {
                outcomes[i] = new Outcome(cases[i].Name, kind, Verdict.Failed, [$"{cases[i].Name}: the file doesn't follow the format: {exception.Message}"]);
            }
        }

        var networks = NetworkCompiler.Compile(plans.SelectMany(plan => Sources(plan.Index, plan.Plan, platform)), platform.References);
        foreach (var (i, plan) in plans)
        {
            string[] failures = [.. platform.Precisions.SelectMany(precision => precision == Precision.Double ? Run<double>(i, plan, precision, platform, networks) : Run<float>(i, plan, precision, platform, networks))];
            outcomes[i] = new Outcome(plan.Case.Name, plan.Case.Kind, failures.Length == 0 ? Verdict.Passed : Verdict.Failed, failures);
            ended?.Invoke(outcomes[i]);
        }

        return new Report(outcomes);
    }

    private static IEnumerable<NetworkSource> Sources(int index, Plan plan, Platform platform) =>
        platform.Precisions.SelectMany(precision => plan.Networks.Select((stack, part) => new NetworkSource(ClassName(index, part, precision), precision, stack, platform)));

    private static string ClassName(int index, int part, Precision precision) => $"Network{index}_{part}_{precision}";

    private static IReadOnlyList<string> Run<T>(int index, Plan plan, Precision precision, Platform platform, IReadOnlyDictionary<string, CompiledNetwork> networks)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var comparer = new Comparer(plan.Case, precision == Precision.Double ? "double" : "float");
        var compiled = plan.Networks.Select((_, part) => networks[ClassName(index, part, precision)]).ToList();
        foreach (var problem in compiled.SelectMany(network => network.Problems))
            comparer.Require(false, problem);
        if (comparer.Failures.Count > 0)
            return comparer.Failures;
        try
        {
            plan.Run(platform, [.. compiled.Select(network => (INetwork<T>)network.Instance!)], comparer);
            comparer.RequireAllCompared();
        }
        catch (Exception exception)
        {
            comparer.Require(false, $"{exception.GetType().Name}: {exception.Message}");
        }

        return comparer.Failures;
    }
}
