using System.Numerics.Tensors;

namespace NetDsl.Benchmarks;

/// <summary>An activation as a user of System.Numerics.Tensors writes it: whole-array passes, with what the forward passes have kept for the backward ones.</summary>
/// <param name="length">Elements.</param>
internal abstract class TensorPasses(int length)
{
    /// <summary>What the forward passes leave for the backward ones.</summary>
    protected float[] Saved { get; } = new float[length];

    protected float[] Scratch { get; } = new float[length];

    public abstract void Forward(ReadOnlySpan<float> x, Span<float> y);

    /// <summary>Runs after <see cref="Forward"/> on the same x and y.</summary>
    public abstract void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx);
}

/// <summary>dx = dy·(1 − y²).</summary>
internal sealed class TanhPasses(int length) : TensorPasses(length)
{
    public override void Forward(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Tanh(x, y);

    public override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        TensorPrimitives.Multiply(y, y, dx);
        TensorPrimitives.Subtract(1f, dx, dx);
        TensorPrimitives.Multiply(dy, dx, dx);
    }
}

/// <summary>GELU by its tanh approximation, x·σ(u) with u = √(8/π)·(x + 0.044715x³), because TensorPrimitives has no error function.</summary>
internal sealed class GeluPasses(int length) : TensorPasses(length)
{
    private const float Cubic = 0.044715f;
    private const float Scale = 1.5957691216057308f;

    public override void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        TensorPrimitives.Multiply(x, x, y);
        TensorPrimitives.AddMultiply(y, 1 / Cubic, x, y);
        TensorPrimitives.Multiply(y, Scale * Cubic, y);
        TensorPrimitives.Sigmoid(y, Saved);
        TensorPrimitives.Multiply(x, Saved, y);
    }

    // dx = dy·(σ + x·u′·(σ − σ²))
    public override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        TensorPrimitives.Multiply(Saved, Saved, Scratch);
        TensorPrimitives.Subtract(Saved, Scratch, Scratch);
        TensorPrimitives.Multiply(x, x, dx);
        TensorPrimitives.Multiply(dx, 3 * Scale * Cubic, dx);
        TensorPrimitives.AddMultiply(dx, Scale, x, dx);
        TensorPrimitives.MultiplyAdd(dx, Scratch, Saved, dx);
        TensorPrimitives.Multiply(dy, dx, dx);
    }
}

/// <summary>dx = dy·(s + x·σ(x)·(1 − s²)), s = tanh(log(1 + eˣ)).</summary>
internal sealed class MishPasses(int length) : TensorPasses(length)
{
    public override void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        TensorPrimitives.Exp(x, Saved);
        TensorPrimitives.LogP1(Saved, Saved);
        TensorPrimitives.Tanh(Saved, Saved);
        TensorPrimitives.Multiply(x, Saved, y);
    }

    public override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        TensorPrimitives.Sigmoid(x, dx);
        TensorPrimitives.Multiply(dx, x, dx);
        TensorPrimitives.Multiply(Saved, Saved, Scratch);
        TensorPrimitives.Subtract(1f, Scratch, Scratch);
        TensorPrimitives.MultiplyAdd(dx, Scratch, Saved, dx);
        TensorPrimitives.Multiply(dy, dx, dx);
    }
}
