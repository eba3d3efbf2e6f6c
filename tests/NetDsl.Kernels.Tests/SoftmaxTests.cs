using System.Numerics;
using NetDsl.Kernels.Tests.Cases;
using NetDsl.Kernels.Tests.Simd;

namespace NetDsl.Kernels.Tests;

public sealed class SoftmaxTests
{
    public static TheoryData<string> Cases => ReferenceCase.Names("activation_softmax");

    [Theory]
    [MemberData(nameof(Cases))]
    public void AgreesWithTheReference(string name)
    {
        Check<float>(ReferenceCase.Load(name));
        Check<double>(ReferenceCase.Load(name));
    }

    private static void Check<T>(ReferenceCase reference)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = reference.Shape("inputs", "x");
        var axis = (int)reference.Number("axis", 1);
        var outer = shape[..axis].Aggregate(1, (a, b) => a * b);
        var inner = shape[(axis + 1)..].Aggregate(1, (a, b) => a * b);
        var x = reference.Values<T>("inputs", "x");
        var y = new T[x.Length];
        Softmax.Forward<T>(x, y, outer, shape[axis], inner);
        reference.ShouldAgree<T>(y, "outputs", "y");
        var dx = new T[x.Length];
        Softmax.Backward<T>(y, reference.Values<T>("grad_output", "y"), dx, outer, shape[axis], inner);
        reference.ShouldAgree<T>(dx, "grads", "x");
    }

    [Fact]
    public void EveryLengthIsRight()
    {
        for (var length = 1; length <= 256; length++)
        {
            CheckNaive<float>(2, length, 1);
            CheckNaive<double>(2, length, 1);
            CheckNaive<float>(2, 3, length);
            CheckNaive<double>(2, 3, length);
        }
    }

    private static void CheckNaive<T>(int outer, int axis, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x = Samples.Uniform<T>(outer * axis * inner, axis + inner);
        var dy = Samples.Uniform<T>(x.Length, axis);
        var (expected, gradient) = (new double[x.Length], new double[x.Length]);
        for (var o = 0; o < outer; o++)
        {
            for (var i = 0; i < inner; i++)
            {
                var at = Enumerable.Range(0, axis).Select(a => (o * axis + a) * inner + i).ToArray();
                var sum = at.Sum(k => Math.Exp(double.CreateTruncating(x[k])));
                foreach (var k in at)
                    expected[k] = Math.Exp(double.CreateTruncating(x[k])) / sum;
                var dot = at.Sum(k => expected[k] * double.CreateTruncating(dy[k]));
                foreach (var k in at)
                    gradient[k] = expected[k] * (double.CreateTruncating(dy[k]) - dot);
            }
        }
        var message = $"{typeof(T).Name} {outer}×{axis}×{inner}";
        Softmax.Forward<T>(x, x, outer, axis, inner);
        Samples.ShouldBeNear<T>(x, expected, message);
        Softmax.Backward<T>(x, dy, dy, outer, axis, inner);
        Samples.ShouldBeNear<T>(dy, gradient, message);
    }

    [Fact]
    public void InfinitiesAndLargeValuesPass()
    {
        var y = new float[4];
        Softmax.Forward<float>([1e38f, float.NegativeInfinity, 1e38f, -1e38f], y, 1, 4, 1);
        y.ShouldBe([0.5f, 0, 0.5f, 0]);
        Softmax.Forward<float>([1, float.NaN, 1, 1], y, 1, 4, 1);
        y.ShouldAllBe(value => float.IsNaN(value));
    }
}
