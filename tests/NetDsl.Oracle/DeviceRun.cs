using System.Diagnostics;

namespace NetDsl.Oracle;

/// <summary>Runs on devices belong to NetDsl.Gpu.Oracle, of NetDsl.Gpu.sln, so that this project never needs ILGPU; this starts them there.</summary>
internal static class DeviceRun
{
    private const string Project = "tests/NetDsl.Gpu.Oracle";

    /// <summary>Hands the arguments over; 0 where no case failed.</summary>
    public static int Start(string[] arguments)
    {
        var root = AppContext.BaseDirectory;
        while (root is not null && !Directory.Exists(Path.Combine(root, Project)))
            root = Path.GetDirectoryName(root);
        if (root is null)
            return Refuse($"Devices are run by {Project}, which lies beside this project in a checkout of NetDsl: start it from there.");
        var project = Path.Combine(root, Project);
        if (Dotnet("restore", project) != 0)
            return Refuse($"{Project} needs ILGPU 1.5.3 from a package source, as all of NetDsl.Gpu.sln does; docs/gpu.md says more.");
        return Dotnet(["run", "--no-restore", "-c", "Release", "--project", project, "--", .. arguments]);
    }

    private static int Refuse(string message)
    {
        Console.Error.WriteLine(message);
        return 2;
    }

    private static int Dotnet(params string[] arguments)
    {
        using var process = Process.Start("dotnet", arguments);
        process.WaitForExit();
        return process.ExitCode;
    }
}
