using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>
/// The three products of a convolution, of rank 1 to 3: x [samples × in channels × depth × height × width], weight [out channels × in channels / groups ×
/// kernel], y [samples × out channels × results], all row-major and tight. As everywhere in neural networks the kernel is not mirrored:
/// y[o, p] = Σ weight[o, i, k] · x[i, stride·p + dilation·k − pad], x being 0 outside.
/// </summary>
/// <remarks>
/// A result is a matrix of channels: the row of an epilogue is sample · channels + channel, its column the position within the channel. What adds
/// a bias takes row mod channels; operands of the result's shape stand at row · positions + column.
/// </remarks>
public static unsafe class Convolution
{
    /// <summary>y = e(x ∗ weight).</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TShape">The sizes.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    /// <param name="x">samples × input.</param>
    /// <param name="weight">out channels × in channels / groups × kernel.</param>
    /// <param name="y">samples × output; must not overlap the others.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of y exactly once, say bias and activation.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or the shape is no convolution.</exception>
    public static void Forward<T, TShape, TEpilogue>(ReadOnlySpan<T> x, ReadOnlySpan<T> weight, Span<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IConvolutionShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        var plan = Plans<T, TShape>.Forward;
        Require.Shape(samples, samples);
        Require.Length(x.Length, samples, plan.SourceLength, nameof(x));
        Require.Length(weight.Length, 1, plan.Weights, nameof(weight));
        Require.Length(y.Length, samples, plan.ResultLength, nameof(y));
        if (TiledPlans<T, TShape>.Forward(samples) is { } tiled)
            Multiply(tiled, x, weight, y, samples, epilogue);
        else if (Plans<T, TShape>.BySamples(samples) is { } plans)
            SampleLanes.Forward(plans, x, weight, y, samples, epilogue);
        else
            Correlate(plan, x, weight, y, samples, epilogue);
    }

    /// <summary>dx = e(∂/∂x), the transpose of the forward product applied to dy.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TShape">The sizes, as forward.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    /// <param name="dy">samples × output.</param>
    /// <param name="weight">out channels × in channels / groups × kernel.</param>
    /// <param name="dx">samples × input; must not overlap the others.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="epilogue">Applied to each element of dx exactly once, say the derivative of the activation before.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or the shape is no convolution.</exception>
    public static void BackwardInput<T, TShape, TEpilogue>(ReadOnlySpan<T> dy, ReadOnlySpan<T> weight, Span<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IConvolutionShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        var plan = Plans<T, TShape>.BackwardInput;
        Require.Shape(samples, samples);
        Require.Length(dy.Length, samples, plan.Forward.ResultLength, nameof(dy));
        Require.Length(weight.Length, 1, plan.Forward.Weights, nameof(weight));
        Require.Length(dx.Length, samples, plan.Forward.SourceLength, nameof(dx));
        if (SparsePlans<T, TShape>.Gradients is { IsForInput: true } sparse)
            BackwardInput(sparse, dy, weight, dx, samples, epilogue);
        else if (TiledPlans<T, TShape>.BackwardInput(samples) is { } tiled)
            Multiply(tiled, dy, weight, dx, samples, epilogue);
        else if (Plans<T, TShape>.BySamples(samples) is { } plans)
            SampleLanes.BackwardInput(plans, dy, weight, dx, samples, epilogue);
        else
            BackwardInput(plan, dy, weight, dx, samples, epilogue);
    }

