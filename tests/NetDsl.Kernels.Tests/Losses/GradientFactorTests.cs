using NetDsl.Kernels.Losses;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Tests.Losses;

/// <summary>The weight of a loss among several: it multiplies the gradient, and leaves the loss and its terms alone.</summary>
public class GradientFactorTests
{
    private const int Rows = 5;

    private const int Columns = 4;

    private static readonly double[] X = Numbers(1);

    private static readonly double[] Y = Numbers(2);

    private static readonly double[] Z = Numbers(3);

    private static readonly int[] Labels = [0, 3, 1, 1, 2];

    private delegate double Loss(double factor, double[][] gradients, double[] terms);

    [Fact]
    public void TheGradientAloneIsMultiplied()
    {
        Check(1, Rows, (factor, d, terms) => SoftmaxCrossEntropy.Evaluate<double>(X, Labels, d[0], default, terms, Rows, Columns, LossReduction.Mean, 0.1, [], null, gradientFactor: factor));
        Check(1, Rows, (factor, d, terms) => SoftmaxCrossEntropy.Evaluate<double>(X, Y, d[0], default, terms, Rows, Columns, LossReduction.Mean, 0, gradientFactor: factor));
        Check(1, Rows, (factor, d, terms) => NegativeLogLikelihood.Evaluate<double>(X, Labels, d[0], default, terms, Rows, Columns, LossReduction.Sum, [], null, gradientFactor: factor));
        Check(1, Rows, (factor, d, terms) => MulticlassHinge.Evaluate<double>(X, Labels, d[0], default, terms, Rows, Columns, LossReduction.Mean, 1, false, [], null, gradientFactor: factor));
        Check(1, X.Length, (factor, d, terms) => ElementwiseLoss.Evaluate<double, Difference>(X, Y, d[0], default, terms, Rows, Columns, LossReduction.Mean, default, factor));
        Check(1, Rows, (factor, d, terms) => SampleLoss.Evaluate<double, Difference>(X, Y, d[0], default, terms, Rows, Columns, LossReduction.Mean, default, factor));
        Check(2, Rows, (factor, d, terms) => Contrastive.Evaluate<double>(X, Y, [1, 0, 1, 0, 0], d[0], d[1], terms, Rows, Columns, LossReduction.Mean, 3, true, factor));
        Check(2, Rows, (factor, d, terms) => CosineEmbedding.Evaluate<double>(X, Y, [1, -1, 1, -1, -1], d[0], d[1], terms, Rows, Columns, LossReduction.Mean, -0.9, factor));
        Check(3, Rows, (factor, d, terms) => TripletMargin.Evaluate<double>(X, Y, Z, d[0], d[1], d[2], terms, Rows, Columns, LossReduction.Mean, 5, 0, false, factor));
    }

    private static void Check(int gradients, int terms, Loss loss)
    {
        double[][] Room() => [.. Enumerable.Range(0, gradients).Select(_ => new double[X.Length])];
        var (plain, weighted) = (Room(), Room());
        var (plainTerms, weightedTerms) = (new double[terms], new double[terms]);
        loss(0.25, weighted, weightedTerms).ShouldBe(loss(1, plain, plainTerms));
        weightedTerms.ShouldBe(plainTerms);
        plain.ShouldAllBe(gradient => gradient.Any(slope => slope != 0));
        foreach (var (expected, got) in plain.Zip(weighted))
            got.ShouldBe(expected.Select(slope => 0.25 * slope), tolerance: 1e-15);
    }

    private static double[] Numbers(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Rows * Columns).Select(_ => 2 * random.NextDouble() - 1)];
    }

    /// <summary>(p − t)², by element or summed over a sample.</summary>
    private readonly struct Difference : ILossTerm<double>, ISampleLossTerm<double>
    {
        public static int Sums => 1;

        public V Evaluate<V>(V prediction, V target, int row, int column, out V gradient)
            where V : struct, ISimd<V, double>
        {
            var difference = prediction - target;
            gradient = difference + difference;
            return difference * difference;
        }

        public V Term<V>(int sum, V prediction, V target, int row, int column)
            where V : struct, ISimd<V, double> => (prediction - target) * (prediction - target);

        public V Value<V>(ReadOnlySpan<V> sums)
            where V : struct, ISimd<V, double> => sums[0];

        public V Slope<V>(int sum, ReadOnlySpan<V> sums)
            where V : struct, ISimd<V, double> => V.One;

        public V Gradient<V>(int sum, V prediction, V target, int row, int column)
            where V : struct, ISimd<V, double> => V.Create(2) * (prediction - target);
    }
}
