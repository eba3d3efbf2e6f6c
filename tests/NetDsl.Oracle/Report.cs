namespace NetDsl.Oracle;

/// <summary>How a case ended.</summary>
internal enum Verdict
{
    Passed,
    Failed,
    Unsupported,
}

/// <summary>What became of one case.</summary>
/// <param name="Name">The case.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Verdict">How it ended.</param>
/// <param name="Messages">Its failures, or why it is unsupported.</param>
internal sealed record Outcome(string Name, string Kind, Verdict Verdict, IReadOnlyList<string> Messages)
{
    /// <summary>The kind of a file that doesn't tell its kind.</summary>
    public const string Unreadable = "unreadable";
}

/// <summary>What became of all cases.</summary>
internal sealed record Report(IReadOnlyList<Outcome> Outcomes)
{
    public int Passed => Count(Outcomes, Verdict.Passed);

    public int Failed => Count(Outcomes, Verdict.Failed);

    public int Unsupported => Count(Outcomes, Verdict.Unsupported);

    /// <summary>A line for each failure, for each unsupported case if asked for, the counts by kind, and the sum.</summary>
    public void Write(TextWriter output, bool listUnsupported = false)
    {
        foreach (var message in Outcomes.Where(outcome => outcome.Verdict == Verdict.Failed).SelectMany(outcome => outcome.Messages))
            output.WriteLine($"FAILED {message}");
        if (listUnsupported)
        {
            foreach (var outcome in Outcomes.Where(outcome => outcome.Verdict == Verdict.Unsupported))
                output.WriteLine($"unsupported {outcome.Name}: {outcome.Messages[0]}");
        }

        output.WriteLine($"{"kind",-20}{"passed",12}{"failed",12}{"unsupported",12}");
        foreach (var kind in Outcomes.GroupBy(outcome => outcome.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal))
            output.WriteLine($"{kind.Key,-20}{Count(kind, Verdict.Passed),12}{Count(kind, Verdict.Failed),12}{Count(kind, Verdict.Unsupported),12}");
        output.WriteLine($"{Passed} passed, {Failed} failed, {Unsupported} unsupported");
    }

    private static int Count(IEnumerable<Outcome> outcomes, Verdict verdict) => outcomes.Count(outcome => outcome.Verdict == verdict);
}
