namespace NetDsl.Tests.Training;

public sealed class PredictionTests
{
    [Fact]
    public void The_first_of_the_largest_wins()
    {
        Prediction.ArgMax<float>([1, 3, 3, 2]).ShouldBe(1);
        Prediction.ArgMax<double>([-5]).ShouldBe(0);
        var labels = new int[2];
        Prediction.ArgMax<float>([1, 2, 3, 6, 5, 4], labels);
        labels.ShouldBe([2, 0]);
    }

    [Fact]
    public void Other_sizes_are_told()
    {
        Should.Throw<ArgumentException>(() => Prediction.ArgMax<float>([]));
        Should.Throw<ArgumentException>(() => Prediction.ArgMax<float>([1, 2, 3], new int[2])).Message.ShouldContain("3 scores can't be shared out among 2");
    }
}
