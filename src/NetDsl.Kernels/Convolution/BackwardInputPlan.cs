namespace NetDsl.Kernels;

/// <summary>The faster one of the two ways to the gradient of the input.</summary>
internal sealed class BackwardInputPlan
{
    public BackwardInputPlan(Geometry geometry, CorrelationPlan forward, int lanes)
    {
        Forward = forward;
        Correlation = CorrelationPlan.BackwardInput(geometry, lanes);
        var parts = new InputGradientPlan(geometry, forward);
        if (parts.IsBetterThan(Correlation))
            Parts = parts;
    }

    /// <summary>The convolution.</summary>
    public CorrelationPlan Forward { get; }

    /// <summary>Gathering: as a convolution of dy.</summary>
    public CorrelationPlan Correlation { get; }

    /// <summary>Scattering: by parts that are added; null where it is slower.</summary>
    public InputGradientPlan? Parts { get; }
}
