using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Tests.Simd;

internal readonly struct Exp<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Exp(x);
}

internal readonly struct ExpM1<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.ExpM1(x);
}

internal readonly struct Log<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Log(x);
}

internal readonly struct Log1P<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Log1P(x);
}

internal readonly struct Sin<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Sin(x);
}

internal readonly struct Cos<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Cos(x);
}

internal readonly struct Tan<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Tan(x);
}

internal readonly struct Sinh<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Sinh(x);
}

internal readonly struct Cosh<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Cosh(x);
}

internal readonly struct Tanh<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Tanh(x);
}

internal readonly struct Sigmoid<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Sigmoid(x);
}

internal readonly struct Softplus<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Softplus(x);
}

internal readonly struct Erf<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Erf(x);
}

internal readonly struct NormalCdf<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.NormalCdf(x);
}

internal readonly struct NormalPdf<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.NormalPdf(x);
}

internal readonly struct Sign<T> : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Sign(x);
}

/// <summary>x^exponent.</summary>
internal readonly struct Pow<T>(T exponent) : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Pow(x, V.Create(exponent));
}

/// <summary>base^x.</summary>
internal readonly struct PowerOf<T>(T @base) : IFunction<T>
    where T : unmanaged
{
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
        => V.Pow(V.Create(@base), x);
}
