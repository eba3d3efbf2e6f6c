using System.Text;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Passes;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Golden;

public class GraphDumpTests
{
    public static TheoryData<string> Names => SampleNetworks.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_pass_gives_the_graph_that_was_reviewed(string network)
    {
        var spec = Compiler.Run(SampleNetworks.Sources[network]).Specs.Values.Single();
        var problems = new List<NetDsl.Generator.Diagnostics.Problem>();
        var layers = StackReader.Read(spec, problems);
        var text = new StringBuilder();
        void Dump(string pass, string dump) => text.Append($"==== {pass}\n{dump}\n");
        void Outlined(string pass, NetworkGraph graph, Outline outline)
        {
            if (outline.Methods.Count > 0)
                Dump("repeated blocks of " + pass, GraphPrinter.Print(graph, outline));
        }

        var lowered = Lowering.Lower(spec, layers, inference: false);
        Dump("lowered", GraphPrinter.Print(lowered));
        var shaped = ShapeInference.Run(lowered, problems);
        Dump("shapes", GraphPrinter.Print(shaped));
        var joined = LossFusion.Run(shaped);
        Dump("loss fusion", joined == shaped ? "unchanged\n" : GraphPrinter.Print(joined));
        var copied = InputCopy.Training(joined);
        Dump("input copy", copied == joined ? "unchanged\n" : GraphPrinter.Print(copied));
        var differentiated = Differentiation.Run(copied);
        Dump("differentiation", GraphPrinter.Print(differentiated));
        var schedule = Fusion.Run(differentiated);
        Dump("fusion", GraphPrinter.Print(differentiated, schedule));
        var plan = MemoryPlanning.Training(differentiated, schedule);
        Dump("memory plan of training", GraphPrinter.Print(differentiated, plan));
        var outlines = Outlining.Run(differentiated, schedule, plan);
        Outlined("forward", differentiated, outlines.Forward);
        Outlined("backward", differentiated, outlines.Backward);

        var answer = InputCopy.Inference(ShapeInference.Run(Lowering.Lower(spec, layers, inference: true), problems));
        var inference = Fusion.Run(answer);
        Dump("inference", GraphPrinter.Print(answer, inference));
        plan = MemoryPlanning.Inference(answer, inference);
        Dump("memory plan of inference", GraphPrinter.Print(answer, plan));
        Outlined("inference", answer, Outlining.Run(answer, inference, plan).Forward);

        problems.ShouldBeEmpty();
        Snapshot.Verify(text.ToString(), network, "txt");
    }
}
