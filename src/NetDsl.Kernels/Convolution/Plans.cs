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
        var lanes = ConvolutionLanes.Widest<T>();
        if (!SampleLanes.IsBetter(Forward, lanes, samples))
            return null;
        return _samples ??= Geometry.Of<TShape>(lanes) is { } geometry ? new(geometry, lanes, Math.Min(lanes, Simd256<T>.Count)) : null;
    }

    private static CorrelationPlan OfForward(Geometry geometry) => CorrelationPlan.Forward(geometry, ConvolutionLanes.Choose<T>(geometry.Width.Results));

    private static BackwardInputPlan OfBackwardInput(Geometry geometry) =>
        new(
            geometry, Forward, ConvolutionLanes.Choose<T>(Blocking.DivideUp(geometry.Width.Size, geometry.Width.Stride)),
            ConvolutionLanes.ChooseForAdding<T>(geometry.Width.Results));
}

/// <summary>The plans of a shape by tiles, null where they aren't faster; for shapes that are convolutions.</summary>
internal static class TiledPlans<T, TShape>
    where T : unmanaged
    where TShape : struct, IConvolutionShape
{
    /// <summary>The forward product, which the gradient of the weights shares.</summary>
    public static WinogradPlan? Forward { get; } = WinogradPlan.Of<T>(Geometry.Of<TShape>(), isGradient: false);

    public static WinogradPlan? BackwardInput { get; } = WinogradPlan.Of<T>(Geometry.Of<TShape>(), isGradient: true);
}
