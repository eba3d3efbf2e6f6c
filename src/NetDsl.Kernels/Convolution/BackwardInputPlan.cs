namespace NetDsl.Kernels;

/// <summary>The faster one of the two ways to the gradient of the input.</summary>
internal sealed class BackwardInputPlan
{
    /// <param name="geometry">The convolution.</param>
    /// <param name="forward">Its plan.</param>
    /// <param name="lanes">Elements of a vector for gathering.</param>
    /// <param name="partLanes">Elements of a vector for scattering.</param>
    public BackwardInputPlan(Geometry geometry, CorrelationPlan forward, int lanes, int partLanes)
    {
        Forward = forward;
        Correlation = CorrelationPlan.BackwardInput(geometry, lanes);
        var parts = new InputGradientPlan(geometry, forward.Lanes == partLanes ? forward : CorrelationPlan.Forward(geometry, partLanes));
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
