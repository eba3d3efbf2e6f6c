using System.Numerics;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Tests.Simd;

/// <summary>The elementary functions: error in units of the last place, special values, same bits at every width.</summary>
public sealed class SimdMathTests
{
    [Fact]
    public void ExpIsAccurate()
    {
        CheckSingle(new Exp<float>(), Math.Exp, -87f, 88.7f, 1.5);
        CheckValues<float, Exp<float>>(default, ExpValues, 1.5);
        CheckValues<double, Exp<double>>(default, ExpValues, 1.5);
        CheckSpecial(new Exp<float>(), 1, 1, float.PositiveInfinity, 0, float.NaN);
        CheckSpecial(new Exp<double>(), 1, 1, double.PositiveInfinity, 0, double.NaN);
    }

    [Fact]
    public void ExpM1IsAccurate()
    {
        CheckSingle(new ExpM1<float>(), x => Math.Abs(x) < 0.5 ? 2 * Math.Sinh(x / 2) * Math.Exp(x / 2) : Math.Exp(x) - 1, -100f, 88.7f, 2);
        CheckValues<float, ExpM1<float>>(default, ExpM1Values, 2);
        CheckValues<double, ExpM1<double>>(default, ExpM1Values, 3);
        CheckSpecial(new ExpM1<float>(), 0, 0, float.PositiveInfinity, -1, float.NaN);
        CheckSpecial(new ExpM1<double>(), 0, 0, double.PositiveInfinity, -1, double.NaN);
    }

    [Fact]
    public void LogIsAccurate()
    {
        CheckSingle(new Log<float>(), Math.Log, 1e-45f, float.MaxValue, 1.5);
        CheckValues<float, Log<float>>(default, LogValues, 1.5);
        CheckValues<double, Log<double>>(default, LogValues, 2);
        CheckSpecial(new Log<float>(), -float.PositiveInfinity, -float.PositiveInfinity, float.PositiveInfinity, float.NaN, float.NaN);
        CheckSpecial(new Log<double>(), -double.PositiveInfinity, -double.PositiveInfinity, double.PositiveInfinity, double.NaN, double.NaN);
    }

    [Fact]
    public void Log1PIsAccurate()
    {
        CheckSingle(new Log1P<float>(), Log1PReference, -0.99999994f, float.MaxValue, 2);
        CheckValues<float, Log1P<float>>(default, Log1PValues, 2);
        CheckValues<double, Log1P<double>>(default, Log1PValues, 3);
        CheckSpecial(new Log1P<float>(), 0, 0, float.PositiveInfinity, float.NaN, float.NaN);
        CheckSpecial(new Log1P<double>(), 0, 0, double.PositiveInfinity, double.NaN, double.NaN);
    }

    [Fact]
    public void TanhIsAccurate()
    {
        CheckSingle(new Tanh<float>(), Math.Tanh, -20f, 20f, 3);
        CheckValues<float, Tanh<float>>(default, TanhValues, 3);
        CheckValues<double, Tanh<double>>(default, TanhValues, 3.5);
        CheckSpecial(new Tanh<float>(), 0, -0f, 1, -1, float.NaN);
        CheckSpecial(new Tanh<double>(), 0, -0.0, 1, -1, double.NaN);
    }

    [Fact]
    public void SigmoidIsAccurate()
    {
        CheckSingle(new Sigmoid<float>(), x => 1 / (1 + Math.Exp(-x)), -87f, 100f, 3);
        CheckValues<float, Sigmoid<float>>(default, SigmoidValues, 3);
        CheckValues<double, Sigmoid<double>>(default, SigmoidValues, 3.5);
        CheckSpecial(new Sigmoid<float>(), 0.5f, 0.5f, 1, 0, float.NaN);
        CheckSpecial(new Sigmoid<double>(), 0.5, 0.5, 1, 0, double.NaN);
    }

    [Fact]
    public void ErfIsAccurate()
    {
        CheckValues<float, Erf<float>>(default, ErfValues, 3);
        CheckValues<double, Erf<double>>(default, ErfValues, 3.5);
        CheckSpecial(new Erf<float>(), 0, -0f, 1, -1, float.NaN);
        CheckSpecial(new Erf<double>(), 0, -0.0, 1, -1, double.NaN);
    }

