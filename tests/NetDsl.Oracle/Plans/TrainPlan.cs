using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle.Plans;

/// <summary>Steps of training: the loss before each, the parameters after the last.</summary>
internal sealed class TrainPlan : Plan
{
    private readonly Chain _chain;
    private readonly OptimizerChoice _choice;
    private readonly int _steps;

    public TrainPlan(Case @case, Settings settings)
        : base(@case)
    {
        _chain = ChainReader.Graph(@case, settings, axes: 2);
        _choice = new OptimizerChoice(settings.Object("optimizer"));
        _steps = settings.Integer("steps");
        settings.RequireAllRead("train");
    }

    public override IReadOnlyList<Stack> Networks => [_chain.Stack];

    public override void Run<T>(Platform platform, IReadOnlyList<INetwork<T>> networks, Comparer comparer)
    {
        var x = Case.Input(_chain.Input);
        var run = new Execution<T>(platform, networks[0], _chain.Stack, Case, x.Shape[1]);
        var optimizer = _choice.Create<T>();
        var losses = new List<double>();
        for (var step = 0; step < _steps; step++)
        {
            run.Forward(x[step]);
            losses.AddRange(run.Loss(Case.Input(_chain.Target)[step]).Values);
            run.Backward();
            optimizer.LearningRate = _choice.LearningRate(step);
            optimizer.Step(run.Parameters, run.Gradients);
        }

        comparer.Output("losses", new Tensor([_steps], [.. losses]));
        foreach (var (name, value) in run.ParameterValues)
            comparer.Output(name, value);
    }
}
