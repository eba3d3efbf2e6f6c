using System.Numerics;
using NetDsl.Kernels.Losses;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Tests.Cases;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Losses;

[Collection(nameof(WorkerPool))]
public sealed class LossTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    /// <summary>Losses of rows of classes; those of single elements are formulas, which the oracle runs through whole networks.</summary>
    public static TheoryData<string> Cases => ReferenceCase.Names(name => name.StartsWith("loss_softmax", StringComparison.Ordinal) || name.StartsWith("loss_nll", StringComparison.Ordinal) || name.StartsWith("loss_multi_class", StringComparison.Ordinal));

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
        var shape = reference.Shape("inputs", "prediction");
        var (rows, columns) = (shape[0], shape[1..].Aggregate(1, (a, b) => a * b));
        var none = reference.Text("reduction") == "none";
        var reduction = reference.Text("reduction") switch
        {
            "mean" => LossReduction.Mean,
            "batch_mean" => LossReduction.BatchMean,
            _ => LossReduction.Sum,
        };
        var gradient = new T[rows * columns];
        var perRow = reference.Shape("inputs", "target").Length < shape.Length || reference.Text("function").StartsWith("softmax", StringComparison.Ordinal);
        var terms = new T[perRow ? rows : rows * columns];
        var loss = Evaluate<T>(reference, gradient, default, terms, rows, columns, reduction);
        reference.ShouldAgree<T>(none ? terms : [loss], "outputs", "loss");
        Evaluate<T>(reference, default, default, default, rows, columns, reduction).ShouldBe(loss);
        if (!reference.HasTensor("grads", "prediction"))
            return;
        // Without a reduction each term has a gradient of its own arriving, which acts like a weight.
        if (none)
            Evaluate<T>(reference, gradient, reference.Values<T>("grad_output", "loss"), default, rows, columns, LossReduction.Sum);
        reference.ShouldAgree<T>(gradient, "grads", "prediction");
    }

    private static T Evaluate<T>(ReferenceCase reference, Span<T> gradient, ReadOnlySpan<T> weights, Span<T> terms, int rows, int columns, LossReduction reduction)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var prediction = reference.Values<T>("inputs", "prediction");
        var smoothing = reference.Number("label_smoothing", 0);
        var ignore = (int)reference.Number("ignore_index", int.MinValue);
        T[] classWeights = reference.Has("class_weights") ? [.. reference.Numbers("class_weights").Select(T.CreateTruncating)] : [];
        return reference.Text("function") switch
        {
            "softmax_cross_entropy" => SoftmaxCrossEntropy.Evaluate<T>(
                prediction, reference.Values<int>("inputs", "target"), gradient, weights, terms, rows, columns, reduction, smoothing, classWeights, ignore),
            "softmax_cross_entropy_soft" => SoftmaxCrossEntropy.Evaluate<T>(
                prediction, reference.Values<T>("inputs", "target"), gradient, weights, terms, rows, columns, reduction, smoothing),
            "nll" => NegativeLogLikelihood.Evaluate<T>(
                prediction, reference.Values<int>("inputs", "target"), gradient, weights, terms, rows, columns, reduction, classWeights, ignore),
            _ => MulticlassHinge.Evaluate<T>(
                prediction, reference.Values<int>("inputs", "target"), gradient, weights, terms, rows, columns, reduction, reference.Number("margin", 1), reference.Flag("over_classes"), classWeights, ignore),
        };
    }

    [Fact]
    public void EveryLengthIsRight()
    {
        for (var columns = 1; columns <= 256; columns++)
        {
            CheckHuber<float>(3, columns);
            CheckHuber<double>(3, columns);
            CheckCrossEntropy<float>(3, columns);
            CheckCrossEntropy<double>(3, columns);
        }
    }

    private static void CheckHuber<T>(int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (p, t, w) = (Samples.Uniform<T>(rows * columns, 1), Samples.Uniform<T>(rows * columns, 2), Samples.Uniform<T>(rows * columns, 3, 0, 2));
        var (gradient, expected) = (new T[p.Length], new double[p.Length]);
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            var d = double.CreateTruncating(p[i]) - double.CreateTruncating(t[i]);
            var weight = double.CreateTruncating(w[i]);
            sum += weight * (Math.Abs(d) <= 1.5 ? d * d / 2 : 1.5 * (Math.Abs(d) - 0.75));
            expected[i] = weight * Math.Clamp(d, -1.5, 1.5) / rows;
        }
        var loss = ElementwiseLoss.Evaluate<T, HuberTerm<T>>(p, t, gradient, w, default, rows, columns, LossReduction.BatchMean, default);
        Samples.ShouldBeNear<T>([loss], [sum / rows], $"{columns}");
        Samples.ShouldBeNear<T>(gradient, expected, $"{columns}");
    }

    private static void CheckCrossEntropy<T>(int rows, int classes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x = Samples.Uniform<T>(rows * classes, 1);
        var (c, w) = (Samples.Uniform<T>(classes, 2, 0.5, 2), Samples.Uniform<T>(rows, 3, 0, 2));
        int[] labels = [classes / 2, -7, classes - 1];
        var (gradient, expected) = (new T[x.Length], new double[x.Length]);
        var (sum, total) = (0.0, 0.0);
        for (var row = 0; row < rows; row++)
        {
            if (labels[row] == -7)
                continue;
            var logits = x[(row * classes)..((row + 1) * classes)].Select(double.CreateTruncating).ToArray();
            var norm = logits.Sum(Math.Exp);
            var q = c.Select((weight, k) => double.CreateTruncating(weight) * ((k == labels[row] ? 0.75 : 0) + 0.25 / classes)).ToArray();
            var weight = double.CreateTruncating(w[row]);
            total += double.CreateTruncating(c[labels[row]]);
            sum += weight * q.Zip(logits, (share, logit) => share * (Math.Log(norm) - logit)).Sum();
            for (var k = 0; k < classes; k++)
                expected[row * classes + k] = weight * (q.Sum() * Math.Exp(logits[k]) / norm - q[k]);
        }
        var loss = SoftmaxCrossEntropy.Evaluate<T>(x, labels, gradient, w, default, rows, classes, LossReduction.Mean, 0.25, c, -7);
        Samples.ShouldBeNear<T>([loss], [sum / total], $"{classes}", 5e-6, 1e-13);
        Samples.ShouldBeNear<T>(gradient, expected.Select(value => value / total).ToArray(), $"{classes}", 5e-6, 1e-13);
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        const int Rows = 1500;
        const int Columns = 101;
        var (p, t) = (Samples.Uniform<float>(Rows * Columns, 1), Samples.Uniform<float>(Rows * Columns, 2, 0, 1));
        (float, float[], float, float[]) Run(int threads)
        {
            WorkerPool.Threads = threads;
            var (first, second) = (new float[p.Length], new float[p.Length]);
            var huber = ElementwiseLoss.Evaluate<float, HuberTerm<float>>(p, t, first, default, default, Rows, Columns, LossReduction.Mean, default);
            return (huber, first, SoftmaxCrossEntropy.Evaluate<float>(p, t, second, default, default, Rows, Columns, LossReduction.Mean, 0), second);
        }
        var (huber, huberGradient, entropy, entropyGradient) = Run(1);
        var (huber3, huberGradient3, entropy3, entropyGradient3) = Run(3);
        huber3.ShouldBe(huber);
        entropy3.ShouldBe(entropy);
        huberGradient3.AsSpan().SequenceEqual(huberGradient).ShouldBeTrue();
        entropyGradient3.AsSpan().SequenceEqual(entropyGradient).ShouldBeTrue();
    }

    [Fact]
    public void AWrongLabelIsNamedBeforeAnythingIsWritten()
    {
        var gradient = new float[] { 7, 7, 7, 7, 7, 7 };
        var exception = Should.Throw<ArgumentOutOfRangeException>(() =>
            SoftmaxCrossEntropy.Evaluate<float>(new float[6], (int[])[0, 3], gradient, default, default, 2, 3, LossReduction.Mean, 0, default, int.MinValue));
        exception.Message.ShouldContain("Row 1 has label 3");
        exception.Message.ShouldContain("3 classes");
        Should.Throw<ArgumentOutOfRangeException>(() =>
            NegativeLogLikelihood.Evaluate<float>(new float[6], (int[])[-1, 0], gradient, default, default, 2, 3, LossReduction.Mean, default, int.MinValue));
        gradient.ShouldAllBe(value => value == 7);
    }

    [Fact]
    public void NoRowThatCountsGivesZero()
    {
        var gradient = new float[] { 7, 7 };
        SoftmaxCrossEntropy.Evaluate<float>(new float[2], (int[])[-1], gradient, default, default, 1, 2, LossReduction.Mean, 0, default, -1).ShouldBe(0);
        gradient.ShouldBe([0, 0]);
        ElementwiseLoss.Evaluate<float, HuberTerm<float>>(default, default, default, default, default, 0, 3, LossReduction.Mean, default).ShouldBe(0);
    }

    [Fact]
    public void AnImpossibleClassCostsNothingWhereTheTargetIsZero() =>
        SoftmaxCrossEntropy.Evaluate<float>((float[])[0, float.NegativeInfinity], (float[])[1, 0], default, default, default, 1, 2, LossReduction.Mean, 0).ShouldBe(0);

    [Fact]
    public void NothingIsAllocated()
    {
        var (p, t, g) = (new float[4], new float[4], new float[4]);
        int[] labels = [0, 1];
        for (var i = 0; i < 2; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            ElementwiseLoss.Evaluate<float, HuberTerm<float>>(p, t, g, default, default, 4, 1, LossReduction.Mean, default);
            SoftmaxCrossEntropy.Evaluate<float>(p, labels, g, default, default, 2, 2, LossReduction.Mean, 0, default, int.MinValue);
            Dropout.FillMask<float>(g, 0.5, 1, (ulong)i);
            if (i > 0)
                (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        }
    }

    private readonly struct HuberTerm<T> : ILossTerm<T>
        where T : unmanaged
    {
        public V Evaluate<V>(V prediction, V target, int row, int column, out V gradient)
            where V : struct, ISimd<V, T>
        {
            var d = prediction - target;
            gradient = V.AtLeast(V.Create(-1.5), V.AtMost(V.Create(1.5), d));
            return V.Select(V.LessThanOrEqual(V.Abs(d), V.Create(1.5)), V.Create(0.5) * d * d, V.Create(1.5) * (V.Abs(d) - V.Create(0.75)));
        }
    }
}
