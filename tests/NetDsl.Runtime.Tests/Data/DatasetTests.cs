namespace NetDsl.Tests.Data;

public sealed class DatasetTests
{
    private static Dataset<float, int> Ten => new(Enumerable.Range(0, 20).Select(i => (float)i).ToArray(), Enumerable.Range(0, 10).Select(i => i % 3).ToArray(), inputSize: 2);

    [Fact]
    public void It_knows_its_sizes()
    {
        var data = Ten;
        (data.Count, data.InputSize, data.TargetSize, data.Classes).ShouldBe((10, 2, 1, 3));
        data.Input(4).ToArray().ShouldBe([8, 9]);
        data.Target(4)[0].ShouldBe(1);
        data.ToString().ShouldBe("10 samples of 2, 3 classes");
        new Dataset<double, double>(new double[6], new double[9], inputSize: 2, targetSize: 3).ToString().ShouldBe("3 samples of 2, 3 targets");
        new Dataset<float, int>(new float[2], new int[2], 1, classes: 7).Classes.ShouldBe(7);
    }

    [Fact]
    public void Views_read_the_same_memory()
    {
        var data = Ten;
        data.Slice(2, 3).Input(0).ToArray().ShouldBe([4, 5]);
        data[2..5].Take(1).Input(0).ToArray().ShouldBe([4, 5]);
        data.Select([9, 0, 9]).Slice(1, 2).Input(1).ToArray().ShouldBe([18, 19]);
        data.Slice(2, 3).TryGetRange(1, 2, out var x, out var target).ShouldBeTrue();
        x.ToArray().ShouldBe([6, 7, 8, 9]);
        target.ToArray().ShouldBe([0, 1]);
        data.Select([1]).TryGetRange(0, 1, out _, out _).ShouldBeFalse();
        data.Slice(5, 2).Classes.ShouldBe(3);
    }

