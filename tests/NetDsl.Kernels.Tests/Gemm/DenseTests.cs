using System.Numerics;

namespace NetDsl.Kernels.Tests;

public sealed class DenseTests
{
    [Fact]
    public void EveryProductOfSmallLayersIsRight()
    {
        Check<float, Shape<N1, N1>>();
        Check<float, Shape<N2, N8>>();
        Check<float, Shape<N8, N1>>();
        Check<float, Shape<N3, N1>>();
        Check<float, Shape<N2, N3>>();
        Check<float, Shape<N31, N1>>();
        Check<float, Shape<N1, N31>>();
        Check<float, Shape<N31, N8>>();
        Check<float, Shape<N8, N31>>();
        Check<float, Shape<N3, N31>>();
        Check<double, Shape<N2, N8>>();
        Check<double, Shape<N8, N1>>();
        Check<double, Shape<N31, N3>>();
        Check<double, Shape<N3, N31>>();
    }

    [Fact]
    public void EveryProductOfLargerLayersIsRight()
    {
        Check<float, Shape<N31, N100>>();
        Check<float, Shape<N100, N8>>();
        Check<double, Shape<N100, N31>>();
    }

    [Fact]
    public void WrongLengthsAreNamed()
    {
        Should.Throw<ArgumentException>(() => Dense.Forward<float, Shape<N2, N3>, Store<float>>(new float[8], new float[5], new float[12], 4, default))
            .Message.ShouldContain("weight has 5 elements, but 3×2 = 6");
        Should.Throw<ArgumentException>(() => Dense.BackwardInput<float, Shape<N2, N3>, Store<float>>(new float[12], new float[6], new float[9], 4, default))
            .Message.ShouldContain("dx has 9 elements, but 4×2 = 8");
        Should.Throw<ArgumentException>(() => Dense.BackwardParameters<float, Shape<N2, N3>>(new float[12], new float[8], new float[6], new float[2], 4, accumulate: true))
            .Message.ShouldContain("dBias has 2 elements, but 1×3 = 3");
        Should.Throw<ArgumentOutOfRangeException>(() => Dense.Forward<float, Shape<N2, N3>, Store<float>>([], new float[6], [], -1, default));
    }

    [Fact]
    public void ASmallLayerAllocatesNothing()
    {
        float[] x = new float[8], weight = new float[16], y = new float[32], bias = new float[8];
        void Step()
        {
            Dense.Forward<float, Shape<N2, N8>, Store<float>>(x, weight, y, 4, default);
            Dense.BackwardInput<float, Shape<N2, N8>, Store<float>>(y, weight, x, 4, default);
            Dense.BackwardParameters<float, Shape<N2, N8>>(y, x, weight, bias, 4, accumulate: true);
        }
        Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static void Check<T, TShape>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : struct, IDenseShape
    {
        foreach (var rows in new[] { 0, 1, 2, 4, 7, 16, 33, 130 })
        {
            var x = Reference.Integers<T>(rows * TShape.Inputs, 1);
            var weight = Reference.Integers<T>(TShape.Outputs * TShape.Inputs, 2);
            var dz = Reference.Integers<T>(rows * TShape.Outputs, 3);
            var context = $"{typeof(T).Name} {TShape.Inputs}→{TShape.Outputs}, {rows} rows";

            var y = new T[rows * TShape.Outputs];
            var visits = new int[y.Length];
            Dense.Forward<T, TShape, Visits<T>>(x, weight, y, rows, new(visits, TShape.Outputs));
            ShouldEqual(y, Placed<T>(Reference.Multiply(Transpose.No, Transpose.Yes, rows, TShape.Outputs, TShape.Inputs, x, weight), TShape.Outputs), context);
            visits.ShouldAllBe(count => count == 1);

            var dx = new T[rows * TShape.Inputs];
            visits = new int[dx.Length];
            Dense.BackwardInput<T, TShape, Visits<T>>(dz, weight, dx, rows, new(visits, TShape.Inputs));
            ShouldEqual(dx, Placed<T>(Reference.Multiply(Transpose.No, Transpose.No, rows, TShape.Inputs, TShape.Outputs, dz, weight), TShape.Inputs), context);
            visits.ShouldAllBe(count => count == 1);

            var dWeight = new T[weight.Length];
            visits = new int[dWeight.Length];
            Dense.BackwardWeight<T, TShape, Visits<T>>(dz, x, dWeight, rows, new(visits, TShape.Inputs));
            var gradient = Reference.Multiply(Transpose.Yes, Transpose.No, TShape.Outputs, TShape.Inputs, rows, dz, x);
            ShouldEqual(dWeight, Placed<T>(gradient, TShape.Inputs), context);
            visits.ShouldAllBe(count => count == 1);

            var dBias = new T[TShape.Outputs];
            T[] ones = [.. Enumerable.Repeat(T.One, rows)];
            var biasGradient = Reference.Multiply(Transpose.No, Transpose.No, 1, TShape.Outputs, rows, ones, dz);
            Dense.BackwardParameters<T, TShape>(dz, x, dWeight, dBias, rows, accumulate: false);
            Dense.BackwardParameters<T, TShape>(dz, x, dWeight, dBias, rows, accumulate: true);
            ShouldEqual(dWeight, [.. gradient.Select(value => 2 * value)], context);
            ShouldEqual(dBias, [.. biasGradient.Select(value => 2 * value)], context);

            Dense.BackwardParameters<T, TShape>(dz, x, dWeight, [], rows, accumulate: false);
            ShouldEqual(dWeight, gradient, context);
        }
    }

    private static double[] Placed<T>(double[] values, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [.. values.Select((value, i) => value + double.CreateChecked(Visits<T>.Position(i / columns, i % columns)))];

    private static void ShouldEqual<T>(T[] actual, double[] expected, string context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        actual.Select(double.CreateChecked).ShouldBe(expected, context);

    private readonly struct Shape<TInputs, TOutputs> : IDenseShape
        where TInputs : struct, INumber
        where TOutputs : struct, INumber
    {
        public static int Inputs => TInputs.Value;

        public static int Outputs => TOutputs.Value;
    }

    private interface INumber
    {
        static abstract int Value { get; }
    }

    private readonly struct N1 : INumber
    {
        public static int Value => 1;
    }

    private readonly struct N2 : INumber
    {
        public static int Value => 2;
    }

    private readonly struct N3 : INumber
    {
        public static int Value => 3;
    }

    private readonly struct N8 : INumber
    {
        public static int Value => 8;
    }

    private readonly struct N31 : INumber
    {
        public static int Value => 31;
    }

    private readonly struct N100 : INumber
    {
        public static int Value => 100;
    }
}
