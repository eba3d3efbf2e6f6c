namespace NetDsl.Oracle.Tests;

/// <summary>The command line.</summary>
public class CommandTests
{
    [Fact]
    public void Options_may_stand_before_and_behind_the_folder()
    {
        var folder = AppContext.BaseDirectory;

        Command.Read([folder]).ShouldBe(new Command(folder, null, null, false));
        Command.Read(["--precision", "double", folder, "--list-unsupported"]).ShouldBe(new Command(folder, null, Precision.Double, true));
        Command.Read([folder, "--device", "opencl", "--precision", "float"])!.Precisions.ShouldBe([Precision.Single]);
    }

    [Theory]
    [InlineData("--precision")]
    [InlineData("--precision", "half")]
    [InlineData("--device")]
    [InlineData("another")]
    public void What_is_not_understood_is_refused(params string[] arguments) => Command.Read([AppContext.BaseDirectory, .. arguments]).ShouldBeNull();
}
