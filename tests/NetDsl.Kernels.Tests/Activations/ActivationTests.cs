using System.Numerics;
using NetDsl.Kernels.Activations;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Tests.Cases;
using NetDsl.Kernels.Tests.Simd;

namespace NetDsl.Kernels.Tests.Activations;

public sealed class ActivationTests
{
    public static TheoryData<string> Cases => ReferenceCase.Names("activation_", "activation_softmax", "activation_log_softmax", "activation_maxout");

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
        var function = new Function<T>(reference);
        var x = reference.Values<T>("inputs", "x");
        var y = Widths.MapAll<T, Function<T>>(x, function);
        reference.ShouldAgree<T>(y, "outputs", "y", reference.HasTensor("outputs", "y_limit") ? "y_limit" : null);
        if (!reference.HasTensor("grads", "x"))
            return;
        var derivative = Widths.MapAll<T, Function<T>>(function.FromInput ? x : y, function with { Differentiate = true });
        var dy = reference.Values<T>("grad_output", "y");
        reference.ShouldAgree<T>(derivative.Zip(dy, (a, b) => a * b).ToArray(), "grads", "x");
    }

    [Fact]
    public void GeluKeepsItsTail()
    {
        (double X, double Y)[] values =
        [
            (-37.5, -1.7270073785932332e-306), (-20.25, -3.596804726522879e-90), (-5.5, -1.0444259356238245e-07), (-3.0, -0.0040496940948902835),
            (-1.0, -0.15865525393145705), (-0.125, -0.056282721896235885), (0.5, 0.34573123063700656), (3.0, 2.99595030590511), (8.0, 7.999999999999995),
        ];
        foreach (var (x, y) in values)
        {
            double value = 0;
            Gelu.Value<Simd1<double>, double>(Simd1<double>.Create(x)).Store(ref value);
            value.ShouldBe(y, 1e-15 * Math.Abs(y) * 4);
            float single = 0;
            Gelu.Value<Simd1<float>, float>(Simd1<float>.Create(x)).Store(ref single);
            Math.Abs(single - y).ShouldBeLessThanOrEqualTo(5e-7 * Math.Abs(y) + 1e-37);
        }
    }

    [Fact]
    public void NotANumberStaysOne()
    {
        foreach (var name in (string[])["relu", "leaky_relu", "elu", "selu", "softplus", "gelu", "gelu_tanh", "silu", "sigmoid", "tanh"])
            float.IsNaN(Widths.MapAll<float, Function<float>>([float.NaN], new Function<float>(ReferenceCase.Load("activation_" + name)))[0]).ShouldBeTrue(name);
    }

    /// <summary>The function a case names, with its settings.</summary>
    private readonly record struct Function<T>(ReferenceCase Case) : IFunction<T>
        where T : unmanaged
    {
        private readonly string _name = Case.Text("function");

        public bool Differentiate { get; init; }

        public bool FromInput => _name is "gelu" or "gelu_tanh" or "silu";

        public V Apply<V>(V x)
            where V : struct, ISimd<V, T>
        {
            var (slope, alpha, beta) = (Case.Number("slope", 0), Case.Number("alpha", 0), Case.Number("beta", 0));
            var (a, b) = (Case.Number("a", 0), Case.Number("b_num", 0) / Case.Number("b_den", 1));
            return (_name, Differentiate) switch
            {
                ("relu", false) => Relu.Value<V, T>(x),
                ("relu", true) => Relu.Derivative<V, T>(x),
                ("leaky_relu", false) => LeakyRelu.Value<V, T>(x, slope),
                ("leaky_relu", true) => LeakyRelu.Derivative<V, T>(x, slope),
                ("elu", false) => Elu.Value<V, T>(x, alpha),
                ("elu", true) => Elu.Derivative<V, T>(x, alpha),
                ("selu", false) => Selu.Value<V, T>(x),
                ("selu", true) => Selu.Derivative<V, T>(x),
                ("sigmoid", false) => Sigmoid.Value<V, T>(x),
                ("sigmoid", true) => Sigmoid.Derivative<V, T>(x),
                ("tanh", false) => Tanh.Value<V, T>(x),
                ("tanh", true) => Tanh.Derivative<V, T>(x),
                ("scaled_tanh", false) => ScaledTanh.Value<V, T>(x, a, b),
                ("scaled_tanh", true) => ScaledTanh.Derivative<V, T>(x, a, b),
                ("softplus", false) => Softplus.Value<V, T>(x, beta),
                ("softplus", true) => Softplus.Derivative<V, T>(x, beta),
                ("gelu", false) => Gelu.Value<V, T>(x),
                ("gelu", true) => Gelu.Derivative<V, T>(x),
                ("gelu_tanh", false) => GeluTanh.Value<V, T>(x),
                ("gelu_tanh", true) => GeluTanh.Derivative<V, T>(x),
                ("silu", false) => Silu.Value<V, T>(x),
                ("silu", true) => Silu.Derivative<V, T>(x),
                _ => throw new InvalidOperationException($"{Case.Name}: no such function here: {_name}."),
            };
        }
    }
}
