using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Frontend;

/// <summary>Blocks that networks of another project use: all of them is in metadata.</summary>
public class CompiledBlockTests
{
    private const string Layers = """
        using NetDsl;

        namespace Layers;

        [Sum, Branch, Dense(nameof(width), Bias = nameof(bias)), Branch, Projection(nameof(width), Normalize = false), End, Tanh]
        public sealed class ResidualAttribute(object width, bool bias = true) : BlockAttribute;

        [Residual(nameof(width), Repeat = nameof(count)), Dropout(nameof(rate))]
        public sealed class StageAttribute(int width, int count = 1, double rate = 0.5) : BlockAttribute;
        """;

    private const string Network = "using NetDsl; using Layers; [Network, Input(4)] [Stage(3, 2, Name = \"first\"), Stage(3), Dense(1), SquaredError] public partial class Net;";

    [Fact]
    public void A_block_of_another_assembly_is_the_same_as_one_of_this()
    {
        var used = Use(Compiler.Compilation(Layers), Network);
        used.Reports.ShouldBeEmpty();
        used.Files["Net.g.cs"].ShouldBe(Compiler.Run(Layers, Network).Files["Net.g.cs"]);
        used.Files["Net-Parts.g.cs"].ShouldContain("new(\"first.residual2.dense1.weight\", [3, 3], ");
    }

    [Fact]
    public void What_is_wrong_within_a_block_that_is_compiled_is_said_at_its_use()
    {
        const string Broken = "using NetDsl; namespace Layers; [Dense(3), Branch] public sealed class OddAttribute : BlockAttribute; [Dense(\"wide\")] public sealed class OtherAttribute : BlockAttribute;";
        Reports("[Odd]").ShouldBe([(Rules.BranchOutsideJoin.Id, "Odd")]);
        Reports("[Other]").ShouldBe([(Rules.UnknownName.Id, "Other")]);

        IEnumerable<(string, string)> Reports(string layer)
        {
            var source = $"using NetDsl; using Layers; [Network, Input(4)] {layer} [SquaredError] public partial class Net;";
            return Use(Compiler.Compilation(Broken), source).Reports.Select(report => (report.Id, source.Substring(report.Location.SourceSpan.Start, report.Location.SourceSpan.Length)));
        }
    }

    [Fact]
    public void Blocks_that_contain_each_other_each_say_so()
    {
        var generation = Compiler.Run("""
            using NetDsl;
            [Dense(2), B] public sealed class AAttribute : BlockAttribute;
            [A, ReLU] public sealed class BAttribute : BlockAttribute;
            [B] public sealed class CAttribute : BlockAttribute;
            [Network, Input(2), C, SquaredError] public partial class Net;
            """);
        generation.Reports.Select(report => report.GetMessage()).Order(StringComparer.Ordinal).ShouldBe(
        [
            "The block [A] contains itself (A → B → A), so it would never end: remove one of these uses, and repeat a block with Repeat",
            "The block [B] contains itself (B → A → B), so it would never end: remove one of these uses, and repeat a block with Repeat",
        ]);
    }

    private static Generation Use(CSharpCompilation library, string network)
    {
        using var image = new MemoryStream();
        library.Emit(image).Success.ShouldBeTrue();
        return Compiler.Run(Compiler.Compilation(network).AddReferences(MetadataReference.CreateFromImage(image.ToArray())));
    }
}
