namespace NetDsl.Tests.Data;

/// <summary>A test that needs MNIST; skipped, saying so, unless NETDSL_MNIST names its folder.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MnistFactAttribute : FactAttribute
{
    public MnistFactAttribute()
    {
        if (Folder is null)
            Skip = "Set NETDSL_MNIST to the folder with the four IDX files of MNIST.";
    }

    public static string? Folder => Environment.GetEnvironmentVariable("NETDSL_MNIST");
}
