namespace NetDsl.Oracle;

/// <summary>The command line: <c>FOLDER [--device NAME] [--list-unsupported]</c>.</summary>
/// <param name="Folder">A folder of cases.</param>
/// <param name="Device">The device to run them on, or null for the CPU itself.</param>
/// <param name="ListsUnsupported">Whether the report says why cases are unsupported.</param>
internal sealed record Command(string Folder, string? Device, bool ListsUnsupported)
{
    private const string DeviceOption = "--device";
    private const string ListOption = "--list-unsupported";

    /// <summary>Reads arguments; null, with a line on the error stream, where they say nothing that can be run.</summary>
    public static Command? Read(string[] arguments)
    {
        var at = Array.IndexOf(arguments, DeviceOption);
        string[] device = at < 0 ? [] : arguments[at..Math.Min(at + 2, arguments.Length)];
        var folders = arguments.Where((argument, i) => argument != ListOption && (at < 0 || i < at || i > at + 1)).ToArray();
        if (folders is [var folder] && Directory.Exists(folder) && device.Length != 1)
            return new Command(folder, device.LastOrDefault(), arguments.Contains(ListOption));
        Console.Error.WriteLine($"Usage: FOLDER [{DeviceOption} gpu|cuda|opencl|cpu] [{ListOption}], FOLDER one that exists with cases as JSON files.");
        return null;
    }

    /// <summary>Runs the cases and writes the report; 0 where none failed. On devices, which take seconds to compile a case's kernels, each is shown as it ends.</summary>
    public int Run(Platform platform)
    {
        var report = OracleRun.Folder(Folder, platform, Device is null ? null : outcome => Console.Error.WriteLine($"{outcome.Name}: {outcome.Verdict}"));
        report.Write(Console.Out, ListsUnsupported);
        return report.Failed == 0 ? 0 : 1;
    }
}
