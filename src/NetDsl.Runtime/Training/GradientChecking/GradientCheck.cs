using System.Numerics;
using NetDsl.Kernels;

namespace NetDsl;

/// <summary>Compares a network's backward pass with differences of its loss.</summary>
public static class GradientCheck
{
    /// <summary>Checks the gradients of all learnable parameters and of the batch at one point.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; double finds far smaller errors.</typeparam>
    /// <typeparam name="TTarget"><see cref="int"/> for class labels, else <typeparamref name="T"/>.</typeparam>
    /// <param name="network">The network.</param>
    /// <param name="parameters">Its parameters; changed during the check and restored to the bit.</param>
    /// <param name="x">[n × input], a few samples.</param>
    /// <param name="target">[n × target size].</param>
    /// <param name="options">Thoroughness; null for the defaults.</param>
    /// <exception cref="ArgumentException">The batch doesn't suit the network, or an option is out of range.</exception>
    public static GradientCheckReport Run<T, TTarget>(
        INetwork<T, TTarget> network, ParameterArena<T> parameters, ReadOnlySpan<T> x, ReadOnlySpan<TTarget> target, GradientCheckOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(parameters);
        options ??= new GradientCheckOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxElements, 1);
        var step = Positive(options.Step ?? (typeof(T) == typeof(double) ? 1e-4 : 1e-2), nameof(options.Step));
        var tolerance = Positive(options.Tolerance ?? (typeof(T) == typeof(double) ? 1e-6 : 1e-2), nameof(options.Tolerance));

        // Training passes update running statistics; the loss of a training pass doesn't read them.
        var state = parameters.State.ToArray();
        try
        {
            return Run(network, parameters, x, target, options, step, tolerance);
        }
        finally
        {
            state.CopyTo(parameters.State);
        }
    }

    private static GradientCheckReport Run<T, TTarget>(
        INetwork<T, TTarget> network, ParameterArena<T> parameters, ReadOnlySpan<T> x, ReadOnlySpan<TTarget> target, GradientCheckOptions options, double step, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : unmanaged
    {
        var point = new LossPoint<T, TTarget>(network, parameters, x, target, options);
        var gradients = network.CreateGradients();
        var dx = new T[x.Length];
        // What the backward pass leaves out stays NaN and fails.
        foreach (var tensor in gradients.Tensors)
            gradients.Values.Slice(tensor.Offset, tensor.Length).Fill(T.NaN);
        dx.AsSpan().Fill(T.NaN);
        var loss = point.Backward(gradients, options.CheckInput ? dx : default);

        var checks = new List<TensorGradientCheck>();
        foreach (var tensor in gradients.Tensors)
        {
            var values = parameters.Values.Slice(tensor.Offset, tensor.Length);
            checks.Add(Check(tensor.Name, point, values, gradients.Values.Slice(tensor.Offset, tensor.Length), (ulong)checks.Count));
        }

        if (options.CheckInput)
            checks.Add(Check("input", point, point.Input, dx, (ulong)checks.Count));
        return new GradientCheckReport(checks, loss, tolerance) { IsDouble = typeof(T) == typeof(double) };

        TensorGradientCheck Check(string name, LossPoint<T, TTarget> at, Span<T> values, ReadOnlySpan<T> gradient, ulong stream)
        {
            var elements = Sample(values.Length, options.MaxElements, options.Seed, stream);
            var differences = new Difference[elements.Length];
            // Elements that aren't checked set no scale: one wrong number among them would excuse all the others.
            var largest = 0.0;
            foreach (var element in elements)
                largest = Math.Max(largest, Math.Abs(double.CreateChecked(gradient[element])));
            for (var i = 0; i < gradient.Length; i++)
            {
                if (!T.IsFinite(gradient[i]))
                    return new TensorGradientCheck(name, values.Length, elements.Length, largest, double.PositiveInfinity, i, double.CreateChecked(gradient[i]), double.NaN);
            }

            for (var i = 0; i < elements.Length; i++)
                differences[i] = Difference.Of(at, ref values[elements[i]], double.CreateChecked(gradient[elements[i]]), loss, step, tolerance * largest);

            // What stands at a kink proves nothing, unless nothing else is there.
            var kinks = differences.Count(difference => difference.AtKink);
            var worst = -1;
            for (var i = 0; i < elements.Length; i++)
            {
                if ((!differences[i].AtKink || kinks == elements.Length) && (worst < 0 || differences[i].Ratio > differences[worst].Ratio))
                    worst = i;
            }

            return new TensorGradientCheck(name, values.Length, elements.Length - (kinks < elements.Length ? kinks : 0), largest, differences[worst].Ratio * tolerance, elements[worst], double.CreateChecked(gradient[elements[worst]]), differences[worst].Value);
        }
    }

    /// <summary>All indices below <paramref name="length"/>, or as many as allowed, drawn and sorted.</summary>
    private static int[] Sample(int length, int most, ulong seed, ulong stream)
    {
        var indices = new int[length];
        for (var i = 0; i < length; i++)
            indices[i] = i;
        if (length <= most)
            return indices;
        new CounterRandom(seed, RandomStreams.GradientCheck + stream).Shuffle(indices);
        Array.Resize(ref indices, most);
        Array.Sort(indices);
        return indices;
    }

    private static double Positive(double value, string name) => double.IsFinite(value) && value > 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "Expected a finite number above 0.");
}
