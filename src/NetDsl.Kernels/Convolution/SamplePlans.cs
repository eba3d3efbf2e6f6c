namespace NetDsl.Kernels;

/// <summary>The plans of a shape whose samples are turned into the innermost axis.</summary>
internal sealed class SamplePlans
{
    public SamplePlans(Geometry geometry, int lanes, int partLanes)
    {
        Lanes = lanes;
        Forward = CorrelationPlan.Forward(geometry, lanes);
        BackwardInput = new(geometry, Forward, lanes, partLanes);
        BackwardWeight = new(geometry, Forward);
    }

    /// <summary>Samples that stand side by side.</summary>
    public int Lanes { get; }

    public CorrelationPlan Forward { get; }

    public BackwardInputPlan BackwardInput { get; }

    public WeightGradientPlan BackwardWeight { get; }
}
