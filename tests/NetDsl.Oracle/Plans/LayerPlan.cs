using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle.Plans;

/// <summary>One layer or activation: forward, backward from a given gradient, and at inference.</summary>
internal sealed class LayerPlan : Plan
{
    private readonly Stack _stack;

    public LayerPlan(Case @case, string op, Settings settings)
        : base(@case)
    {
        var layer = LayerReader.Read(op, settings, @case.Parameters.Keys.ToDictionary(name => name), @case.Inputs.Keys.ToDictionary(name => name));
        var x = @case.Input("x").Shape;
        _stack = new Stack(@case.IsBatched ? x[1..] : x, layer is null ? [] : [layer], Loss.None);
    }

    public override IReadOnlyList<Stack> Networks => [_stack];

    public override void Run<T>(Platform platform, IReadOnlyList<INetwork<T>> networks, Comparer comparer)
    {
        var x = Case.Input("x");
        var run = new Execution<T>(platform, networks[0], _stack, Case, Case.IsBatched ? x.Shape[0] : 1);
        if (!_stack.IsTraining)
            comparer.Output("y", run.Predict(x));
        run.Forward(x);
        if (_stack.Layers.Count > 0)
            comparer.Output("y", run.Output(0) ?? throw new InvalidOperationException("the workspace has no view of the layer's output"));
        foreach (var (name, value) in run.StateValues.Where(pair => _stack.IsTraining))
        {
            comparer.Output(name, value);
            // What a rule with the biased variance would give follows from the other one.
            if (Case.Outputs.ContainsKey(name + "_if_biased"))
                comparer.Output(name + "_if_biased", Biased(Case.Input(name), value, x.Values.Length / value.Values.Length));
        }

        if (Case.OutputGradients.Count == 0)
            return;
        run.OutputGradient(Case.OutputGradients["y"]);
        comparer.Gradient("x", run.Backward());
        foreach (var (name, gradient) in run.ParameterGradients)
            comparer.Gradient(name, gradient);
    }

    private Tensor Biased(Tensor before, Tensor after, int count)
    {
        var momentum = Case.Settings.Number("momentum");
        return new Tensor(after.Shape, [.. before.Values.Zip(after.Values, (old, updated) => (1 - momentum) * old + (updated - (1 - momentum) * old) * (count - 1) / count)]);
    }
}
