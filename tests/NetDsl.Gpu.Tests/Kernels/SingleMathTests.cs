using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Simd;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>The elementary functions on the device against those of the CPU, which have tests of their own.</summary>
public class SingleMathTests
{
    private static readonly float[] Ends = [0, -0f, 1e-38f, 1e-45f, -1e-45f, float.Epsilon, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN];

    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Functions_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Check<OfExp>(device, 110, 4);
        Check<OfExpM1>(device, 95, 4);
        Check<OfLog>(device, 1e6f, 4);
        Check<OfLog1P>(device, 1e3f, 4);
        Check<OfSigmoid>(device, 100, 4);
        Check<OfSoftplus>(device, 100, 4);
        Check<OfTanh>(device, 12, 4);
        Check<OfSinh>(device, 90, 6);
        Check<OfCosh>(device, 90, 6);
        Check<OfErf>(device, 6, 4);
        Check<OfNormalCdf>(device, 14, 6);
        Check<OfNormalPdf>(device, 14, 6);
        Check<OfSqrt>(device, 1e6f, 1);
        Check<OfSign>(device, 10, 0);
        // Near its zeros a sine has fewer digits of its own than of its argument.
        Check<OfSin>(device, 1000, 2, absolute: 3e-7, end: 8192);
        Check<OfCos>(device, 1000, 2, absolute: 3e-7, end: 8192);
        Check<OfTan>(device, 1.5f, 6, end: 8192);
        Check<OfPower>(device, 50, 60);
    }

    /// <summary>Compares at many places and at the ends of the range.</summary>
    /// <param name="largest">Arguments go up to here.</param>
    /// <param name="units">Units in the last place that the results may differ by.</param>
    /// <param name="absolute">A difference that is always allowed; by default the smallest normal number, since devices may flush what is below.</param>
    /// <param name="end">Larger finite arguments have no digits.</param>
    private static void Check<TFunction>(GpuDevice device, float largest, int units, double absolute = 1.2e-38, float end = float.PositiveInfinity)
        where TFunction : struct, IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        var x = Arguments(largest).Where(argument => Math.Abs(argument) <= end || !float.IsFinite(argument)).ToArray();
        var expected = new float[x.Length];
        NetDsl.Kernels.Pass.Apply<float, TFunction>(x, expected, 1, x.Length, default);
        var (onX, onY) = (device.Put(x), device.Put(new float[x.Length]));
        Pass.Apply<float, TFunction>(onX, onY, 1, x.Length, default);
        var actual = onY.Get();
        var wrong = new List<string>();
        for (var i = 0; i < x.Length; i++)
        {
            var isClose = actual[i].Equals(expected[i]) || Math.Abs((double)actual[i] - expected[i]) <= Math.Max(absolute, units * 1.2e-7 * Math.Abs(expected[i]));
            if (!isClose)
                wrong.Add($"{typeof(TFunction).Name}({x[i]:R}) is {actual[i]:R}, expected {expected[i]:R}");
        }

        wrong.ShouldBeEmpty();
    }

    private static float[] Arguments(float largest)
    {
        var x = Numbers.Random<float>(600, 9);
        for (var i = 0; i < x.Length; i++)
            x[i] = i % 3 == 0 ? x[i] : x[i] * largest;
        return [.. x, .. Ends];
    }

    internal readonly struct OfExp : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Exp(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Exp(value);
    }

    internal readonly struct OfExpM1 : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.ExpM1(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.ExpM1(value);
    }

    internal readonly struct OfLog : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Log(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Log(value);
    }

    internal readonly struct OfLog1P : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Log1P(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Log1P(value);
    }

    internal readonly struct OfSigmoid : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Sigmoid(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Sigmoid(value);
    }

    internal readonly struct OfSoftplus : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Softplus(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Softplus(value);
    }

    internal readonly struct OfTanh : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Tanh(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Tanh(value);
    }

    internal readonly struct OfSinh : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Sinh(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Sinh(value);
    }

    internal readonly struct OfCosh : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Cosh(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Cosh(value);
    }

    internal readonly struct OfErf : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Erf(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Erf(value);
    }

    internal readonly struct OfNormalCdf : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.NormalCdf(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.NormalCdf(value);
    }

    internal readonly struct OfNormalPdf : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.NormalPdf(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.NormalPdf(value);
    }

    internal readonly struct OfSqrt : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Sqrt(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Sqrt(value);
    }

    internal readonly struct OfSign : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Sign(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Sign(value);
    }

    internal readonly struct OfSin : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Sin(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Sin(value);
    }

    internal readonly struct OfCos : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Cos(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Cos(value);
    }

    internal readonly struct OfTan : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Tan(value);

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Tan(value);
    }

    // x³ below 0, x^2.5 above.
    internal readonly struct OfPower : IEpilogue<float>, NetDsl.Kernels.IEpilogue<float>
    {
        public float Apply(float value, int row, int column) => SingleMath.Pow(value, Exponent(value));

        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, float>
            => V.Pow(value, V.Select(V.LessThan(value, V.Zero), V.Create(3.0), V.Create(2.5)));

        private static float Exponent(float value) => value < 0 ? 3 : 2.5f;
    }
}
