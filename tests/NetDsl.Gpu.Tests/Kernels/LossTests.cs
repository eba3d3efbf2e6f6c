using ILGPU;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
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
        var target = device.LossTarget();
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
        var target = device.LossTarget();
        target.Begin([], 1, keepsTerms: false);
        var view = device.Put(new float[3]);
        Should.Throw<ArgumentOutOfRangeException>(() => NetDsl.Kernels.Ilgpu.Losses.SoftmaxCrossEntropy.Evaluate<float, SingleMath>(target, view, [3], view, 1, 3, LossReduction.Mean, 0, [], null)).Message.ShouldContain("Row 0 has label 3");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Elementwise_losses_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var target = device.LossTarget();
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

    /// <summary>Rows of equal embeddings, whose distance is 0, and of zeros, which have no direction.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Losses_of_embeddings_agree_with_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var target = device.LossTarget();
        var (rows, columns) = Devices.Simulates(kind) ? (4, 3) : (12, 70);
        var (a, b, c) = (Numbers.Random<float>(rows * columns, 1), Numbers.Random<float>(rows * columns, 2), Numbers.Random<float>(rows * columns, 3));
        a.AsSpan(0, 2 * columns).CopyTo(b);
        a.AsSpan(2 * columns, columns).Clear();
        c.AsSpan(3 * columns, columns).Clear();
        var (similar, signs) = (new float[rows], new float[rows]);
        for (var row = 0; row < rows; row++)
            (similar[row], signs[row]) = (row % 2, 1 - row % 2 * 2);
        foreach (var isFlagged in new[] { false, true })
        {
            Compare("contrastive", (g, terms) => NetDsl.Kernels.Losses.Contrastive.Evaluate<float>(a, b, similar, g[0], g[1], terms, rows, columns, LossReduction.Mean, 2.5, isFlagged, 0.5),
                (x, g) => NetDsl.Kernels.Ilgpu.Losses.Contrastive.Evaluate(target, x[0], x[1], similar, g[0], g[1], rows, columns, LossReduction.Mean, 2.5, isFlagged, 0.5));
            Compare("cosine", (g, terms) => NetDsl.Kernels.Losses.CosineEmbedding.Evaluate<float>(a, b, signs, g[0], g[1], terms, rows, columns, LossReduction.Sum, isFlagged ? 0.3 : 0),
                (x, g) => NetDsl.Kernels.Ilgpu.Losses.CosineEmbedding.Evaluate(target, x[0], x[1], signs, g[0], g[1], rows, columns, LossReduction.Sum, isFlagged ? 0.3 : 0));
            Compare("triplet", (g, terms) => NetDsl.Kernels.Losses.TripletMargin.Evaluate<float>(a, b, c, g[0], g[1], g[2], terms, rows, columns, LossReduction.BatchMean, 1.5, 0, isFlagged, 2),
                (x, g) => NetDsl.Kernels.Ilgpu.Losses.TripletMargin.Evaluate(target, x[0], x[1], x[2], g[0], g[1], g[2], rows, columns, LossReduction.BatchMean, 1.5, 0, isFlagged, 2));
        }

        void Compare(string loss, Func<float[][], float[], float> onCpu, Action<ArrayView<float>[], ArrayView<float>[]> onDevice)
        {
            float[][] gradients = [new float[a.Length], new float[a.Length], new float[a.Length]];
            var (terms, onTerms) = (new float[rows], new float[rows]);
            var value = onCpu(gradients, terms);
            ArrayView<float>[] x = [device.Put(a), device.Put(b), device.Put(c)];
            target.Begin([], rows, keepsTerms: true);
            // Each gradient may take its embedding's place.
            onDevice(x, x);
            target.Read(onTerms).ShouldBe(value, 1e-5 * Math.Abs(value), loss);
            onTerms.ShouldAgree(terms, 1e-5, $"terms of {loss}");
            x[0].Get().ShouldAgree(gradients[0], 1e-5, $"first gradient of {loss}");
            x[1].Get().ShouldAgree(gradients[1], 1e-5, $"second gradient of {loss}");
            if (loss == "triplet")
                x[2].Get().ShouldAgree(gradients[2], 1e-5, $"third gradient of {loss}");
        }
    }

    [Fact]
    public void Pairs_are_marked_by_the_losss_own_labels()
    {
        using var device = GpuDevice.Cpu();
        var target = device.LossTarget();
        var view = device.Put(new float[3]);
        Should.Throw<ArgumentOutOfRangeException>(() => NetDsl.Kernels.Ilgpu.Losses.Contrastive.Evaluate(target, view, view, [0.5f], view, view, 1, 3, LossReduction.Mean, 1, true)).Message.ShouldContain("Pair 0 has target 0.5");
        Should.Throw<ArgumentOutOfRangeException>(() => NetDsl.Kernels.Ilgpu.Losses.CosineEmbedding.Evaluate(target, view, view, [0f], view, view, 1, 3, LossReduction.Mean, 0)).Message.ShouldContain("Pair 0 has target 0");
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
