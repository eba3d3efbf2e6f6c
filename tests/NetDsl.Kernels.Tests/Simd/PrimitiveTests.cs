using System.Numerics;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Tests.Simd;

/// <summary>The primitives of every width against the plain operators.</summary>
public sealed class PrimitiveTests
{
    [Fact]
    public void EveryWidthDoesWhatTheOperatorsDo()
    {
        Check<Simd1<float>, float>();
        Check<Simd128<float>, float>();
        Check<Simd256<float>, float>();
        Check<Simd512<float>, float>();
        Check<Simd1<double>, double>();
        Check<Simd128<double>, double>();
        Check<Simd256<double>, double>();
        Check<Simd512<double>, double>();
    }

    private static void Check<V, T>()
        where V : struct, ISimd<V, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] special = [T.Zero, T.NegativeZero, T.One, -T.One, T.PositiveInfinity, T.NegativeInfinity, T.NaN, T.Epsilon, T.CreateChecked(2.5), T.CreateChecked(-3.5), T.CreateChecked(1e30)];
        var (a, b, c) = (new T[V.Count], new T[V.Count], new T[V.Count]);
        for (var seed = 0; seed < special.Length; seed++)
        {
            for (var i = 0; i < V.Count; i++)
            {
                a[i] = special[(seed + i) % special.Length];
                b[i] = special[(seed * 5 + i * 3) % special.Length];
                c[i] = special[(seed * 7 + i) % special.Length];
            }
            var (x, y, z) = (V.Load(in a[0]), V.Load(b, 0), V.Load(c, 0));
            Same(x + y, (p, q, _) => p + q);
            Same(x - y, (p, q, _) => p - q);
            Same(x * y, (p, q, _) => p * q);
            Same(x / y, (p, q, _) => p / q);
            Same(-x, (p, _, _) => -p);
            Same(V.FusedMultiplyAdd(x, y, z), T.FusedMultiplyAdd);
            Same(V.Min(x, y), (p, q, _) => T.Min(p, q));
            Same(V.Max(x, y), (p, q, _) => T.Max(p, q));
            Same(V.AtMost(V.One, y), (_, q, _) => T.Min(T.One, q));
            Same(V.AtLeast(V.One, y), (_, q, _) => T.Max(T.One, q));
            Same(V.Abs(x), (p, _, _) => T.Abs(p));
            Same(V.Sqrt(x), (p, _, _) => T.Sqrt(p));
            Same(V.CopySign(x, y), (p, q, _) => T.CopySign(p, q));
            Same(V.Round(x), (p, _, _) => T.Round(p));
            Same(V.Select(V.GreaterThan(x, y), x, z), (p, q, r) => p > q ? p : r);
            Same(V.Select(V.GreaterThanOrEqual(x, y), x, z), (p, q, r) => p >= q ? p : r);
            Same(V.Select(V.LessThan(x, y), x, z), (p, q, r) => p < q ? p : r);
            Same(V.Select(V.LessThanOrEqual(x, y), x, z), (p, q, r) => p <= q ? p : r);
            Same(V.Select(V.Equal(x, y), x, z), (p, q, r) => p == q ? p : r);
            Same(V.And(V.Equal(x, y), V.One), (p, q, _) => p == q ? T.One : T.Zero);
            Same(V.AndNot(V.One, V.Equal(x, y)), (p, q, _) => p == q ? T.Zero : T.One);
            Same(V.Or(V.And(V.Equal(x, y), x), V.AndNot(z, V.Equal(x, y))), (p, q, r) => p == q ? p : r);
        }
        for (var i = 0; i < V.Count; i++)
            a[i] = T.CreateChecked((i * 7 + 3) % V.Count - 2);
        for (var i = 0; i < V.Count; i++)
            V.Any(V.Equal(V.Load(a, 0), V.Create(a[i]))).ShouldBeTrue();
        V.Any(V.GreaterThan(V.Load(a, 0), V.Create(T.CreateChecked(V.Count)))).ShouldBeFalse();
        V.Sum(V.Load(a, 0)).ShouldBe(a.Aggregate((p, q) => p + q));
        V.MaxAcross(V.Load(a, 0)).ShouldBe(a.Max());
        var fold = V.FoldToDouble(V.Load(a, 0));
        (fold[0] + fold[1] + fold[2] + fold[3]).ShouldBe(double.CreateChecked(a.Aggregate((p, q) => p + q)));
        a[^1] = T.NaN;
        T.IsNaN(V.MaxAcross(V.Load(a, 0))).ShouldBeTrue();

        void Same(V actual, Func<T, T, T, T> expected)
        {
            var result = new T[V.Count + 1];
            actual.Store(result, 1);
            Widths.ShouldBeSameBits<T>(result.AsSpan(1), a.Select((_, i) => expected(a[i], b[i], c[i])).ToArray(), $"{typeof(V)}");
            var first = new T[V.Count];
            actual.Store(ref first[0]);
            Widths.ShouldBeSameBits<T>(first, result.AsSpan(1), $"{typeof(V)}");
        }
    }

    [Fact]
    public void ScaleIsTheSameWithAndWithoutTheInstruction()
    {
        for (var n = -250; n <= 250; n++)
        {
            foreach (var value in (float[])[0, 1, -0.7f, 1.4142135f, 1.1754944e-38f, float.PositiveInfinity, float.NaN])
            {
                var expected = MathF.ScaleB(value, n);
                float portable = 0, native = 0;
                Simd1<float>.Scale(Simd1<float>.Create(value), Simd1<float>.Create((float)n)).Store(ref native);
                SimdMath.Scale<Simd1<float>, float>(Simd1<float>.Create(value), Simd1<float>.Create((float)n)).Store(ref portable);
                native.ShouldBe(expected);
                // A tiny value times a tiny factor may be rounded twice; the exponentials never scale one.
                if (Math.Abs(value) is 0 or > 0.5f || float.IsNaN(value))
                    portable.ShouldBe(expected);
            }
        }
        for (var n = -2000; n <= 2000; n++)
        {
            double portable = 0, native = 0;
            Simd1<double>.Scale(Simd1<double>.Create(1.25), Simd1<double>.Create((double)n)).Store(ref native);
            SimdMath.Scale<Simd1<double>, double>(Simd1<double>.Create(1.25), Simd1<double>.Create((double)n)).Store(ref portable);
            native.ShouldBe(Math.ScaleB(1.25, n));
            portable.ShouldBe(native);
        }
    }
}
