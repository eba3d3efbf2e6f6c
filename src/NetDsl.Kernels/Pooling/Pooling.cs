using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>A pooling's entries, for the operation that a public class names.</summary>
internal static unsafe class Pooling<TPooling>
    where TPooling : struct, IPooling
{
    public static void Forward<T, TShape, TEpilogue>(ReadOnlySpan<T> x, Span<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IPoolingShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        var plan = Plan<T, TShape>.Instance;
        Require.Shape(samples, samples);
        Require.Length(x.Length, samples, plan.Channels * (int)plan.Windows.Planes.SourceSize, nameof(x));
        Require.Length(y.Length, samples, plan.Channels * plan.Windows.ResultSize, nameof(y));
        Forward(plan, x, y, samples, epilogue);
    }

    public static void Backward<T, TShape, TEpilogue>(
        ReadOnlySpan<T> dy, ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TShape : struct, IPoolingShape
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        var plan = Plan<T, TShape>.Instance;
        var (inputs, results) = (plan.Channels * (int)plan.Windows.Planes.SourceSize, plan.Channels * plan.Windows.ResultSize);
        Require.Shape(samples, samples);
        Require.Length(dy.Length, samples, results, nameof(dy));
        if (TPooling.ReadsInput)
        {
            Require.Length(x.Length, samples, inputs, nameof(x));
            Require.Length(y.Length, samples, results, nameof(y));
        }
        Require.Length(dx.Length, samples, inputs, nameof(dx));
        Backward(plan, dy, x, y, dx, samples, epilogue);
    }

    /// <summary>The results by a plan; the lengths are right.</summary>
    internal static void Forward<T, TEpilogue>(PoolingPlan<T> plan, ReadOnlySpan<T> x, Span<T> y, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        fixed (T* inputs = x, results = y)
        {
            var lanes = plan.Windows.Lanes;
            if (lanes == Simd512<T>.Count)
                WindowResults<T, Simd512<T>, TPooling, TEpilogue>.Run(plan, inputs, results, samples, epilogue);
            else if (lanes == Simd256<T>.Count)
                WindowResults<T, Simd256<T>, TPooling, TEpilogue>.Run(plan, inputs, results, samples, epilogue);
            else if (lanes == Simd128<T>.Count)
                WindowResults<T, Simd128<T>, TPooling, TEpilogue>.Run(plan, inputs, results, samples, epilogue);
            else
                WindowResults<T, Simd1<T>, TPooling, TEpilogue>.Run(plan, inputs, results, samples, epilogue);
        }
    }

    /// <summary>The gradient of the input by a plan; the lengths are right.</summary>
    internal static void Backward<T, TEpilogue>(
        PoolingPlan<T> plan, ReadOnlySpan<T> dy, ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> dx, int samples, TEpilogue epilogue)
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        fixed (T* gradients = dy, inputs = x, results = y, inputGradients = dx)
        {
            var lanes = plan.Windows.Lanes;
            if (lanes == Simd512<T>.Count)
                WindowGradients<T, Simd512<T>, TPooling, TEpilogue>.Run(plan, gradients, inputs, results, inputGradients, samples, epilogue);
            else if (lanes == Simd256<T>.Count)
                WindowGradients<T, Simd256<T>, TPooling, TEpilogue>.Run(plan, gradients, inputs, results, inputGradients, samples, epilogue);
            else if (lanes == Simd128<T>.Count)
                WindowGradients<T, Simd128<T>, TPooling, TEpilogue>.Run(plan, gradients, inputs, results, inputGradients, samples, epilogue);
            else
                WindowGradients<T, Simd1<T>, TPooling, TEpilogue>.Run(plan, gradients, inputs, results, inputGradients, samples, epilogue);
        }
    }

    private static class Plan<T, TShape>
        where T : unmanaged
        where TShape : struct, IPoolingShape
    {
        private static PoolingPlan<T>? _instance;

        public static PoolingPlan<T> Instance => _instance ??= PoolingPlan<T>.Of<TShape>();
    }
}
