using Microsoft.CodeAnalysis;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Passes;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Incrementality;

public class IncrementalityTests
{
    private const string Two = """
        using NetDsl;

        [Network, Input(2)] [Dense(8), Tanh] [Dense(1), SquaredError]
        public partial class First;

        [Network, Input(3)] [Dense(4), ReLU] [Dense(2), SoftmaxCrossEntropy]
        public partial class Second;
        """;

    private const string Warned = """
        using NetDsl;

        [Network, Input(2)] [Dense(1), BinaryCrossEntropy]
        public partial class Warned;
        """;

    private const string Formulas = """
        using NetDsl;

        public sealed class BendAttribute : ActivationAttribute
        {
            private const double Half = 0.5;

            public static double Value(double x) => Helper(x) + 1;

            public static double Unrelated(double x) => 3 * x;

            private static double Helper(double x) => Half * x;
        }

        public sealed class FlatAttribute : ActivationAttribute
        {
            public static double Value(double x) => 2 * x;
        }

        [Network, Input(2)] [Dense(8), Bend] [Dense(1), SquaredError]
        public partial class Bent;

        [Network, Input(3)] [Dense(4), Flat] [Dense(2), SoftmaxCrossEntropy]
        public partial class Level;
        """;

    private const string Blocks = """
        using NetDsl;

        [Tanh, Dense(nameof(width))]
        public sealed class LayerAttribute(int width = 3) : BlockAttribute;

        [Network, Input(2), Layer, Layer(5), SquaredError]
        public partial class Deep;

        [Network, Input(2), Dense(3), SquaredError]
        public partial class Plain;
        """;

    private const string Members = """
        using NetDsl;

        [Network, Input(2), Dense(3), Tanh]
        public partial class Heads
        {
            [Dense(2), SoftmaxCrossEntropy]
            public partial LayerDescription Policy { get; }

            [Dense(1), SquaredError(Weight = 0.5)]
            public partial LayerDescription Value { get; }
        }

        [Network, Input(2), Dense(3), SquaredError]
        public partial class Plain;
        """;

    private const string Other = "public class Unrelated { public int Answer => 42; }";

    [Theory]
    [InlineData("public partial class First;", "public partial class First; // a comment")]
    [InlineData("using NetDsl;", "using NetDsl;\n\n\n")]
    [InlineData("[Dense(8), Tanh]", "[Dense(units: 4 + 4)]\n    [Tanh]")]
    [InlineData("public partial class Second;", "public partial class Second { public int Twice(int x) => 2 * x; }")]
    public void What_changes_no_network_compiles_and_emits_nothing(string before, string after)
    {
        var (_, second) = Edit(Two, Two.Replace(before, after));
        Reasons(second, NetworkGenerator.Tracking.Compile).Values.ShouldAllBe(reason => IsReused(reason));
        Reasons(second, NetworkGenerator.Tracking.Source).Values.ShouldAllBe(reason => IsReused(reason));
    }