    [Fact]
    public void Views_that_leave_the_data_are_told()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Ten.Slice(8, 3)).Message.ShouldContain("10 samples");
        Should.Throw<ArgumentOutOfRangeException>(() => Ten.Slice(-1, 3));
        Should.Throw<ArgumentOutOfRangeException>(() => Ten.Slice(int.MaxValue, int.MaxValue));
        Should.Throw<ArgumentOutOfRangeException>(() => Ten.Take(0));
        Should.Throw<ArgumentOutOfRangeException>(() => Ten.Select([10]));
        Should.Throw<ArgumentOutOfRangeException>(() => Ten.Input(-1).Length);
        Should.Throw<ArgumentOutOfRangeException>(() => Ten[..3].Target(3).Length);
        Should.Throw<ArgumentException>(() => Ten.Select([]));
    }

    [Fact]
    public void Shuffling_keeps_pairs_and_follows_the_seed()
    {
        var shuffled = Ten.Shuffle(3);
        Order(shuffled).ShouldBe(Order(Ten.Shuffle(3)));
        Order(shuffled).ShouldNotBe(Order(Ten.Shuffle(4)));
        Order(shuffled).Order().ShouldBe(Enumerable.Range(0, 10));
        for (var i = 0; i < shuffled.Count; i++)
            shuffled.Target(i)[0].ShouldBe((int)shuffled.Input(i)[0] / 2 % 3);
    }

    [Fact]
    public void Split_parts_the_samples()
    {
        var (first, second) = Ten.Split(0.8, seed: 1);
        (first.Count, second.Count).ShouldBe((8, 2));
        Order(first).Concat(Order(second)).Order().ShouldBe(Enumerable.Range(0, 10));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.33)]
    [InlineData(0.9)]
    public void Stratified_split_keeps_the_shares(double fraction)
    {
        var labels = Enumerable.Range(0, 200).Select(i => i < 20 ? 0 : i < 80 ? 1 : 2).ToArray();
        var data = new Dataset<float, int>(Enumerable.Range(0, 200).Select(i => (float)i).ToArray(), labels, 1);
        var (first, second) = data.Split(fraction, seed: 5, stratified: true);
        first.Count.ShouldBe((int)Math.Round(fraction * 200));
        (first.Count + second.Count).ShouldBe(200);
        for (var label = 0; label < 3; label++)
            Math.Abs(Enumerable.Range(0, first.Count).Count(i => first.Target(i)[0] == label) - fraction * labels.Count(l => l == label)).ShouldBeLessThanOrEqualTo(1);
        Enumerable.Range(0, first.Count).Select(i => first.Input(i)[0]).Concat(Enumerable.Range(0, second.Count).Select(i => second.Input(i)[0])).Distinct().Count().ShouldBe(200);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(0.01)]
    [InlineData(0.99)]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    public void Split_with_an_empty_part_is_told(double fraction) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Ten.Split(fraction, 1)).Message.ShouldContain("both sides");

    [Fact]
    public void Stratified_split_of_numbers_is_told() =>
        Should.Throw<ArgumentException>(() => new Dataset<float, float>(new float[4], new float[4], 1).Split(0.5, 1, stratified: true)).Message.ShouldContain("class labels");

    [Fact]
    public void Gather_copies_rows()
    {
        var x = new float[4];
        var target = new int[2];
        Ten.Gather([7, 1], x, target);
        x.ShouldBe([14, 15, 2, 3]);
        target.ShouldBe([1, 1]);
    }

    [Fact]
    public void Bad_data_is_told()
    {
        Should.Throw<ArgumentException>(() => new Dataset<float, int>(Array.Empty<float>(), Array.Empty<int>(), 2)).Message.ShouldContain("empty");
        Should.Throw<ArgumentException>(() => new Dataset<float, int>(new float[5], new int[2], 2)).Message.ShouldContain("no multiple of the sample's 2");
        Should.Throw<ArgumentException>(() => new Dataset<float, int>(new float[4], new int[3], 2)).Message.ShouldContain("2 samples but 3 targets");
        Should.Throw<ArgumentException>(() => new Dataset<float, int>(new float[4], new int[] { 0, -1 }, 2)).Message.ShouldContain("row 1 (counted from 0) is -1");
        Should.Throw<ArgumentException>(() => new Dataset<float, int>(new float[4], new int[] { 0, 3 }, 2, classes: 3)).Message.ShouldContain("0..2, as there are 3 classes");
        Should.Throw<ArgumentException>(() => new Dataset<float, int>(new[] { 0, 0, 0, float.NaN }, new int[2], 2)).Message.ShouldContain("input at row 1, column 1 (both counted from 0) is NaN");
        Should.Throw<ArgumentException>(() => new Dataset<float, int>(new[] { float.PositiveInfinity, 0, 0, 0 }, new int[2], 2)).Message.ShouldContain("row 0, column 0");
        Should.Throw<ArgumentException>(() => new Dataset<double, double>(new double[2], new[] { 0, 0, 0, double.NaN }, 1, 2)).Message.ShouldContain("target at row 1, column 1");
        Should.Throw<ArgumentException>(() => new Dataset<float, double>(new float[2], new double[2], 1)).Message.ShouldContain("expected int for class labels, or Single");
        Should.Throw<ArgumentException>(() => new Dataset<float, float>(new float[2], new float[2], 1, classes: 2)).Message.ShouldContain("Only int targets");
        Should.Throw<ArgumentOutOfRangeException>(() => new Dataset<float, int>(new float[2], new int[2], 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new Dataset<float, int>(new float[2], Array.Empty<int>(), 1, targetSize: 0));
        Should.Throw<ArgumentException>(() => new Dataset<float, int>(new float[2], new int[] { 0, 1, 2, -1 }, 1, targetSize: 2)).Message.ShouldContain("row 1 (counted from 0) is -1");
        Should.Throw<ArgumentOutOfRangeException>(() => new Dataset<float, int>(new float[2], new int[2], 1, classes: 0));
    }

    private static int[] Order(Dataset<float, int> data) => [.. Enumerable.Range(0, data.Count).Select(i => (int)data.Input(i)[0] / 2)];
}
