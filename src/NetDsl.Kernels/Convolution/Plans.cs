using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>The plans of a shape, each made when it is first asked for.</summary>
internal static class Plans<T, TShape>
    where T : unmanaged
    where TShape : struct, IConvolutionShape
{
    private static CorrelationPlan? _forward;
    private static BackwardInputPlan? _backwardInput;
    private static WeightGradientPlan? _backwardWeight;
    private static SamplePlans? _samples;

    /// <exception cref="ArgumentException">The shape is no convolution.</exception>
    public static CorrelationPlan Forward => _forward ??= OfForward(Geometry.Of<TShape>());

    /// <exception cref="ArgumentException">The shape is no convolution.</exception>
    public static BackwardInputPlan BackwardInput => _backwardInput ??= OfBackwardInput(Geometry.Of<TShape>());

    /// <exception cref="ArgumentException">The shape is no convolution.</exception>
    public static WeightGradientPlan BackwardWeight => _backwardWeight ??= new(Geometry.Of<TShape>(), Forward);

    /// <summary>The plans for many samples of a small image, where they are the faster ones.</summary>
    /// <exception cref="ArgumentException">The shape is no convolution.</exception>
    public static SamplePlans? BySamples(int samples)
    {
        if (!FillsBySamples(samples))
            return null;
        var lanes = ConvolutionLanes.Widest<T>();
        return _samples ??= Geometry.Of<TShape>(lanes) is { } geometry ? new(geometry, lanes, Math.Min(lanes, Simd256<T>.Count)) : null;
    }

    /// <summary>Whether samples fill vectors much better than lines do.</summary>
    /// <exception cref="ArgumentException">The shape is no convolution.</exception>
    public static bool FillsBySamples(int samples) => SampleLanes.IsBetter(Forward, ConvolutionLanes.Widest<T>(), samples);

    private static CorrelationPlan OfForward(Geometry geometry) => CorrelationPlan.Forward(geometry, ConvolutionLanes.Choose<T>(geometry.Width.Results));

    private static BackwardInputPlan OfBackwardInput(Geometry geometry) =>
        new(
            geometry, Forward, ConvolutionLanes.Choose<T>(Blocking.DivideUp(geometry.Width.Size, geometry.Width.Stride)),
            ConvolutionLanes.ChooseForAdding<T>(geometry.Width.Results));
}

/// <summary>The plans of a shape by tiles, for shapes that are convolutions.</summary>
internal static class TiledPlans<T, TShape>
    where T : unmanaged
    where TShape : struct, IConvolutionShape
{
    private static readonly WinogradPlan? OfForward = WinogradPlan.Of<T>(Geometry.Of<TShape>(), isGradient: false);
    private static readonly WinogradPlan? OfBackwardInput = WinogradPlan.Of<T>(Geometry.Of<TShape>(), isGradient: true);

    /// <summary>The forward product, which the gradient of the weights shares; null where tiles aren't faster.</summary>
    public static WinogradPlan? Forward(int samples) => Choose(OfForward, samples);

    /// <summary>The gradient of the input; null where tiles aren't faster.</summary>
    public static WinogradPlan? BackwardInput(int samples) => Choose(OfBackwardInput, samples);

    private static WinogradPlan? Choose(WinogradPlan? plan, int samples) =>
        plan is not null && plan.Pays(samples, Plans<T, TShape>.FillsBySamples(samples)) ? plan : null;
}

/// <summary>The plan of the gradients of a shape behind which most of dy is 0, for shapes that are convolutions.</summary>
internal static class SparsePlans<T, TShape>
    where T : unmanaged
    where TShape : struct, IConvolutionShape
{
    /// <summary>Null where another way is faster.</summary>
    public static readonly SparsePlan? Gradients = SparsePlan.Of<T>(Geometry.Of<TShape>(), TShape.ResultsPerGradient);
}
