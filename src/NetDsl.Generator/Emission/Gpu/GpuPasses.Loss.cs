using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission.Gpu;

internal sealed partial class GpuPasses
{
    private void Loss()
    {
        var variants = LossVariant.Of(Heads.Of(_layers));
        for (var i = 0; i < variants.Count; i++)
        {
            if (i > 0)
                _writer.Line();
            Overload(variants[i]);
        }
    }

    private void Overload(LossVariant variant)
    {
        var heads = _signatures.Losses;
        _signatures.Loss(variant);
        _writer.Line($"Evaluate({string.Join(", ", _signatures.LossArguments(variant).Concat(variant.Heads.Select(pair => $"{PassSignatures.KeepsTerms(pair.Head)}: !{pair.Head.Variable("terms")}.IsEmpty")))});");
        foreach (var (head, _) in variant.Heads)
            _writer.Line($"{TargetOf(head)}.ReadTerms({head.Variable("terms")});");
        _writer.Line("return workspace.Loss;");
        _writer.Close();
        _writer.Line();

        _signatures.Evaluate(variant);
        _signatures.BeginLoss(variant);
        Locals(heads.SelectMany(pair => _graph.PredictionsOf(pair.Step.Root).Select(value => value.Id).Concat(_signatures.Written(pair.Step))));
        foreach (var (head, step) in heads)
        {
            _writer.Line();
            if (heads.Count > 1)
                _writer.Line($"// ———— {PassSignatures.NameOf(head)} ————");
            Evaluate(head, step, variant.Heads.First(pair => pair.Head.Loss == head.Loss).TakesLabels);
        }

        _signatures.Finish("Loss");
        _writer.Close();
    }

    private void Evaluate(Head head, Step step, bool takesLabels)
    {
        var (root, op) = (step.Root, (LossOp)step.Root.Op);
        _signatures.LossFormulas(head, step, takesLabels, _steps);
        var shape = _graph.Values[root.Inputs[0]].Shape;
        var terms = StepCode.Samples(op switch { ClassLossOp => shape.Rows, SampleLossOp or EmbeddingLossOp => 1, _ => shape.Size });
        _writer.Line($"{TargetOf(head)}.Begin({(op.HasWeights ? head.Variable("weights") : "default")}, {terms}, {PassSignatures.KeepsTerms(head)});");
        _writer.Line(op.Evaluate(new LossCode(_code, step, takesLabels, head.Target(takesLabels), head.Variable("weights"), head.Variable("terms"), TargetOf(head))) + ";");
    }

    private void OutputGradient()
    {
        _signatures.OutputGradient();
        Locals(_signatures.Losses.SelectMany(pair => _signatures.Written(pair.Step)));
        foreach (var (head, step) in _signatures.Losses)
        {
            _writer.Line();
            StartGradient(step, Heads.GradientsOf(_layers, head));
        }

        _signatures.Finish("Loss");
        _writer.Close();
    }

    private void StartGradient(Step step, IReadOnlyList<string> from)
    {
        var epilogue = step.Epilogue.ToList();
        foreach (var (name, id) in from.Zip(epilogue.Count == 0 ? step.Root.Outputs : EquatableArray.Of(step.Result), (name, id) => (name, id)))
            _writer.Line($"{Variable(id)}.Upload({name});");
        if (epilogue.Count == 0)
            return;
        foreach (var node in epilogue)
            _steps.Comment(node);
        var columns = _graph.Values[step.Root.Inputs[0]].Shape.Size;
        var op = _code.Code(_code.Epilogues.Epilogue(step.Root.Outputs[0], -1, epilogue, [], columns));
        _writer.Line($"Kernels::Pass.Apply<{Type}, {op.Type}>({Variable(step.Result)}, {Variable(step.Result)}, {StepCode.Matrix(columns)}, {op.Construction});");
    }

    // C# of where a loss is summed up.
    private string TargetOf(Head head) => $"workspace.LossTargets[{Text.Invariant(Heads.Of(_layers).TakeWhile(other => other.Loss != head.Loss).Count())}]";
}