    /// <summary>dWeight = ∂/∂weight and dBias = Σ dy over samples and positions, or added to what is there.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TShape">The sizes, as forward.</typeparam>
    /// <param name="dy">samples × output.</param>
    /// <param name="x">samples × input.</param>
    /// <param name="dWeight">out channels × in channels / groups × kernel.</param>
    /// <param name="dBias">out channels, or empty for a layer without bias.</param>
    /// <param name="samples">The batch.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <exception cref="ArgumentException">A span has another length than the shape says, or the shape is no convolution.</exception>
    public static void BackwardParameters<T, TShape>(
        ReadOnlySpan<T> dy, ReadOnlySpan<T> x, Span<T> dWeight, Span<T> dBias, int samples, bool accumulate)
        where T : unmanaged
        where TShape : struct, IConvolutionShape
    {
        var plan = Plans<T, TShape>.BackwardWeight;
        Require.Shape(samples, samples);
        Require.Length(dy.Length, samples, plan.Forward.ResultLength, nameof(dy));
        Require.Length(x.Length, samples, plan.Forward.SourceLength, nameof(x));
        Require.Length(dWeight.Length, 1, plan.Forward.Weights, nameof(dWeight));
        Require.LengthOrEmpty(dBias.Length, 1, plan.Forward.Groups * plan.Forward.Rows, nameof(dBias));
        if (samples == 0)
        {
            if (!accumulate)
            {
                dWeight.Clear();
                dBias.Clear();
            }
            return;
        }
        if (SparsePlans<T, TShape>.Gradients is { } sparse)
            Gradients(sparse, dy, x, dWeight, dBias, samples, accumulate);
        else if (TiledPlans<T, TShape>.Forward(samples) is { } tiled)
            Gradients(tiled, dy, x, dWeight, dBias, samples, accumulate);
        else if (Plans<T, TShape>.BySamples(samples) is { } plans)
            SampleLanes.BackwardParameters(plans, dy, x, dWeight, dBias, samples, accumulate);
        else
            Gradients(plan, dy, x, dWeight, dBias, samples, accumulate);
    }

    /// <summary>Gradients of the parameters by a plan; the lengths are right, and there is a sample.</summary>
    internal static void Gradients<T>(
        WeightGradientPlan plan, ReadOnlySpan<T> dy, ReadOnlySpan<T> x, Span<T> dWeight, Span<T> dBias, int samples, bool accumulate)
        where T : unmanaged
    {
        fixed (T* gradients = dy, inputs = x, weights = dWeight, biases = dBias)
        {
            var lanes = plan.Forward.Lanes;
            if (lanes == Simd512<T>.Count)
                WeightGradient<T, Simd512<T>>.Run(plan, gradients, inputs, weights, biases, samples, accumulate);
            else if (lanes == Simd256<T>.Count)
                WeightGradient<T, Simd256<T>>.Run(plan, gradients, inputs, weights, biases, samples, accumulate);
            else if (lanes == Simd128<T>.Count)
                WeightGradient<T, Simd128<T>>.Run(plan, gradients, inputs, weights, biases, samples, accumulate);
            else
                WeightGradient<T, Simd1<T>>.Run(plan, gradients, inputs, weights, biases, samples, accumulate);
        }
    }

    /// <summary>Gradients of the parameters by tiles; the lengths are right, and there is a sample.</summary>
    internal static void Gradients<T>(
        WinogradPlan plan, ReadOnlySpan<T> dy, ReadOnlySpan<T> x, Span<T> dWeight, Span<T> dBias, int samples, bool accumulate)
        where T : unmanaged
    {
        fixed (T* gradients = dy, inputs = x, weights = dWeight)
        {
            if (plan.Lanes == Simd512<T>.Count)
                WinogradGradient<T, Simd512<T>>.Run(plan, gradients, inputs, weights, samples, accumulate);
            else if (plan.Lanes == Simd256<T>.Count)
                WinogradGradient<T, Simd256<T>>.Run(plan, gradients, inputs, weights, samples, accumulate);
            else
                WinogradGradient<T, Simd128<T>>.Run(plan, gradients, inputs, weights, samples, accumulate);
        }
        if (dBias.Length > 0)
            ChannelSums.Run(dy, dBias, samples, plan.ResultSize, accumulate);
    }

    /// <summary>Gradients of the parameters where most of dy is 0; the lengths are right, and there is a sample.</summary>
    internal static void Gradients<T>(
        SparsePlan plan, ReadOnlySpan<T> dy, ReadOnlySpan<T> x, Span<T> dWeight, Span<T> dBias, int samples, bool accumulate)
        where T : unmanaged
    {
        fixed (T* gradients = dy, inputs = x, weights = dWeight, biases = dBias)
        {
            if (plan.Lanes == Simd512<T>.Count)
                SparseWeightGradient<T, Simd512<T>>.Run(plan, gradients, inputs, weights, biases, samples, accumulate);
            else if (plan.Lanes == Simd256<T>.Count)
                SparseWeightGradient<T, Simd256<T>>.Run(plan, gradients, inputs, weights, biases, samples, accumulate);
            else if (plan.Lanes == Simd128<T>.Count)
                SparseWeightGradient<T, Simd128<T>>.Run(plan, gradients, inputs, weights, biases, samples, accumulate);
            else
                SparseWeightGradient<T, Simd1<T>>.Run(plan, gradients, inputs, weights, biases, samples, accumulate);
        }
    }

