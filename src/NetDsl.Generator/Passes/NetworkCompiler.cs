using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Passes;

/// <summary>A generated file.</summary>
internal sealed record SourceFile(string HintName, string Text);

/// <summary>What the compiler makes of a network: source where nothing is wrong, problems otherwise (warnings come with both).</summary>
internal sealed record CompiledNetwork(string Name, EquatableArray<SourceFile> Files, EquatableArray<Problem> Problems);

/// <summary>One use of a network: its graph, the fused steps, where their values lie, and which blocks share their code.</summary>
internal sealed record Lowered(NetworkGraph Graph, Schedule Schedule, MemoryPlan Plan)
{
    public Outlines Outlines { get; } = Outlining.Run(Graph, Schedule, Plan);
}

/// <summary>A network after all passes.</summary>
internal sealed record NetworkModel(NetworkSpec Spec, LayerList Layers, ParameterLayout Parameters, Lowered Training, Lowered Inference);

/// <summary>The way from a specification to C#: every pass in its order.</summary>
internal static class NetworkCompiler
{
    /// <param name="spec">The network.</param>
    /// <param name="onDevices">Whether the compilation has the kernels for devices.</param>
    public static CompiledNetwork Compile(NetworkSpec spec, bool onDevices = false)
    {
        var problems = new List<Problem>();
        try
        {
            var model = Analyse(spec, problems);
            var files = model is null ? EquatableArray<SourceFile>.Empty : NetworkEmitter.Emit(model, onDevices).ToEquatableArray();
            return new CompiledNetwork(spec.FullName, files, problems.ToEquatableArray());
        }
        catch (Exception exception)
        {
            // A compiler that throws takes the user's whole build down without a place to look at.
            return new CompiledNetwork(spec.FullName, EquatableArray<SourceFile>.Empty, EquatableArray.Of(Problem.Of(Rules.InternalError, Site.Class, spec.FullName, exception.GetType().Name + ": " + exception.Message)));
        }
    }

    /// <summary>Runs all passes before emission; null where the network has errors.</summary>
    public static NetworkModel? Analyse(NetworkSpec spec, List<Problem> problems)
    {
        var layers = StackReader.Read(spec, problems);
        if (HasErrors(problems))
            return null;
        var warnings = problems.ToList();
        problems.Clear();
        var all = ShapeInference.Run(GraphVerifier.Verify(Lowering.LowerAll(spec, layers), hasShapes: false), problems);
        var forward = layers.Trained().All(trained => trained) ? all : ShapeInference.Run(GraphVerifier.Verify(Lowering.Lower(spec, layers, inference: false), hasShapes: false), []);
        var answer = ShapeInference.Run(GraphVerifier.Verify(Lowering.Lower(spec, layers, inference: true), hasShapes: false), []);
        problems.InsertRange(0, warnings);
        if (HasErrors(problems))
            return null;
        Advice.Run(all, layers.Layers, problems);

        var training = GraphVerifier.Verify(Differentiation.Run(GraphVerifier.Verify(InputCopy.Training(LossFusion.Run(forward)), hasShapes: true)), hasShapes: true);
        var trainingSchedule = Fusion.Run(training);
        answer = GraphVerifier.Verify(InputCopy.Inference(answer), hasShapes: true);
        var inferenceSchedule = Fusion.Run(answer);
        return new NetworkModel(
            spec,
            layers,
            ParameterLayout.Of(training),
            new Lowered(training, trainingSchedule, MemoryPlanning.Training(training, trainingSchedule)),
            new Lowered(answer, inferenceSchedule, MemoryPlanning.Inference(answer, inferenceSchedule)));
    }

    private static bool HasErrors(List<Problem> problems) => problems.Any(problem => problem.Rule.Severity == RuleSeverity.Error);
}