    [Fact]
    public void SoftplusIsAccurate()
    {
        CheckSingle(new Softplus<float>(), x => Math.Max(x, 0) + Log1PReference(Math.Exp(-Math.Abs(x))), -87f, float.MaxValue, 2);
        CheckValues<float, Softplus<float>>(default, SoftplusValues, 2);
        CheckValues<double, Softplus<double>>(default, SoftplusValues, 4);
        CheckSpecial(new Softplus<float>(), 0.6931472f, 0.6931472f, float.PositiveInfinity, 0, float.NaN);
        CheckSpecial(new Softplus<double>(), 0.6931471805599453, 0.6931471805599453, double.PositiveInfinity, 0, double.NaN);
    }

    [Fact]
    public void DenormalsAndTinyNumbersPass()
    {
        float[] tiny = [1e-45f, -1e-45f, 1e-40f, -1e-40f, 1e-30f, -1e-30f];
        Widths.MapAll<float, Tanh<float>>(tiny, default).ShouldBe(tiny);
        // e^x − 1 works on halves, so the least denormal is flushed.
        Widths.MapAll<float, ExpM1<float>>(tiny.AsSpan(2), default).ShouldBe(tiny[2..]);
        Widths.MapAll<float, Log1P<float>>(tiny, default).ShouldBe(tiny);
        Widths.MapAll<float, Exp<float>>([-90f, -103f, -104f, -1000f, 88.8f], default).ShouldBe([8.1940126e-40f, 1.4e-45f, 0, 0, float.PositiveInfinity]);
    }

    /// <summary>Floats spread over all exponents in a range, against a double function.</summary>
    private static void CheckSingle<F>(F function, Func<double, double> reference, float low, float high, double bound)
        where F : struct, IFunction<float>
    {
        var x = new List<float>();
        for (long key = Key(low); key <= Key(high); key += 9973)
            x.Add(FromKey((int)key));
        var y = Widths.MapAll<float, F>(x.ToArray(), function);
        for (var i = 0; i < y.Length; i++)
        {
            var expected = reference(x[i]);
            if (Math.Abs(expected) > 1.2e-38 && Math.Abs(expected) < float.MaxValue)
                (Math.Abs(y[i] - expected) / Ulp<float>(expected)).ShouldBeLessThanOrEqualTo(bound, $"at {x[i]:R}");
        }
    }

