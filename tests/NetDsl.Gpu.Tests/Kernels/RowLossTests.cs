using ILGPU;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Losses;
using NetDsl.Kernels.Simd;
using Cpu = NetDsl.Kernels.Losses;
using OnDevice = NetDsl.Kernels.Ilgpu.Losses;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>Losses by rows against those of the CPU.</summary>
public class RowLossTests
{
    private static readonly LossReduction[] Reductions = [LossReduction.Mean, LossReduction.Sum, LossReduction.BatchMean];

    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    /// <summary>With weights of rows and classes, and rows that don't count.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Losses_of_labels_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var target = device.LossTarget();
        foreach (var (rows, classes) in Devices.Simulates(kind) ? [(4, 3)] : new[] { (4, 3), (37, 100) })
        {
            var x = Numbers.Random<float>(rows * classes, 1);
            var labels = Enumerable.Range(0, rows).Select(row => row % 3 == 1 ? -100 : row * 7 % classes).ToArray();
            var (weights, byClass) = (Numbers.Random<float>(rows, 2), Numbers.Random<float>(classes, 3));
            var (gradient, terms) = (new float[x.Length], new float[rows]);
            foreach (var reduction in Reductions)
            {
                foreach (var isWeighted in new[] { true, false })
                {
                    var (rowWeights, classWeights) = isWeighted ? (weights, byClass) : ([], []);
                    var loss = Cpu.NegativeLogLikelihood.Evaluate<float>(x, labels, gradient, rowWeights, terms, rows, classes, reduction, classWeights, -100, gradientFactor: 0.5);
                    target.Begin(rowWeights, rows, keepsTerms: true);
                    var onGradient = device.Put(new float[x.Length]);
                    OnDevice.NegativeLogLikelihood.Evaluate(target, device.Put(x), labels, onGradient, rows, classes, reduction, classWeights, -100, gradientFactor: 0.5);
                    Check("negative log-likelihood", loss);

                    loss = Cpu.MulticlassHinge.Evaluate<float>(x, labels, gradient, rowWeights, terms, rows, classes, reduction, 0.7, isWeighted, classWeights, -100, gradientFactor: 0.5);
                    target.Begin(rowWeights, rows, keepsTerms: true);
                    onGradient = device.Put(x);
                    OnDevice.MulticlassHinge.Evaluate(target, onGradient, labels, onGradient, rows, classes, reduction, 0.7, isWeighted, classWeights, -100, gradientFactor: 0.5);
                    Check("multiclass hinge", loss);

                    void Check(string what, float expected)
                    {
                        var onTerms = new float[rows];
                        target.Read(onTerms).ShouldBe(expected, 1e-5 * (Math.Abs(expected) + terms.Max(Math.Abs)), what);
                        onTerms.ShouldAgree(terms, 1e-5, $"terms of {what}");
                        onGradient.Get().ShouldAgree(gradient, 1e-5, $"gradient of {what}");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Losses_of_sums_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var target = device.LossTarget();
        foreach (var (rows, columns) in Devices.Simulates(kind) ? [(2, 3)] : new[] { (4, 3), (37, 200) })
        {
            var (p, t, w) = (Numbers.Random<float>(rows * columns, 1), Numbers.Random<float>(rows * columns, 2), Numbers.Random<float>(rows, 3));
            var (gradient, terms, onTerms) = (new float[p.Length], new float[rows], new float[rows]);
            foreach (var reduction in Reductions)
            {
                var loss = Cpu.SampleLoss.Evaluate<float, Quotient>(p, t, gradient, w, terms, rows, columns, reduction, default, gradientFactor: 2);
                var onGradient = device.Put(p);
                target.Begin(w, rows, keepsTerms: true);
                OnDevice.SampleLoss.Evaluate<float, Quotient>(target, onGradient, t, onGradient, rows, columns, reduction, default, gradientFactor: 2);
                target.Read(onTerms).ShouldBe(loss, 1e-5 * terms.Max(Math.Abs) * rows);
                onTerms.ShouldAgree(terms, 1e-5, "terms");
                onGradient.Get().ShouldAgree(gradient, 1e-5, "gradient");
            }
        }
    }

    /// <summary>Σ p·t/(1 + Σ p²) on both sides.</summary>
    internal readonly struct Quotient : OnDevice.ISampleLossTerm<float>, Cpu.ISampleLossTerm<float>
    {
        public static int Sums => 2;

        public float Term(int sum, float prediction, float target, int row, int column) => sum == 0 ? prediction * target : prediction * prediction;

        public float Value(ArrayView<float> sums) => sums[0] / (1 + sums[1]);

        public float Slope(int sum, ArrayView<float> sums) => sum == 0 ? 1 / (1 + sums[1]) : -sums[0] / ((1 + sums[1]) * (1 + sums[1]));

        public float Gradient(int sum, float prediction, float target, int row, int column) => sum == 0 ? target : 2 * prediction;

        public V Term<V>(int sum, V prediction, V target, int row, int column)
            where V : struct, ISimd<V, float>
            => sum == 0 ? prediction * target : prediction * prediction;

        public V Value<V>(ReadOnlySpan<V> sums)
            where V : struct, ISimd<V, float>
            => sums[0] / (V.One + sums[1]);

        public V Slope<V>(int sum, ReadOnlySpan<V> sums)
            where V : struct, ISimd<V, float>
            => sum == 0 ? V.One / (V.One + sums[1]) : -sums[0] / ((V.One + sums[1]) * (V.One + sums[1]));

        public V Gradient<V>(int sum, V prediction, V target, int row, int column)
            where V : struct, ISimd<V, float>
            => sum == 0 ? target : V.Create(2.0) * prediction;
    }
}
