namespace NetDsl.Oracle;

/// <summary>The command line: <c>FOLDER [--device NAME] [--precision float|double] [--list-unsupported]</c>.</summary>
/// <param name="Folder">A folder of cases.</param>
/// <param name="Device">The device to run them on, or null for the CPU itself.</param>
/// <param name="Precision">The one element type of the runs, or null for all that the device has.</param>
/// <param name="ListsUnsupported">Whether the report says why cases are unsupported.</param>
internal sealed record Command(string Folder, string? Device, Precision? Precision, bool ListsUnsupported)
{
    private const string DeviceOption = "--device";
    private const string PrecisionOption = "--precision";
    private const string ListOption = "--list-unsupported";

    /// <summary>The element types of the runs, or null for all that the device has.</summary>
    public IReadOnlyList<Precision>? Precisions => Precision is { } precision ? [precision] : null;

    /// <summary>Reads arguments; null, with a line on the error stream, where they say nothing that can be run.</summary>
    public static Command? Read(string[] arguments)
    {
        var rest = arguments.Where(argument => argument != ListOption).ToList();
        if (Take(rest, DeviceOption, out var device) && Take(rest, PrecisionOption, out var name) && name is null or "float" or "double" && rest is [var folder] && Directory.Exists(folder))
            return new Command(folder, device, name switch { null => null, "float" => NetDsl.Precision.Single, _ => NetDsl.Precision.Double }, arguments.Contains(ListOption));
        Console.Error.WriteLine($"Usage: FOLDER [{DeviceOption} gpu|cuda|opencl|cpu] [{PrecisionOption} float|double] [{ListOption}], FOLDER one that exists with cases as JSON files.");
        return null;
    }

    /// <summary>Runs the cases and writes the report; 0 where none failed. On devices, which take seconds to compile a case's kernels, each is shown as it ends.</summary>
    public int Run(Platform platform)
    {
        var report = OracleRun.Folder(Folder, platform, Device is null ? null : outcome => Console.Error.WriteLine($"{outcome.Name}: {outcome.Verdict}"));
        report.Write(Console.Out, ListsUnsupported);
        return report.Failed == 0 ? 0 : 1;
    }

    // Whether an option is absent or has a value; both are taken out of the arguments.
    private static bool Take(List<string> arguments, string option, out string? value)
    {
        value = null;
        var at = arguments.IndexOf(option);
        if (at < 0)
            return true;
        if (at + 1 == arguments.Count)
            return false;
        value = arguments[at + 1];
        arguments.RemoveRange(at, 2);
        return true;
    }
}
