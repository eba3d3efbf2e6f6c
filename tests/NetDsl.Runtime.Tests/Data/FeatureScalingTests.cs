namespace NetDsl.Tests.Data;

public sealed class FeatureScalingTests
{
    private static readonly Dataset<double, int> Train = new(new double[] { 1, 7, 1e9, 2, 7, 1e9 + 1, 3, 7, 1e9 + 2 }, new int[3], inputSize: 3, classes: 4);

    [Fact]
    public void Standardize_gives_mean_0_and_deviation_1()
    {
        var scaled = FeatureScaling.Standardize(Train).Apply(Train);
        var root = Math.Sqrt(1.5);
        Column(scaled, 0).ShouldBe([-root, 0, root], 1e-12);
        Column(scaled, 1).ShouldBe([0, 0, 0]);
        Column(scaled, 2).ShouldBe([-root, 0, root], 1e-12);
        scaled.Classes.ShouldBe(4);
    }

    [Fact]
    public void MinMax_gives_the_bounds()
    {
        var scaled = FeatureScaling.MinMax(Train, -1, 1).Apply(Train);
        Column(scaled, 0).ShouldBe([-1, 0, 1]);
        Column(scaled, 1).ShouldBe([-1, -1, -1]);
    }

    [Fact]
    public void A_scaling_fitted_on_one_set_applies_to_others()
    {
        var scaling = FeatureScaling.MinMax(Train);
        var test = new Dataset<double, int>(new double[] { 5, 7, 1e9 }, new[] { 3 }, inputSize: 3);
        scaling.Apply(test).Input(0).ToArray().ShouldBe([2, 0, 0]);
        test.Input(0)[0].ShouldBe(5);
        Span<double> sample = [2, 7, 1e9];
        scaling.Apply(sample);
        sample.ToArray().ShouldBe([0.5, 0, 0]);
    }

    [Fact]
    public void Other_sizes_are_told()
    {
        var scaling = FeatureScaling.Standardize(Train);
        Should.Throw<ArgumentException>(() => scaling.Apply(new Dataset<double, int>(new double[2], new int[1], 2))).Message.ShouldContain("fitted on samples of 3");
        Should.Throw<ArgumentException>(() => scaling.Apply(new double[4])).Message.ShouldContain("whole number");
        Should.Throw<ArgumentOutOfRangeException>(() => FeatureScaling.MinMax(Train, 1, 1));
    }

    private static double[] Column(Dataset<double, int> data, int column) => [.. Enumerable.Range(0, data.Count).Select(row => data.Input(row)[column])];
}
