using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle.Plans;

/// <summary>Dropout on ones: what is kept and how often, that the backward pass uses the same mask, and how masks depend on seed and step.</summary>
internal sealed class DropoutStatisticsPlan : Plan
{
    private readonly Stack _stack;

    public DropoutStatisticsPlan(Case @case, Settings settings)
        : base(@case)
    {
        settings.Ignore("op", "mode");
        _stack = new Stack([settings.Integer("samples")], [new Layer("Dropout", Code.Of(settings.Number("rate")))], Loss.None);
        settings.RequireAllRead("Dropout");
    }

    public override IReadOnlyList<Stack> Networks => [_stack];

    public override void Run<T>(Platform platform, IReadOnlyList<INetwork<T>> networks, Comparer comparer)
    {
        var x = new Tensor([1, .. _stack.Input], [.. Enumerable.Repeat(1.0, _stack.Input[0])]);
        Execution<T> Start() => new(platform, networks[0], _stack, Case, samples: 1) { Workspace = { Seed = 1 } };
        double[] Draw(Execution<T> run)
        {
            run.Forward(x, training: true);
            return run.Output(0)!.Values;
        }

        var run = Start();
        var y = Draw(run);
        run.OutputGradient(x);
        comparer.Require(y.SequenceEqual(run.Backward().Values), "the backward pass uses another mask than the forward pass");
        comparer.Require(!y.SequenceEqual(Draw(run)), "two passes drew the same mask");
        comparer.Require(y.SequenceEqual(Draw(Start())), "the same seed drew two masks");

        var statistics = new Statistics(y);
        var kept = Case.Output("kept_value").Values[0];
        var band = Case.Band("zero_fraction_abs");
        foreach (var value in y.Where(value => value != 0).Distinct())
            comparer.Statistic("kept_value", value, Case.OutputTolerance.Relative * kept);
        comparer.Statistic("zero_fraction", statistics.Share(value => value == 0), band);
        comparer.Statistic("mean", statistics.Mean, Case.Band("mean_abs"));
        // The variance k²·p·(1 − p) changes by at most k² as often as the share p of zeros.
        comparer.Statistic("variance", statistics.Variance, kept * kept * band);
        comparer.Require(Math.Abs(statistics.Lag1Correlation) <= Case.Band("lag1_correlation_abs"), $"neighbours correlate by {statistics.Lag1Correlation}");
    }
}
