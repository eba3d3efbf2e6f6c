using System.Numerics;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Simd;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>The elementary functions on the device against those of the CPU, which have tests of their own.</summary>
public class ElementaryTests
{
    private static readonly float[] Ends = [0, -0f, 1e-38f, 1e-45f, -1e-45f, float.Epsilon, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN];

    private static readonly double[] DoubleEnds =
        [0, -0.0, 1e-308, 5e-324, -5e-324, 1e-30, double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN];

    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Functions_of_floats_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Single<OfExp>(device, 110, 4);
        Single<OfExpM1>(device, 95, 4);
        Single<OfLog>(device, 1e6f, 4);
        Single<OfLog1P>(device, 1e3f, 4);
        Single<OfSigmoid>(device, 100, 4);
        Single<OfSoftplus>(device, 100, 4);
        Single<OfTanh>(device, 12, 4);
        Single<OfSinh>(device, 90, 6);
        Single<OfCosh>(device, 90, 6);
        Single<OfErf>(device, 6, 4);
        Single<OfNormalCdf>(device, 14, 6);
        Single<OfNormalPdf>(device, 14, 6);
        Single<OfSqrt>(device, 1e6f, 1);
        Single<OfSign>(device, 10, 0);
        // Near its zeros a sine has fewer digits of its own than of its argument.
        Single<OfSin>(device, 1000, 2, absolute: 3e-7, end: 8192);
        Single<OfCos>(device, 1000, 2, absolute: 3e-7, end: 8192);
        Single<OfTan>(device, 1.5f, 6, end: 8192);
        Single<OfPower>(device, 50, 60);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Functions_of_doubles_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Double<OfExp>(device, 750, 4);
        Double<OfExpM1>(device, 720, 4);
        Double<OfLog>(device, 1e6, 4);
        Double<OfLog1P>(device, 1e3, 4);
        Double<OfSigmoid>(device, 800, 4);
        Double<OfSoftplus>(device, 800, 4);
        Double<OfTanh>(device, 24, 4);
        Double<OfSinh>(device, 715, 6);
        Double<OfCosh>(device, 715, 6);
        Double<OfErf>(device, 8, 4);
        Double<OfNormalCdf>(device, 38, 6);
        Double<OfNormalPdf>(device, 38, 6);
        Double<OfSqrt>(device, 1e6, 1);
        Double<OfSign>(device, 10, 0);
        Double<OfSin>(device, 1e5, 2, absolute: 6e-16, end: 1 << 20);
        Double<OfCos>(device, 1e5, 2, absolute: 6e-16, end: 1 << 20);
        Double<OfTan>(device, 1.5, 6, end: 1 << 20);
        Double<OfPower>(device, 50, 60);
    }

    private static void Single<TFunction>(GpuDevice device, float largest, int units, double absolute = 1.2e-38, float end = float.PositiveInfinity)
        where TFunction : struct, IFunction
        => Check<float, SingleMath, TFunction>(device, Ends, largest, units * 1.2e-7, absolute, end);

    private static void Double<TFunction>(GpuDevice device, double largest, int units, double absolute = 2.3e-308, double end = double.PositiveInfinity)
        where TFunction : struct, IFunction
        => Check<double, DoubleMath, TFunction>(device, DoubleEnds, largest, units * 2.3e-16, absolute, end);

    /// <summary>Compares at many places and at the ends of the range.</summary>
    /// <param name="ends">The ends of the range.</param>
    /// <param name="largest">Arguments go up to here.</param>
    /// <param name="relative">What the results may differ by.</param>
    /// <param name="absolute">A difference that is always allowed; by default the smallest normal number, since devices may flush what is below.</param>
    /// <param name="end">Larger finite arguments have no digits.</param>
    private static void Check<T, TMath, TFunction>(GpuDevice device, T[] ends, T largest, double relative, double absolute, T end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMath : struct, IElementary<T>
        where TFunction : struct, IFunction
    {
        var random = Numbers.Random<T>(600, 9).Select((value, i) => i % 3 == 0 ? value : value * largest);
        T[] x = [.. random.Concat(ends).Where(argument => T.Abs(argument) <= end || !T.IsFinite(argument))];
        var expected = new T[x.Length];
        NetDsl.Kernels.Pass.Apply<T, OnHost<T, TFunction>>(x, expected, 1, x.Length, default);
        var (onX, onY) = (device.Put(x), device.Put(new T[x.Length]));
        Pass.Apply<T, OnDevice<T, TMath, TFunction>>(onX, onY, 1, x.Length, default);
        var actual = onY.Get();
        var wrong = new List<string>();
        for (var i = 0; i < x.Length; i++)
        {
            var (a, e) = (double.CreateChecked(actual[i]), double.CreateChecked(expected[i]));
            if (!a.Equals(e) && !(Math.Abs(a - e) <= Math.Max(absolute, relative * Math.Abs(e))))
                wrong.Add($"{typeof(TFunction).Name}({x[i]:R}) is {actual[i]:R}, expected {expected[i]:R}");
        }

        wrong.ShouldBeEmpty();
    }

    /// <summary>A function on both sides.</summary>
    internal interface IFunction
    {
        static abstract T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>;

        static abstract V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged;
    }

    internal readonly struct OnDevice<T, TMath, TFunction> : IEpilogue<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMath : struct, IElementary<T>
        where TFunction : struct, IFunction
    {
        public T Apply(T value, int row, int column) => TFunction.OnDevice<T, TMath>(value);
    }

    internal readonly struct OnHost<T, TFunction> : NetDsl.Kernels.IEpilogue<T>
        where T : unmanaged
        where TFunction : struct, IFunction
    {
        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, T>
            => TFunction.OnHost<V, T>(value);
    }

    internal readonly struct OfExp : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Exp(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Exp(x);
    }

    internal readonly struct OfExpM1 : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.ExpM1(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.ExpM1(x);
    }

    internal readonly struct OfLog : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Log(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Log(x);
    }

    internal readonly struct OfLog1P : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Log1P(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Log1P(x);
    }

    internal readonly struct OfSigmoid : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Sigmoid(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Sigmoid(x);
    }

    internal readonly struct OfSoftplus : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Softplus(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Softplus(x);
    }

    internal readonly struct OfTanh : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Tanh(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Tanh(x);
    }

    internal readonly struct OfSinh : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Sinh(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Sinh(x);
    }

    internal readonly struct OfCosh : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Cosh(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Cosh(x);
    }

    internal readonly struct OfErf : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Erf(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Erf(x);
    }

    internal readonly struct OfNormalCdf : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.NormalCdf(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.NormalCdf(x);
    }

    internal readonly struct OfNormalPdf : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.NormalPdf(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.NormalPdf(x);
    }

    internal readonly struct OfSqrt : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Sqrt(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Sqrt(x);
    }

    internal readonly struct OfSign : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Sign(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Sign(x);
    }

    internal readonly struct OfSin : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Sin(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Sin(x);
    }

    internal readonly struct OfCos : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Cos(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Cos(x);
    }

    internal readonly struct OfTan : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
            => TMath.Tan(x);

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Tan(x);
    }

    // x³ below 0, x^2.5 above.
    internal readonly struct OfPower : IFunction
    {
        public static T OnDevice<T, TMath>(T x)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TMath : struct, IElementary<T>
        {
            var two = T.One + T.One;
            return TMath.Pow(x, x < T.Zero ? two + T.One : two + T.One / two);
        }

        public static V OnHost<V, T>(V x)
            where V : struct, ISimd<V, T>
            where T : unmanaged
            => V.Pow(x, V.Select(V.LessThan(x, V.Zero), V.Create(3.0), V.Create(2.5)));
    }
}
