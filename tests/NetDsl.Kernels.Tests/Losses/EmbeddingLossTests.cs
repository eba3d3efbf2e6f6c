using System.Numerics;
using NetDsl.Kernels.Losses;
using NetDsl.Kernels.Tests.Cases;
using NetDsl.Kernels.Tests.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Losses;

/// <summary>Losses of pairs and triplets of embeddings.</summary>
[Collection(nameof(WorkerPool))]
public sealed class EmbeddingLossTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    public static TheoryData<string> ContrastiveCases => ReferenceCase.Names("loss_contrastive");

    public static TheoryData<string> CosineCases => ReferenceCase.Names("loss_cosine");

    public static TheoryData<string> TripletCases => ReferenceCase.Names("loss_triplet");

    [Theory]
    [MemberData(nameof(ContrastiveCases))]
    public void ContrastiveAgreesWithTheReference(string name)
    {
        CheckContrastive<float>(ReferenceCase.Load(name));
        CheckContrastive<double>(ReferenceCase.Load(name));
    }

    private static void CheckContrastive<T>(ReferenceCase reference)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = reference.Shape("inputs", "a");
        T[] a = reference.Values<T>("inputs", "a"), b = reference.Values<T>("inputs", "b"), gradientA = new T[a.Length], gradientB = new T[a.Length];
        var loss = Contrastive.Evaluate<T>(
            a, b, reference.Values<T>("inputs", "target"), gradientA, gradientB, default, shape[0], shape[1], LossReduction.Mean, reference.Number("margin", 0), reference.Text("one_means") == "similar");
        reference.ShouldAgree<T>([loss], "outputs", "loss");
        reference.ShouldAgree<T>(gradientA, "grads", "a");
        reference.ShouldAgree<T>(gradientB, "grads", "b");
    }

    [Theory]
    [MemberData(nameof(CosineCases))]
    public void CosineAgreesWithTheReference(string name)
    {
        CheckCosine<float>(ReferenceCase.Load(name));
        CheckCosine<double>(ReferenceCase.Load(name));
    }

    private static void CheckCosine<T>(ReferenceCase reference)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = reference.Shape("inputs", "a");
        T[] a = reference.Values<T>("inputs", "a"), b = reference.Values<T>("inputs", "b"), gradientA = new T[a.Length], gradientB = new T[a.Length];
        var loss = CosineEmbedding.Evaluate<T>(
            a, b, reference.Values<T>("inputs", "target"), gradientA, gradientB, default, shape[0], shape[1], Reduction(reference), reference.Number("margin", 0));
        reference.ShouldAgree<T>([loss], "outputs", "loss");
        reference.ShouldAgree<T>(gradientA, "grads", "a");
        reference.ShouldAgree<T>(gradientB, "grads", "b");
    }

    [Theory]
    [MemberData(nameof(TripletCases))]
    public void TripletMarginAgreesWithTheReference(string name)
    {
        CheckTriplet<float>(ReferenceCase.Load(name));
        CheckTriplet<double>(ReferenceCase.Load(name));
    }

    private static void CheckTriplet<T>(ReferenceCase reference)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = reference.Shape("inputs", "anchor");
        T[] anchor = reference.Values<T>("inputs", "anchor"), positive = reference.Values<T>("inputs", "positive"), negative = reference.Values<T>("inputs", "negative");
        T[] gradientAnchor = new T[anchor.Length], gradientPositive = new T[anchor.Length], gradientNegative = new T[anchor.Length];
        var loss = TripletMargin.Evaluate<T>(
            anchor, positive, negative, gradientAnchor, gradientPositive, gradientNegative, default, shape[0], shape[1], Reduction(reference),
            reference.Number("margin", 0), reference.Number("eps", 0), reference.Flag("swap"));
        reference.ShouldAgree<T>([loss], "outputs", "loss");
        reference.ShouldAgree<T>(gradientAnchor, "grads", "anchor");
        reference.ShouldAgree<T>(gradientPositive, "grads", "positive");
        reference.ShouldAgree<T>(gradientNegative, "grads", "negative");
    }

    private static LossReduction Reduction(ReferenceCase reference) => reference.Text("reduction") == "mean" ? LossReduction.Mean : LossReduction.Sum;

    [Fact]
    public void EveryLengthIsRight()
    {
        for (var columns = 1; columns <= 70; columns++)
        {
            CheckNaive<float>(6, columns);
            CheckNaive<double>(6, columns);
        }
        CheckNaive<float>(701, 211);
        CheckNaive<double>(701, 211);
    }

    private static void CheckNaive<T>(int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Distances of about 2 and 3, on both sides of the margin and of each other.
        var reach = 2 / Math.Sqrt(columns);
        var inputs = Enumerable.Range(1, 3).Select(seed => Samples.Uniform<T>(rows * columns, seed, -reach, reach)).ToArray();
        var similar = Enumerable.Range(0, rows).Select(row => row % 3 == 0).ToArray();
        var message = $"{typeof(T).Name} {rows}×{columns}";
        T[] Marks(int other) => [.. similar.Select(isSimilar => T.CreateChecked(isSimilar ? 1 : other))];

        Check(2, (row, x) => Pull(x[0], x[1], similar[row]), (x, gradients, terms, reduction) =>
            Contrastive.Evaluate<T>(x[0], x[1], Marks(0), gradients[0], gradients[1], terms, rows, columns, reduction, 2, oneMeansSimilar: true));
        Check(2, (row, x) => Turn(x[0], x[1], similar[row]), (x, gradients, terms, reduction) =>
            CosineEmbedding.Evaluate<T>(x[0], x[1], Marks(-1), gradients[0], gradients[1], terms, rows, columns, reduction, -0.1));
        foreach (var swap in (bool[])[false, true])
        {
            Check(3, (_, x) => Rank(x[0], x[1], x[2], swap), (x, gradients, terms, reduction) =>
                TripletMargin.Evaluate<T>(x[0], x[1], x[2], gradients[0], gradients[1], gradients[2], terms, rows, columns, reduction, 0.5, 0.01, swap));
        }

        void Check(int count, Func<int, double[][], (double, double[][])> naive, Func<T[][], T[][], T[], LossReduction, T> evaluate)
        {
            var losses = new double[rows];
            var expected = inputs[..count].Select(_ => new double[rows * columns]).ToArray();
            for (var row = 0; row < rows; row++)
            {
                var at = (row * columns)..((row + 1) * columns);
                (losses[row], var gradients) = naive(row, [.. inputs[..count].Select(x => x[at].Select(double.CreateTruncating).ToArray())]);
                for (var i = 0; i < count; i++)
                    gradients[i].CopyTo(expected[i].AsSpan(at));
            }
            losses.ShouldContain(loss => loss > 0);
            var terms = new T[rows];
            var none = inputs[..count].Select(_ => Array.Empty<T>()).ToArray();
            var loss = evaluate(inputs, none, terms, LossReduction.Mean);
            Samples.ShouldBeNear<T>([loss], [losses.Average()], message);
            Samples.ShouldBeNear<T>(terms, losses, message);
            Samples.ShouldBeNear<T>([evaluate(inputs, none, [], LossReduction.Sum)], [losses.Sum()], message);
            var inPlace = inputs[..count].Select(x => x.ToArray()).ToArray();
            evaluate(inPlace, inPlace, [], LossReduction.BatchMean).ShouldBe(loss);
            for (var i = 0; i < count; i++)
                Samples.ShouldBeNear<T>(inPlace[i], expected[i].Select(value => value / rows).ToArray(), $"{message} gradient {i}");
            var alone = none.ToArray();
            alone[^1] = new T[rows * columns];
            evaluate(inputs, alone, [], LossReduction.Mean);
            alone[^1].ShouldBe(inPlace[^1]);
        }
    }

    private static (double Loss, double[][] Gradients) Pull(double[] a, double[] b, bool similar)
    {
        var difference = a.Zip(b, (x, y) => x - y).ToArray();
        var distance = Math.Sqrt(difference.Sum(d => d * d));
        var gap = Math.Max(0, 2 - distance);
        var gradient = difference.Select(d => similar ? d : -gap * d / distance).ToArray();
        return (similar ? distance * distance / 2 : gap * gap / 2, [gradient, [.. gradient.Select(g => -g)]]);
    }

    private static (double Loss, double[][] Gradients) Turn(double[] a, double[] b, bool similar)
    {
        double lengthA = Math.Sqrt(a.Sum(x => x * x)), lengthB = Math.Sqrt(b.Sum(x => x * x)), cosine = a.Zip(b, (x, y) => x * y).Sum() / (lengthA * lengthB);
        var slope = similar ? -1 : cosine > -0.1 ? 1 : 0;
        return (
            similar ? 1 - cosine : Math.Max(0, cosine + 0.1),
            [
                [.. a.Zip(b, (x, y) => slope * (y / (lengthA * lengthB) - cosine * x / (lengthA * lengthA)))],
                [.. a.Zip(b, (x, y) => slope * (x / (lengthA * lengthB) - cosine * y / (lengthB * lengthB)))],
            ]);
    }

    private static (double Loss, double[][] Gradients) Rank(double[] anchor, double[] positive, double[] negative, bool swap)
    {
        double[] Difference(double[] x, double[] y) => [.. x.Zip(y, (left, right) => left - right + 0.01)];
        double Length(double[] x) => Math.Sqrt(x.Sum(d => d * d));
        double[] near = Difference(anchor, positive), far = Difference(anchor, negative), other = Difference(positive, negative);
        var swapped = swap && Length(other) < Length(far);
        if (swapped)
            far = other;
        var loss = Math.Max(0, Length(near) - Length(far) + 0.5);
        var (n, f) = loss > 0 ? (1 / Length(near), 1 / Length(far)) : (0, 0);
        return (
            loss,
            [
                [.. near.Zip(far, (x, y) => n * x - (swapped ? 0 : f * y))],
                [.. near.Zip(far, (x, y) => -n * x - (swapped ? f * y : 0))],
                [.. far.Select(x => f * x)],
            ]);
    }

    [Fact]
    public void AtDistanceZeroTheGradientIsZero()
    {
        float[] x = [1, 2, 3, 1, 2, 3], gradientA = [7, 7, 7, 7, 7, 7], gradientB = [7, 7, 7, 7, 7, 7], gradientC = [7, 7, 7, 7, 7, 7];
        Contrastive.Evaluate<float>(x, x, [0, 1], gradientA, gradientB, default, 2, 3, LossReduction.Sum, 2, true).ShouldBe(2);
        gradientA.Concat(gradientB).ShouldAllBe(value => value == 0);
        TripletMargin.Evaluate<float>(x, x, x, gradientA, gradientB, gradientC, default, 2, 3, LossReduction.Sum, 0.5, 0, true).ShouldBe(1);
        gradientA.Concat(gradientB).Concat(gradientC).ShouldAllBe(value => value == 0);
        CosineEmbedding.Evaluate<float>(new float[6], x, [1, -1], gradientA, gradientB, default, 2, 3, LossReduction.Sum, 0).ShouldBe(1);
        gradientA.Concat(gradientB).ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void TinyEmbeddingsHaveFiniteGradients()
    {
        // Squares at the edge of float32: the product of two such lengths has no finite inverse.
        float[] a = [1e-22f, 0], b = [0, 1e-22f], gradientA = new float[2], gradientB = new float[2];
        CosineEmbedding.Evaluate<float>(a, b, [1], gradientA, gradientB, default, 1, 2, LossReduction.Sum, 0).ShouldBe(1);
        gradientA[1].ShouldBe(-1e22f, 1e21f);
        gradientB[0].ShouldBe(-1e22f, 1e21f);
        Contrastive.Evaluate<float>(a, b, [0], gradientA, gradientB, default, 1, 2, LossReduction.Sum, 1, true).ShouldBe(0.5f);
        gradientA.Concat(gradientB).ShouldAllBe(value => Math.Abs(Math.Abs(value) - MathF.Sqrt(0.5f)) < 0.1f);
    }

    [Fact]
    public void NotANumberStaysOne()
    {
        float[] x = [1, float.NaN], y = [2, 3];
        Contrastive.Evaluate<float>(x, y, [0], default, default, default, 1, 2, LossReduction.Sum, 1, true).ShouldBe(float.NaN);
        CosineEmbedding.Evaluate<float>(x, y, [-1], default, default, default, 1, 2, LossReduction.Sum, 0).ShouldBe(float.NaN);
        TripletMargin.Evaluate<float>(x, y, y, default, default, default, default, 1, 2, LossReduction.Sum, 1, 0, true).ShouldBe(float.NaN);
    }

    [Fact]
    public void TheBitsAreTheSameForEveryNumberOfThreads()
    {
        float[] a = Samples.Uniform<float>(1001 * 203, 1), b = Samples.Uniform<float>(1001 * 203, 2), c = Samples.Uniform<float>(1001 * 203, 3);
        var target = Enumerable.Range(0, 1001).Select(row => row % 2 * 1f).ToArray();
        float[] Run(int threads)
        {
            WorkerPool.Threads = threads;
            var gradients = Enumerable.Range(0, 7).Select(_ => new float[a.Length]).ToArray();
            float[] losses =
            [
                Contrastive.Evaluate<float>(a, b, target, gradients[0], gradients[1], default, 1001, 203, LossReduction.Mean, 50, true),
                CosineEmbedding.Evaluate<float>(a, b, target.Select(mark => 2 * mark - 1).ToArray(), gradients[2], gradients[3], default, 1001, 203, LossReduction.Mean, 0),
                TripletMargin.Evaluate<float>(a, b, c, gradients[4], gradients[5], gradients[6], default, 1001, 203, LossReduction.Mean, 1, 1e-6, true),
            ];
            return [.. losses, .. gradients.SelectMany(gradient => gradient)];
        }
        Run(3).AsSpan().SequenceEqual(Run(1)).ShouldBeTrue();
    }

    [Fact]
    public void WrongArgumentsAreNamedBeforeAnythingIsWritten()
    {
        float[] x = new float[6], gradient = [7, 7, 7, 7, 7, 7];
        Should.Throw<ArgumentOutOfRangeException>(() => Contrastive.Evaluate<float>(x, x, [0, -1], gradient, gradient, default, 2, 3, LossReduction.Mean, 1, true))
            .Message.ShouldContain("Pair 1 has target -1, but this loss marks pairs by 0 and 1");
        Should.Throw<ArgumentOutOfRangeException>(() => CosineEmbedding.Evaluate<float>(x, x, [0, -1], gradient, gradient, default, 2, 3, LossReduction.Mean, 1))
            .Message.ShouldContain("Pair 0 has target 0, but this loss marks pairs by -1 and 1");
        Should.Throw<ArgumentException>(() => Contrastive.Evaluate<float>(x, new float[5], [0, 1], gradient, gradient, default, 2, 3, LossReduction.Mean, 1, true))
            .Message.ShouldContain("b has 5 elements, but 2×3 = 6");
        Should.Throw<ArgumentException>(() => CosineEmbedding.Evaluate<float>(x, x, [1, 1], gradient, new float[5], default, 2, 3, LossReduction.Mean, 1))
            .Message.ShouldContain("gradientB has 5 elements");
        Should.Throw<ArgumentException>(() => TripletMargin.Evaluate<float>(x, x, new float[3], gradient, gradient, gradient, default, 2, 3, LossReduction.Mean, 1, 0, false))
            .Message.ShouldContain("negative has 3 elements");
        Should.Throw<ArgumentException>(() => TripletMargin.Evaluate<float>(x, x, x, gradient, gradient, gradient, x, 2, 3, LossReduction.Mean, 1, 0, false))
            .Message.ShouldContain("terms has 6 elements, but 2×1 = 2");
        gradient.ShouldAllBe(value => value == 7);
    }

    [Fact]
    public void NothingIsAllocated()
    {
        float[] a = [1, 2, 3, 4, 5, 6], b = [3, 1, 2, 5, 4, 7], gradientA = new float[6], gradientB = new float[6], gradientC = new float[6], target = [1, 1];
        long Step()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Contrastive.Evaluate<float>(a, b, target, gradientA, gradientB, default, 2, 3, LossReduction.Mean, 1, true);
            CosineEmbedding.Evaluate<float>(a, b, target, gradientA, gradientB, default, 2, 3, LossReduction.Mean, 0);
            TripletMargin.Evaluate<float>(a, b, b, gradientA, gradientB, gradientC, default, 2, 3, LossReduction.Mean, 1, 0, true);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Step();
        Step().ShouldBe(0);
    }
}