    /// <summary>The gradient of the input where most of dy is 0; the lengths are right.</summary>
    internal static void BackwardInput<T, TEpilogue>(
        SparsePlan plan, ReadOnlySpan<T> dy, ReadOnlySpan<T> weight, Span<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        fixed (T* gradients = dy, weights = weight, results = dx)
        {
            if (plan.Lanes == Simd512<T>.Count)
                SparseInputGradient<T, Simd512<T>, TEpilogue>.Run(plan, gradients, weights, results, samples, epilogue);
            else if (plan.Lanes == Simd256<T>.Count)
                SparseInputGradient<T, Simd256<T>, TEpilogue>.Run(plan, gradients, weights, results, samples, epilogue);
            else if (plan.Lanes == Simd128<T>.Count)
                SparseInputGradient<T, Simd128<T>, TEpilogue>.Run(plan, gradients, weights, results, samples, epilogue);
            else
                SparseInputGradient<T, Simd1<T>, TEpilogue>.Run(plan, gradients, weights, results, samples, epilogue);
        }
    }

    /// <summary>A forward product or a gradient of the input by tiles; the lengths are right, and there is a sample.</summary>
    internal static void Multiply<T, TEpilogue>(
        WinogradPlan plan, ReadOnlySpan<T> source, ReadOnlySpan<T> weight, Span<T> result, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        fixed (T* sources = source, weights = weight, results = result)
        {
            if (plan.Lanes == Simd512<T>.Count)
                WinogradProduct<T, Simd512<T>, TEpilogue>.Run(plan, sources, weights, results, samples, epilogue);
            else if (plan.Lanes == Simd256<T>.Count)
                WinogradProduct<T, Simd256<T>, TEpilogue>.Run(plan, sources, weights, results, samples, epilogue);
            else
                WinogradProduct<T, Simd128<T>, TEpilogue>.Run(plan, sources, weights, results, samples, epilogue);
        }
    }

    /// <summary>The gradient of the input by its plan, in the faster way; the lengths are right.</summary>
    internal static void BackwardInput<T, TEpilogue>(
        BackwardInputPlan plan, ReadOnlySpan<T> dy, ReadOnlySpan<T> weight, Span<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        if (plan.Parts is { } parts)
            AddParts(parts, dy, weight, dx, samples, epilogue);
        else
            Correlate(plan.Correlation, dy, weight, dx, samples, epilogue);
    }

    /// <summary>A forward product or a gradient of the input, by its plan; the lengths are right.</summary>
    internal static void Correlate<T, TEpilogue>(
        CorrelationPlan plan, ReadOnlySpan<T> source, ReadOnlySpan<T> weight, Span<T> result, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        fixed (T* sources = source, weights = weight, results = result)
        {
            if (plan.Lanes == Simd512<T>.Count)
                Correlation<T, Simd512<T>, TEpilogue>.Run(plan, sources, weights, results, samples, epilogue);
            else if (plan.Lanes == Simd256<T>.Count)
                Correlation<T, Simd256<T>, TEpilogue>.Run(plan, sources, weights, results, samples, epilogue);
            else if (plan.Lanes == Simd128<T>.Count)
                Correlation<T, Simd128<T>, TEpilogue>.Run(plan, sources, weights, results, samples, epilogue);
            else
                Correlation<T, Simd1<T>, TEpilogue>.Run(plan, sources, weights, results, samples, epilogue);
        }
    }

    /// <summary>A gradient of the input by parts; the lengths are right.</summary>
    internal static void AddParts<T, TEpilogue>(
        InputGradientPlan plan, ReadOnlySpan<T> dy, ReadOnlySpan<T> weight, Span<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        fixed (T* gradients = dy, weights = weight, results = dx)
        {
            if (plan.Forward.Lanes == Simd512<T>.Count)
                InputGradient<T, Simd512<T>, TEpilogue>.Run(plan, gradients, weights, results, samples, epilogue);
            else if (plan.Forward.Lanes == Simd256<T>.Count)
                InputGradient<T, Simd256<T>, TEpilogue>.Run(plan, gradients, weights, results, samples, epilogue);
            else if (plan.Forward.Lanes == Simd128<T>.Count)
                InputGradient<T, Simd128<T>, TEpilogue>.Run(plan, gradients, weights, results, samples, epilogue);
            else
                InputGradient<T, Simd1<T>, TEpilogue>.Run(plan, gradients, weights, results, samples, epilogue);
        }
    }
}