    /// <summary>Values that were computed with 40 digits.</summary>
    private static void CheckValues<T, F>(F function, (double X, double Y)[] values, double bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where F : struct, IFunction<T>
    {
        // Only what T can hold: an argument that had to be rounded has another function value.
        var held = values.Where(pair => double.CreateTruncating(T.CreateTruncating(pair.X)) == pair.X && double.IsNormal(double.CreateTruncating(T.CreateTruncating(pair.Y)))).ToArray();
        held.ShouldNotBeEmpty();
        var y = Widths.MapAll<T, F>(held.Select(pair => T.CreateTruncating(pair.X)).ToArray(), function);
        for (var i = 0; i < y.Length; i++)
            (Math.Abs(double.CreateTruncating(y[i]) - held[i].Y) / Ulp<T>(held[i].Y)).ShouldBeLessThanOrEqualTo(bound, $"at {held[i].X:R}");
    }

    /// <summary>The values at 0, −0, ∞, −∞ and NaN.</summary>
    private static void CheckSpecial<T, F>(F function, params T[] expected)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where F : struct, IFunction<T>
    {
        var y = Widths.MapAll<T, F>([T.Zero, T.NegativeZero, T.PositiveInfinity, T.NegativeInfinity, T.NaN], function);
        y.ShouldBe(expected);
        T.IsNegative(y[0]).ShouldBe(T.IsNegative(expected[0]));
    }

    private static double Ulp<T>(double value) => Math.ScaleB(1, Math.ILogB(value) - (typeof(T) == typeof(float) ? 23 : 52));

    private static double Log1PReference(double x) => Math.Abs(x) < 0.5 ? 2 * Math.Atanh(x / (2 + x)) : Math.Log(1 + x);

    private static int Key(float value) => BitConverter.SingleToInt32Bits(value) is >= 0 and var bits ? bits : int.MinValue - BitConverter.SingleToInt32Bits(value);

    private static float FromKey(int key) => BitConverter.Int32BitsToSingle(key >= 0 ? key : int.MinValue - key);

    private readonly struct Exp<T> : IFunction<T>
        where T : unmanaged
    {
        public V Apply<V>(V x)
            where V : struct, ISimd<V, T>
            => V.Exp(x);
    }

    private readonly struct ExpM1<T> : IFunction<T>
        where T : unmanaged
    {
        public V Apply<V>(V x)
            where V : struct, ISimd<V, T>
            => V.ExpM1(x);
    }

    private readonly struct Log<T> : IFunction<T>
        where T : unmanaged
    {
        public V Apply<V>(V x)
            where V : struct, ISimd<V, T>
            => V.Log(x);
    }

    private readonly struct Log1P<T> : IFunction<T>
        where T : unmanaged
    {
        public V Apply<V>(V x)
            where V : struct, ISimd<V, T>
            => V.Log1P(x);
    }

    private readonly struct Tanh<T> : IFunction<T>
        where T : unmanaged
    {
        public V Apply<V>(V x)
            where V : struct, ISimd<V, T>
            => V.Tanh(x);
    }

    private readonly struct Sigmoid<T> : IFunction<T>
        where T : unmanaged
    {
        public V Apply<V>(V x)
            where V : struct, ISimd<V, T>
            => V.Sigmoid(x);
    }

    private readonly struct Erf<T> : IFunction<T>
        where T : unmanaged
    {
        public V Apply<V>(V x)
            where V : struct, ISimd<V, T>
            => V.Erf(x);
    }

    private readonly struct Softplus<T> : IFunction<T>
        where T : unmanaged
    {
        public V Apply<V>(V x)
            where V : struct, ISimd<V, T>
            => V.Softplus(x);
    }

    private static readonly (double X, double Y)[] ExpValues =
    [
        (-700.25, 7.678723813110872e-305), (-87.3, 1.2192470959520051e-38), (-36.7, 1.1518409493076097e-16), (-20.5, 1.2501528663867426e-09), (-9.75,
        5.829466373086881e-05), (-5.25, 0.005247518399181385), (-2.96875, 0.05136747956725073), (-1.5, 0.22313016014842982), (-1.0,
        0.36787944117144233), (-0.75, 0.4723665527410147), (-0.5, 0.6065306597126334), (-0.34375, 0.7091061824373984), (-0.1, 0.9048374180359595),
        (-0.001, 0.999000499833375), (-1e-09, 0.999999999), (1e-300, 1.0), (1e-09, 1.000000001), (0.001, 1.0010005001667084), (0.1,
        1.1051709180756477), (0.25, 1.2840254166877414), (0.34375, 1.4102260349257107), (0.41421, 1.513174860241875), (0.5, 1.6487212707001282),
        (0.7071, 2.028101228668073), (0.75, 2.117000016612675), (0.9, 2.45960311115695), (1.0, 2.718281828459045), (1.4142, 4.113194593724947), (2.0,
        7.38905609893065), (2.96875, 19.46756991825522), (5.25, 190.56626845863), (5.9, 365.0374678653289), (9.75, 17154.228809290984), (20.5,
        799902177.4755054), (36.7, 8681754200535380.0), (100.125, 3.0460357809113723e+43), (700.25, 1.3022997366991783e+304),
    ];

    private static readonly (double X, double Y)[] ExpM1Values =
    [
        (-700.25, -1.0), (-87.3, -1.0), (-36.7, -0.9999999999999999), (-20.5, -0.9999999987498471), (-9.75, -0.9999417053362691), (-5.25,
        -0.9947524816008186), (-2.96875, -0.9486325204327493), (-1.5, -0.7768698398515702), (-1.0, -0.6321205588285577), (-0.75, -0.5276334472589853),
        (-0.5, -0.3934693402873666), (-0.34375, -0.2908938175626016), (-0.1, -0.09516258196404043), (-0.001, -0.0009995001666250085), (-1e-09,
        -9.999999995e-10), (1e-300, 1e-300), (1e-09, 1.0000000005000001e-09), (0.001, 0.0010005001667083417), (0.1, 0.10517091807564763), (0.25,
        0.2840254166877415), (0.34375, 0.4102260349257107), (0.41421, 0.5131748602418752), (0.5, 0.6487212707001282), (0.7071, 1.0281012286680729),
        (0.75, 1.1170000166126746), (0.9, 1.4596031111569496), (1.0, 1.7182818284590453), (1.4142, 3.1131945937249466), (2.0, 6.38905609893065),
        (2.96875, 18.46756991825522), (5.25, 189.56626845863), (5.9, 364.0374678653289), (9.75, 17153.228809290984), (20.5, 799902176.4755054), (36.7,
        8681754200535379.0), (100.125, 3.0460357809113723e+43), (700.25, 1.3022997366991783e+304),
    ];

    private static readonly (double X, double Y)[] LogValues =
    [
        (1e-300, -690.7755278982137), (1e-09, -20.72326583694641), (0.001, -6.907755278982137), (0.1, -2.3025850929940455), (0.25,
        -1.3862943611198906), (0.34375, -1.067840630001356), (0.41421, -0.8813821873859663), (0.5, -0.6931471805599453), (0.7071, -0.346583180371942),
        (0.75, -0.2876820724517809), (0.9, -0.10536051565782628), (1.0, 0.0), (1.4142, 0.3465640001880033), (2.0, 0.6931471805599453), (2.96875,
        1.0881409888008142), (5.25, 1.6582280766035324), (5.9, 1.7749523509116738), (9.75, 2.277267285009756), (20.5, 3.0204248861443626), (36.7,
        3.6027767550605247), (100.125, 4.6064194053885235), (700.25, 6.551437414140218),
    ];

    private static readonly (double X, double Y)[] Log1PValues =
    [
        (-0.75, -1.3862943611198906), (-0.5, -0.6931471805599453), (-0.34375, -0.42121346507630353), (-0.1, -0.10536051565782631), (-0.001,
        -0.0010005003335835335), (-1e-09, -1.0000000005000001e-09), (1e-300, 1e-300), (1e-09, 9.999999995e-10), (0.001, 0.0009995003330835331), (0.1,
        0.09531017980432487), (0.25, 0.22314355131420976), (0.34375, 0.2954642128938359), (0.41421, 0.3465710712986274), (0.5, 0.4054651081081644),
        (0.7071, 0.5347960244045701), (0.75, 0.5596157879354227), (0.9, 0.6418538861723948), (1.0, 0.6931471805599453), (1.4142, 0.8813679692848896),
        (2.0, 1.0986122886681098), (2.96875, 1.3784511836588647), (5.25, 1.8325814637483102), (5.9, 1.9315214116032138), (9.75, 2.3749057545736716),
        (20.5, 3.068052935133617), (36.7, 3.629660094453965), (100.125, 4.616357375378656), (700.25, 6.552864456836906),
    ];

    private static readonly (double X, double Y)[] TanhValues =
    [
        (-700.25, -1.0), (-87.3, -1.0), (-36.7, -1.0), (-20.5, -1.0), (-9.75, -0.9999999932034643), (-5.25, -0.9999449286177708), (-2.96875,
        -0.9947366520502309), (-1.5, -0.9051482536448664), (-1.0, -0.7615941559557649), (-0.75, -0.6351489523872873), (-0.5, -0.46211715726000974),
        (-0.34375, -0.330821117493628), (-0.1, -0.09966799462495582), (-0.001, -0.0009999996666668), (-1e-09, -1e-09), (1e-300, 1e-300), (1e-09,
        1e-09), (0.001, 0.0009999996666668), (0.1, 0.09966799462495582), (0.25, 0.24491866240370913), (0.34375, 0.330821117493628), (0.41421,
        0.39204148704702196), (0.5, 0.46211715726000974), (0.7071, 0.6088550976615568), (0.75, 0.6351489523872873), (0.9, 0.7162978701990245), (1.0,
        0.7615941559557649), (1.4142, 0.8883827029950047), (2.0, 0.9640275800758169), (2.96875, 0.9947366520502309), (5.25, 0.9999449286177708), (5.9,
        0.9999849909968058), (9.75, 0.9999999932034643), (20.5, 1.0), (36.7, 1.0), (100.125, 1.0), (700.25, 1.0),
    ];

    private static readonly (double X, double Y)[] SigmoidValues =
    [
        (-700.25, 7.678723813110872e-305), (-87.3, 1.2192470959520051e-38), (-36.7, 1.1518409493076095e-16), (-20.5, 1.2501528648238605e-09), (-9.75,
        5.8291265661138644e-05), (-5.25, 0.005220125693558397), (-2.96875, 0.048857778622174906), (-1.5, 0.18242552380635635), (-1.0,
        0.2689414213699951), (-0.75, 0.320821300824607), (-0.5, 0.37754066879814546), (-0.34375, 0.41489884579676883), (-0.1, 0.47502081252106),
        (-0.001, 0.4997500000208333), (-1e-09, 0.49999999975), (1e-300, 0.5), (1e-09, 0.50000000025), (0.001, 0.5002499999791666), (0.1,
        0.52497918747894), (0.25, 0.5621765008857981), (0.34375, 0.5851011542032312), (0.41421, 0.6020969269508939), (0.5, 0.6224593312018546),
        (0.7071, 0.6697600494551975), (0.75, 0.679178699175393), (0.9, 0.710949502625004), (1.0, 0.7310585786300049), (1.4142, 0.8044275488307784),
        (2.0, 0.8807970779778824), (2.96875, 0.9511422213778251), (5.25, 0.9947798743064417), (5.9, 0.9972680392369889), (9.75, 0.9999417087343389),
        (20.5, 0.9999999987498471), (36.7, 0.9999999999999999), (100.125, 1.0), (700.25, 1.0),
    ];

    private static readonly (double X, double Y)[] ErfValues =
    [
        (-700.25, -1.0), (-87.3, -1.0), (-36.7, -1.0), (-20.5, -1.0), (-9.75, -1.0), (-5.25, -0.9999999999998869), (-2.96875, -0.9999731247687527),
        (-1.5, -0.9661051464753108), (-1.0, -0.8427007929497149), (-0.75, -0.7111556336535151), (-0.5, -0.5204998778130465), (-0.34375,
        -0.37312919353217766), (-0.1, -0.1124629160182849), (-0.001, -0.0011283787909692365), (-1e-09, -1.1283791670955127e-09), (1e-300,
        1.1283791670955126e-300), (1e-09, 1.1283791670955127e-09), (0.001, 0.0011283787909692365), (0.1, 0.1124629160182849), (0.25,
        0.27632639016823696), (0.34375, 0.37312919353217766), (0.41421, 0.4419775752136946), (0.5, 0.5204998778130465), (0.7071, 0.682684851094082),
        (0.75, 0.7111556336535151), (0.9, 0.7969082124228322), (1.0, 0.8427007929497149), (1.4142, 0.9544976649605108), (2.0, 0.9953222650189527),
        (2.96875, 0.9999731247687527), (5.25, 0.9999999999998869), (5.9, 0.9999999999999999), (9.75, 1.0), (20.5, 1.0), (36.7, 1.0), (100.125, 1.0),
        (700.25, 1.0),
    ];

    private static readonly (double X, double Y)[] SoftplusValues =
    [
        (-700.25, 7.678723813110872e-305), (-87.3, 1.2192470959520051e-38), (-36.7, 1.1518409493076095e-16), (-20.5, 1.2501528656053015e-09), (-9.75,
        5.82929646629898e-05), (-5.25, 0.005233798151743032), (-2.96875, 0.05009167832493605), (-1.5, 0.2014132779827524), (-1.0, 0.3132616875182228),
        (-0.75, 0.38687100611489994), (-0.5, 0.4740769841801067), (-0.34375, 0.5359705335301228), (-0.1, 0.6443966600735709), (-0.001,
        0.6926473055599401), (-1e-09, 0.6931471800599454), (1e-300, 0.6931471805599453), (1e-09, 0.6931471810599453), (0.001, 0.6936473055599401),
        (0.1, 0.7443966600735709), (0.25, 0.8259394198788436), (0.34375, 0.8797205335301228), (0.41421, 0.9215468384096729), (0.5,
        0.9740769841801067), (0.7071, 1.107935765884327), (0.75, 1.1368710061148999), (0.9, 1.2411538747320878), (1.0, 1.3132616875182228), (1.4142,
        1.6318243739938247), (2.0, 2.1269280110429727), (2.96875, 3.018841678324936), (5.25, 5.255233798151743), (5.9, 5.902735699378536), (9.75,
        9.750058292964663), (20.5, 20.500000001250154), (36.7, 36.7), (100.125, 100.125), (700.25, 700.25),
    ];
}
