namespace NetDsl.Tests.Training;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void It_counts_and_reads_as_a_table()
    {
        var matrix = new ConfusionMatrix(3);
        foreach (var (actual, predicted) in new[] { (0, 0), (0, 0), (0, 1), (1, 1) })
            matrix.Add(actual, predicted);
        (matrix.Total, matrix.Correct, matrix.Accuracy).ShouldBe((4, 3, 0.75));
        matrix[0, 1].ShouldBe(1);
        (matrix.Precision(1), matrix.Recall(0)).ShouldBe((0.5, 2 / 3.0));
        matrix.Recall(2).ShouldBe(double.NaN);
        matrix.ToString().ShouldBe(
            """
            actual \ predicted        0       1  2   recall
            0                         2       1  0   66.7 %
            1                         0       1  0  100.0 %
            2                         0       0  0        –
            precision           100.0 %  50.0 %  –   75.0 %

            """, StringCompareShould.IgnoreLineEndings);
    }

    [Fact]
    public void Other_classes_are_told()
    {
        var matrix = new ConfusionMatrix(3);
        Should.Throw<ArgumentOutOfRangeException>(() => matrix.Add(3, 0)).Message.ShouldContain("0..2");
        Should.Throw<ArgumentOutOfRangeException>(() => matrix[0, -1]);
        Should.Throw<ArgumentOutOfRangeException>(() => new ConfusionMatrix(0));
    }
}