    [Fact]
    public void An_edit_of_another_file_reuses_everything()
    {
        var compilation = Compiler.Compilation(Two, Other);
        var driver = Compiler.Driver().RunGenerators(compilation);
        var edited = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[1], Compiler.Parse(Other.Replace("42", "43"), "File1.cs"));
        var result = driver.RunGenerators(edited).GetRunResult().Results.Single();
        foreach (var step in new[] { NetworkGenerator.Tracking.Input, NetworkGenerator.Tracking.Compile, NetworkGenerator.Tracking.Source })
            result.TrackedSteps[step].SelectMany(run => run.Outputs).ShouldAllBe(output => IsReused(output.Reason));
        result.TrackedOutputSteps.SelectMany(pair => pair.Value).SelectMany(run => run.Outputs).ShouldAllBe(output => IsReused(output.Reason));
    }

    [Fact]
    public void A_changed_width_compiles_its_own_network_alone()
    {
        var (first, second) = Edit(Two, Two.Replace("Dense(8)", "Dense(9)"));
        var reasons = Reasons(second, NetworkGenerator.Tracking.Compile);
        reasons["First"].ShouldBe(IncrementalStepRunReason.Modified);
        IsReused(reasons["Second"]).ShouldBeTrue();
        Changed(first, second).ShouldBe(["First-Parts.g.cs", "First.g.cs"], ignoreOrder: true);
    }

    /// <summary>A reference to the kernels for devices brings a third file to each network, and one for the assembly; an edit elsewhere brings nothing anew.</summary>
    [Fact]
    public void A_reference_to_the_devices_kernels_adds_the_GPU_halves()
    {
        const string Devices = "namespace NetDsl.Kernels.Ilgpu { public sealed class GpuDevice { public int Answer => 42; } }";
        var (first, second) = Edit(Other, Devices, Two);
        first.GeneratedSources.Select(source => source.HintName).ShouldNotContain(name => name.Contains("Gpu"));
        Changed(first, second).ShouldBe(["First-Gpu.g.cs", "Second-Gpu.g.cs", "NetDsl-Gpu.g.cs"], ignoreOrder: true);
        var (_, third) = Edit(Devices, Devices.Replace("42", "43"), Two);
        foreach (var step in new[] { NetworkGenerator.Tracking.Devices, NetworkGenerator.Tracking.Compile, NetworkGenerator.Tracking.Source })
            third.TrackedSteps[step].SelectMany(run => run.Outputs).ShouldAllBe(output => IsReused(output.Reason));
    }

    [Fact]
    public void A_changed_name_of_a_layer_compiles_again() =>
        Reasons(Edit(Two, Two.Replace("Dense(8)", "Dense(8, Name = \"hidden\")")).Second, NetworkGenerator.Tracking.Compile)["First"].ShouldBe(IncrementalStepRunReason.Modified);

    [Fact]
    public void A_removed_network_leaves_the_other()
    {
        var (first, second) = Edit(Two, Two.Replace("[Network, Input(2)] [Dense(8), Tanh] [Dense(1), SquaredError]", ""));
        first.GeneratedSources.Length.ShouldBe(4);
        second.GeneratedSources.Select(source => source.HintName).ShouldBe(["Second.g.cs", "Second-Parts.g.cs"]);
        Changed(first, second).ShouldBeEmpty();
    }

    [Fact]
    public void A_moved_network_reports_at_its_new_place_and_emits_nothing()
    {
        var (first, second) = Edit(Warned, Warned.Replace("using NetDsl;", "using NetDsl;\n\n// Moved down.\n"));
        Reasons(second, NetworkGenerator.Tracking.Compile)["Warned"].ShouldBe(IncrementalStepRunReason.Cached);
        Reasons(second, NetworkGenerator.Tracking.Source).Values.ShouldAllBe(reason => IsReused(reason));
        first.Diagnostics.Single().Location.GetLineSpan().StartLinePosition.Line.ShouldBe(2);
        second.Diagnostics.Single().Location.GetLineSpan().StartLinePosition.Line.ShouldBe(5);
    }

    /// <summary>A class without [Network] that has nothing but formulas is looked at anew after an edit elsewhere, and found to be what it was.</summary>
    [Fact]
    public void A_forgotten_network_is_reported_and_an_edit_elsewhere_changes_nothing()
    {
        const string Forgotten = "[NetDsl.Swish] public partial class Forgotten;";
        const string Plain = "[System.Serializable] public partial class Plain { public int Twice(int x) => 2 * x; }";
        var compilation = Compiler.Compilation(Forgotten, Plain);
        var driver = Compiler.Driver().RunGenerators(compilation);
        driver.GetRunResult().Diagnostics.ShouldHaveSingleItem().Id.ShouldBe("NETDSL017");
        var edited = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[1], Compiler.Parse(Plain.Replace("2 * x", "3 * x"), "File1.cs"));
        var result = driver.RunGenerators(edited).GetRunResult().Results.Single();
        result.Diagnostics.ShouldHaveSingleItem().Id.ShouldBe("NETDSL017");
        IsReused(result.TrackedSteps[NetworkGenerator.Tracking.Orphan].ShouldHaveSingleItem().Outputs.ShouldHaveSingleItem().Reason).ShouldBeTrue();
    }

    [Theory]
    [InlineData("[NetDsl.Network, NetDsl.Input(2), NetDsl.Swish, NetDsl.SquaredError]")]
    [InlineData("")]
    public void A_forgotten_network_that_is_mended_is_no_longer_reported(string after)
    {
        var (first, second) = Edit("[NetDsl.Swish] public partial class Forgotten;", after + " public partial class Forgotten;");
        first.Diagnostics.ShouldHaveSingleItem().Id.ShouldBe("NETDSL017");
        second.Diagnostics.ShouldBeEmpty();
    }

    /// <summary>Most classes of a project aren't looked at.</summary>
    [Theory]
    [InlineData("public partial class Plain;", false)]
    [InlineData("[System.Serializable] public class Plain;", false)]
    [InlineData("[System.Serializable] public partial struct Plain;", false)]
    [InlineData("[System.Serializable] public partial class Plain;", true)]
    public void The_text_says_which_class_may_be_a_forgotten_network(string source, bool isLookedAt) =>
        NetworkReader.MayBeOrphan(Compiler.Parse(source, "File0.cs").GetRoot().ChildNodes().Single()).ShouldBe(isLookedAt);

    [Fact]
    public void A_mended_network_is_generated_and_its_error_is_gone()
    {
        var (first, second) = Edit(Two.Replace("Dense(8)", "Dense(0)"), Two);
        first.Diagnostics.Single().Id.ShouldBe("NETDSL007");
        first.GeneratedSources.Length.ShouldBe(2);
        second.Diagnostics.ShouldBeEmpty();
        second.GeneratedSources.Length.ShouldBe(4);
    }

    [Theory]
    [InlineData("3 * x", "4 * x")]
    [InlineData("using NetDsl;", "using NetDsl;\n\n// Moved down.\n")]
    [InlineData("Half * x", "Half /* of it */ * x")]
    [InlineData("private const double Half = 0.5;", "private const double Half = 1 / 2.0;")]
    public void What_changes_no_formula_emits_nothing(string before, string after)
    {
        var (first, second) = Edit(Formulas, Formulas.Replace(before, after));
        foreach (var step in new[] { NetworkGenerator.Tracking.Input, NetworkGenerator.Tracking.Compile, NetworkGenerator.Tracking.Source, NetworkGenerator.Tracking.Export })
            second.TrackedSteps[step].SelectMany(run => run.Outputs).ShouldAllBe(output => IsReused(output.Reason));
        Changed(first, second).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Helper(x) + 1", "Helper(x) + 2")]
    [InlineData("Half * x", "Half * x * x")]
    [InlineData("Half = 0.5", "Half = 0.25")]
    public void A_changed_formula_compiles_the_networks_that_use_it(string before, string after)
    {
        var (first, second) = Edit(Formulas, Formulas.Replace(before, after));
        var inputs = second.TrackedSteps[NetworkGenerator.Tracking.Input].SelectMany(run => run.Outputs).ToDictionary(output => ((NetworkInput)output.Value).Spec!.Name, output => output.Reason);
        inputs["Bent"].ShouldBe(IncrementalStepRunReason.Modified);
        IsReused(inputs["Level"]).ShouldBeTrue();
        Changed(first, second).ShouldContain("NetDsl-Formulas.g.cs");
        Changed(first, second).ShouldNotContain(file => file.StartsWith("Level", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Tanh, Dense(nameof(width))", "ReLU, Dense(nameof(width))")]
    [InlineData("int width = 3", "int width = 4")]
    public void A_changed_block_compiles_the_networks_that_use_it(string before, string after)
    {
        var (first, second) = Edit(Blocks, Blocks.Replace(before, after));
        var reasons = Reasons(second, NetworkGenerator.Tracking.Compile);
        reasons["Deep"].ShouldBe(IncrementalStepRunReason.Modified);
        IsReused(reasons["Plain"]).ShouldBeTrue();
        Changed(first, second).ShouldBe(["Deep.g.cs", "Deep-Parts.g.cs"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("using NetDsl;", "using NetDsl;\n\n// Moved down.\n")]
    [InlineData("Dense(nameof(width))]", "Dense(nameof(width) /* as wide */)]")]
    [InlineData("Dense(nameof(width))]", "Dense(\"width\")]")]
    public void What_changes_no_block_emits_nothing(string before, string after)
    {
        var (first, second) = Edit(Blocks, Blocks.Replace(before, after));
        Reasons(second, NetworkGenerator.Tracking.Compile).Values.ShouldAllBe(reason => IsReused(reason));
        Changed(first, second).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[Dense(2), Soft", "[Dense(4), Soft")]
    [InlineData("Weight = 0.5", "Weight = 0.25")]
    [InlineData("Dense(1), Squ", "Dense(1, From = nameof(Policy)), Squ")]
    public void A_changed_member_compiles_its_network_alone(string before, string after)
    {
        var (first, second) = Edit(Members, Members.Replace(before, after));
        var reasons = Reasons(second, NetworkGenerator.Tracking.Compile);
        reasons["Heads"].ShouldBe(IncrementalStepRunReason.Modified);
        IsReused(reasons["Plain"]).ShouldBeTrue();
        Changed(first, second).ShouldBe(["Heads.g.cs", "Heads-Parts.g.cs"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("using NetDsl;", "using NetDsl;\n\n// Moved down.\n")]
    [InlineData("public partial LayerDescription Value", "/* the result */ public partial LayerDescription Value")]
    [InlineData("[Dense(2), Soft", "[Dense(units: 1 + 1), Soft")]
    [InlineData("Value { get; }", "Value { get; }\n\n    public int Twice(int x) => 2 * x;")]
    public void What_changes_no_member_emits_nothing(string before, string after)
    {
        var (first, second) = Edit(Members, Members.Replace(before, after));
        first.GeneratedSources.Length.ShouldBe(4);
        Reasons(second, NetworkGenerator.Tracking.Compile).Values.ShouldAllBe(reason => IsReused(reason));
        Changed(first, second).ShouldBeEmpty();
    }

    [Fact]
    public void A_formula_that_breaks_is_reported_and_one_that_is_mended_is_not()
    {
        var broken = Formulas.Replace("Half * x", "System.Math.Atan(x)");
        var (first, second) = Edit(broken, Formulas);
        first.Diagnostics.Count(diagnostic => diagnostic.Id == "NETDSL025").ShouldBe(1);
        second.Diagnostics.ShouldNotContain(diagnostic => diagnostic.Id == "NETDSL025");
        Edit(Formulas, broken).Second.Diagnostics.Count(diagnostic => diagnostic.Id == "NETDSL025").ShouldBe(1);
    }

    [Fact]
    public void A_moved_problem_of_a_formula_is_reported_at_its_new_place()
    {
        var broken = Formulas.Replace("Half * x", "System.Math.Atan(x)");
        var (first, second) = Edit(broken, broken.Replace("using NetDsl;", "using NetDsl;\n\n"));
        int Line(GeneratorRunResult result) => result.Diagnostics.Single(diagnostic => diagnostic.Id == "NETDSL025").Location.GetLineSpan().StartLinePosition.Line;
        Line(second).ShouldBe(Line(first) + 2);
    }

    private static (GeneratorRunResult First, GeneratorRunResult Second) Edit(string before, string after, string other = Other)
    {
        var compilation = Compiler.Compilation(before, other);
        var driver = Compiler.Driver().RunGenerators(compilation);
        var first = driver.GetRunResult().Results.Single();
        var edited = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[0], Compiler.Parse(after, "File0.cs"));
        return (first, driver.RunGenerators(edited).GetRunResult().Results.Single());
    }

    private static Dictionary<string, IncrementalStepRunReason> Reasons(GeneratorRunResult result, string step) =>
        result.TrackedSteps[step].SelectMany(run => run.Outputs).Select((output, i) => (output, i)).ToDictionary(
            pair => pair.output.Value is CompiledNetwork network ? network.Name : $"output {pair.i}", pair => pair.output.Reason);

    private static IEnumerable<string> Changed(GeneratorRunResult first, GeneratorRunResult second) =>
        second.GeneratedSources.Where(source => !first.GeneratedSources.Any(old => old.HintName == source.HintName && old.SourceText.ToString() == source.SourceText.ToString())).Select(source => source.HintName);

    private static bool IsReused(IncrementalStepRunReason reason) => reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged;
}
