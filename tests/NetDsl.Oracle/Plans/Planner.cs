using NetDsl.Oracle.Format;

namespace NetDsl.Oracle.Plans;

/// <summary>Chooses a case's plan from its configuration alone.</summary>
internal static class Planner
{
    /// <exception cref="UnsupportedException">The language lacks what the case asks for.</exception>
    /// <exception cref="FormatException">The configuration doesn't follow the format.</exception>
    public static Plan Of(Case @case)
    {
        var settings = @case.Settings;
        return settings.Text("op") switch
        {
            "loss" when EmbeddingLossPlan.Covers(settings.Text("function")) => new EmbeddingLossPlan(@case, settings),
            "loss" when SoftTargetPlan.Covers(settings.Text("function")) => new SoftTargetPlan(@case, settings),
            "loss" => new ChainPlan(@case, ChainReader.Loss(@case, settings)),
            "graph" when GraphPlan.Covers(settings) => new GraphPlan(@case, settings),
            "graph" => new ChainPlan(@case, ChainReader.Graph(@case, settings)),
            "train" => new TrainPlan(@case, settings),
            "optimizer" => new OptimizerPlan(@case, settings),
            "initializer" => new InitializerPlan(@case, settings),
            "schedule" => throw new UnsupportedException("no learning rate schedules"),
            "dropout" when settings.Text("mode") == "statistics" => new DropoutStatisticsPlan(@case, settings),
            var op => new LayerPlan(@case, op, settings),
        };
    }
}
