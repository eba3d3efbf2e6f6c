namespace NetDsl.Kernels;

/// <summary>The plans of a shape, each made when it is first asked for.</summary>
internal static class Plans<T, TShape>
    where T : unmanaged
    where TShape : struct, IConvolutionShape
{
    private static CorrelationPlan? _forward;
    private static BackwardInputPlan? _backwardInput;
    private static WeightGradientPlan? _backwardWeight;

    /// <exception cref="ArgumentException">The shape is no convolution.</exception>
    public static CorrelationPlan Forward => _forward ??= OfForward(Geometry.Of<TShape>());

    /// <exception cref="ArgumentException">The shape is no convolution.</exception>
    public static BackwardInputPlan BackwardInput => _backwardInput ??= OfBackwardInput(Geometry.Of<TShape>());

    /// <exception cref="ArgumentException">The shape is no convolution.</exception>
    public static WeightGradientPlan BackwardWeight => _backwardWeight ??= new(Geometry.Of<TShape>(), Forward);

    private static CorrelationPlan OfForward(Geometry geometry) => CorrelationPlan.Forward(geometry, ConvolutionLanes.Choose<T>(geometry.Width.Results));

    private static BackwardInputPlan OfBackwardInput(Geometry geometry) =>
        new(
            geometry, Forward, ConvolutionLanes.Choose<T>(Blocking.DivideUp(geometry.Width.Size, geometry.Width.Stride)),
            ConvolutionLanes.ChooseForAdding<T>(geometry.Width.Results));
}
