using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle.Plans;

/// <summary>A loss, with layers before it or without: forward, loss, backward, and the intermediate results that the case reports.</summary>
internal sealed class ChainPlan : Plan
{
    private readonly Chain _chain;
    private readonly List<Stack> _networks;

    public ChainPlan(Case @case, Chain chain)
        : base(@case)
    {
        _chain = chain;
        // What fusion keeps out of the memory comes from the first layers alone; the last network is the loss with its sides swapped.
        _networks = [chain.Stack, .. chain.Reports.Values.Select(chain.Stack.Take)];
        if (HasInputAsTarget)
            _networks.Add(new Stack(chain.Stack.Input, [], chain.Stack.Loss));
    }

    public override IReadOnlyList<Stack> Networks => _networks;

    private bool HasInputAsTarget => _chain.Input == _chain.Target;

    public override void Run<T>(Platform platform, IReadOnlyList<INetwork<T>> networks, Comparer comparer)
    {
        var x = Case.Input(_chain.Input);
        var target = Case.Input(_chain.Target);
        Execution<T> Execute(int network, Tensor input)
        {
            var execution = new Execution<T>(platform, networks[network], _networks[network], Case, input.Shape[0]);
            execution.Forward(input);
            return execution;
        }

        var run = Execute(0, x);
        foreach (var (i, (name, layers)) in _chain.Reports.Index())
            comparer.Output(name, run.Output(layers - 1) ?? Execute(i + 1, x).Output(layers - 1)!);
        foreach (var (name, state) in _chain.StateReports)
            comparer.Output(name, run.StateValues.First(value => value.Name == state).Value);
        Tensor? prediction = HasInputAsTarget ? Execute(0, x).Predict(x) : null;
        comparer.Output(_chain.LossName, run.Loss(target, _chain.Stack.Loss.IsUnreduced ? Case.OutputGradients.GetValueOrDefault(_chain.LossName) : null));
        if (Case.Gradients.Count == 0)
            return;
        var dx = run.Backward();
        if (prediction is not null)
        {
            var swapped = Execute(_networks.Count - 1, target);
            swapped.Loss(prediction);
            dx = dx.Plus(swapped.Backward());
        }

        comparer.Gradient(_chain.Input, dx);
        foreach (var (name, gradient) in run.ParameterGradients)
            comparer.Gradient(name, gradient);
    }
}
