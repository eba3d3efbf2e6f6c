namespace NetDsl.Tests.Data;

public sealed class SideBySideTests
{
    [Fact]
    public void Each_sample_has_its_parts_in_order() =>
        SideBySide.Join<float>(2, new float[] { 1, 2, 5, 6 }, new float[] { 3, 7 }, Array.Empty<float>()).ShouldBe([1, 2, 3, 5, 6, 7]);

    [Fact]
    public void Labels_become_rows_or_numbers()
    {
        SideBySide.OneHot<double>([2, 0], 3).ShouldBe([0, 0, 1, 1, 0, 0]);
        SideBySide.Numbers<float>([2, 0]).ShouldBe([2, 0]);
        Should.Throw<ArgumentException>(() => SideBySide.OneHot<double>([0, 3], 3)).Message.ShouldStartWith("The label at row 1 (counted from 0) is 3; expected 0..2.");
    }

    [Fact]
    public void A_part_that_does_not_fit_is_named() =>
        Should.Throw<ArgumentException>(() => SideBySide.Join<float>(2, new float[4], new float[3])).Message.ShouldStartWith("Part 1 (counted from 0) has 3 elements, no multiple of the 2 samples.");

    [Fact]
    public void Samples_come_apart_and_together_again()
    {
        var parts = new SampleParts<float>(capacity: 3, 2, 1);
        parts.Take([1, 2, 3, 5, 6, 7]);
        parts[0].ToArray().ShouldBe([1, 2, 5, 6]);
        parts[1].ToArray().ShouldBe([3, 7]);
        parts.Labels(1).ToArray().ShouldBe([3, 7]);
        var samples = new float[6];
        parts.Give(samples);
        samples.ShouldBe([1, 2, 3, 5, 6, 7]);
    }

    [Fact]
    public void Wrong_batches_are_named()
    {
        var parts = new SampleParts<float>(capacity: 2, 2, 1);
        Should.Throw<ArgumentException>(() => parts.Take(new float[7])).Message.ShouldStartWith("The batch has 7 elements; expected a multiple of 3, the size of one sample: 2 + 1.");
        Should.Throw<ArgumentException>(() => parts.Take(new float[9])).Message.ShouldStartWith("The batch has 3 samples, the workspace holds 2: create it with a capacity of 3 or split the batch.");
        parts.Take([1, 2, 0.5f]);
        Should.Throw<ArgumentException>(() => parts.Labels(1)).Message.ShouldBe("Target 0 of part 1 (both counted from 0) is 0.5; expected the number of a class.");
        Should.Throw<ArgumentException>(() => parts.Give(new float[4])).Message.ShouldStartWith("The span has 4 elements; expected 3: 1 samples of 2 + 1.");
        Should.Throw<ArgumentException>(() => SampleParts<float>.RejectWeights(1)).Message.ShouldBe("This network's losses take factors and terms each by itself: call its own Loss instead of the one of INetwork.");
    }
}
