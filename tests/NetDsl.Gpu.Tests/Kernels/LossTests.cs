using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Ilgpu.Losses;
using NetDsl.Kernels.Losses;
using NetDsl.Kernels.Simd;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>Losses against those of the CPU.</summary>
public class LossTests
{
    private static readonly LossReduction[] Reductions = [LossReduction.Mean, LossReduction.Sum, LossReduction.BatchMean];

    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Softmax_cross_entropy_agrees_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var target = new LossTarget<float>(device);
        foreach (var (rows, classes) in Devices.Simulates(kind) ? [(4, 3)] : new[] { (4, 3), (50, 10), (9, 200) })
        {
            var logits = Numbers.Random<float>(rows * classes, 1).Select(x => 10 * x).ToArray();
            var labels = Enumerable.Range(0, rows).Select(row => row * 7 % classes).ToArray();
            var (weights, classWeights) = (Positive(rows, 2), Positive(classes, 3));
            foreach (var reduction in Reductions)
            {
                foreach (var (smoothing, isWeighted, ignored) in new (double, bool, int?)[] { (0, false, null), (0.1, true, 0) })
                {
                    var (gradient, terms) = (new float[logits.Length], new float[rows]);
                    var (rowWeights, byClass) = isWeighted ? (weights, classWeights) : ([], []);
                    var loss = NetDsl.Kernels.Losses.SoftmaxCrossEntropy.Evaluate<float>(logits, labels, gradient, rowWeights, terms, rows, classes, reduction, smoothing, byClass, ignored);
                    var onGradient = device.Put(new float[logits.Length]);
                    target.Begin(rowWeights, rows, keepsTerms: true);
                    NetDsl.Kernels.Ilgpu.Losses.SoftmaxCrossEntropy.Evaluate<float, SingleMath>(target, device.Put(logits), labels, onGradient, rows, classes, reduction, smoothing, byClass, ignored);
                    var onTerms = new float[rows];
                    target.Read(onTerms).ShouldBe(loss, 1e-5 * Math.Abs(loss));
                    onTerms.ShouldAgree(terms, 1e-5, "terms");
                    onGradient.Get().ShouldAgree(gradient, 1e-5, "gradient");
                }

                var (t, g) = (Positive(logits.Length, 4), new float[logits.Length]);
                var value = NetDsl.Kernels.Losses.SoftmaxCrossEntropy.Evaluate<float>(logits, t, g, [], [], rows, classes, reduction, smoothing: 0.2);
                var onG = device.Put(new float[logits.Length]);
                target.Begin([], rows, keepsTerms: false);
                NetDsl.Kernels.Ilgpu.Losses.SoftmaxCrossEntropy.Evaluate<float, SingleMath>(target, device.Put(logits), t, onG, rows, classes, reduction, smoothing: 0.2);
                target.Read([]).ShouldBe(value, 1e-5 * Math.Abs(value));
                onG.Get().ShouldAgree(g, 1e-5, "gradient of distributions");
            }
        }
    }

    [Fact]
    public void A_wrong_label_is_refused_before_anything_is_written()
    {
        using var device = GpuDevice.Cpu();
        var target = new LossTarget<float>(device);
        target.Begin([], 1, keepsTerms: false);
        var view = device.Put(new float[3]);
        Should.Throw<ArgumentOutOfRangeException>(() => NetDsl.Kernels.Ilgpu.Losses.SoftmaxCrossEntropy.Evaluate<float, SingleMath>(target, view, [3], view, 1, 3, LossReduction.Mean, 0, [], null)).Message.ShouldContain("Row 0 has label 3");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Elementwise_losses_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var target = new LossTarget<float>(device);
        var (rows, columns) = Devices.Simulates(kind) ? (2, 3) : (90, 40);
        var (p, t, w) = (Numbers.Random<float>(rows * columns, 1), Numbers.Random<float>(rows * columns, 2), Positive(rows * columns, 3));
        foreach (var reduction in Reductions)
        {
            var (gradient, terms) = (new float[p.Length], new float[p.Length]);
            var loss = NetDsl.Kernels.Losses.ElementwiseLoss.Evaluate<float, Cubed>(p, t, gradient, w, terms, rows, columns, reduction, default);
            var onGradient = device.Put(new float[p.Length]);
            target.Begin(w, p.Length, keepsTerms: true);
            NetDsl.Kernels.Ilgpu.Losses.ElementwiseLoss.Evaluate<float, Cubed>(target, device.Put(p), t, onGradient, rows, columns, reduction, default);
            var onTerms = new float[p.Length];
            target.Read(onTerms).ShouldBe(loss, 1e-5 * Math.Abs(loss));
            onTerms.ShouldAgree(terms, 1e-6, "terms");
            onGradient.Get().ShouldAgree(gradient, 1e-6, "gradient");
        }
    }

    private static float[] Positive(int length, ulong seed) => [.. Numbers.Random<float>(length, seed).Select(x => Math.Abs(x) + 0.1f)];

    /// <summary>|p − t|³ on both sides.</summary>
    internal readonly struct Cubed : NetDsl.Kernels.Ilgpu.Losses.ILossTerm<float>, NetDsl.Kernels.Losses.ILossTerm<float>
    {
        public float Evaluate(float prediction, float target, int row, int column, out float gradient)
        {
            var difference = prediction - target;
            gradient = 3 * difference * SingleMath.Abs(difference);
            return SingleMath.Abs(difference * difference * difference);
        }

        public V Evaluate<V>(V prediction, V target, int row, int column, out V gradient)
            where V : struct, ISimd<V, float>
        {
            var difference = prediction - target;
            gradient = V.Create(3.0) * difference * V.Abs(difference);
            return V.Abs(difference * difference * difference);
        }
    }
}
