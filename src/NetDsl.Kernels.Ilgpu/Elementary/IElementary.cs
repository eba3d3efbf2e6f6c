using System.Numerics;

namespace NetDsl.Kernels.Ilgpu;

/// <summary>The elementary functions that kernels are written over, about as accurate as the CPU's on every device. Generated code names them V.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IElementary<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The larger one; NaN if either is NaN.</summary>
    static abstract T Max(T left, T right);

    /// <summary>−1 below 0, 1 above; zeros and NaN stay what they are.</summary>
    static abstract T Sign(T x);

    /// <summary>√x.</summary>
    static abstract T Sqrt(T x);

    /// <summary>e^x.</summary>
    static abstract T Exp(T x);

    /// <summary>e^x − 1.</summary>
    static abstract T ExpM1(T x);

    /// <summary>ln x.</summary>
    static abstract T Log(T x);

    /// <summary>ln(1 + x).</summary>
    static abstract T Log1P(T x);

    /// <summary>x^y.</summary>
    static abstract T Pow(T x, T y);

    /// <summary>1/(1 + e^−x).</summary>
    static abstract T Sigmoid(T x);

    /// <summary>ln(1 + e^x).</summary>
    static abstract T Softplus(T x);

    /// <summary>sinh x.</summary>
    static abstract T Sinh(T x);

    /// <summary>cosh x.</summary>
    static abstract T Cosh(T x);

    /// <summary>tanh x.</summary>
    static abstract T Tanh(T x);

    /// <summary>sin x.</summary>
    static abstract T Sin(T x);

    /// <summary>cos x.</summary>
    static abstract T Cos(T x);

    /// <summary>tan x.</summary>
    static abstract T Tan(T x);

    /// <summary>The error function.</summary>
    static abstract T Erf(T x);

    /// <summary>The standard normal distribution function.</summary>
    static abstract T NormalCdf(T x);

    /// <summary>The standard normal density.</summary>
    static abstract T NormalPdf(T x);
}
