using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Golden;

public class GeneratedSourceTests
{
    [Theory]
    [InlineData("Xor")]
    [InlineData("Mlp")]
    [InlineData("LeNet")]
    public void The_generated_files_read_as_reviewed(string network)
    {
        var files = Compiler.Run(SampleNetworks.Sources[network]).Files;
        files.Count.ShouldBe(2);
        foreach (var (name, text) in files)
            Snapshot.Verify(text, name.Replace(".g.cs", ""), "cs");
    }
}
