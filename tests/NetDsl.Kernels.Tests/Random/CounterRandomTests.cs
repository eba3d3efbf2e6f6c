namespace NetDsl.Kernels.Tests;

public sealed class CounterRandomTests
{
    /// <summary>The known answers that Salmon et al. publish with the generator.</summary>
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x85a308d3243f6a88UL, 0x0370734413198a2eUL, 0x299f31d0a4093822UL, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void PhiloxGivesTheKnownAnswers(ulong counterLow, ulong counterHigh, ulong key, uint word0, uint word1, uint word2, uint word3) =>
        Philox.Block(counterLow, counterHigh, key).ShouldBe((word0, word1, word2, word3));

    [Fact]
    public void FourBlocksAtOnceAreTheSame()
    {
        var (words01, words23) = Philox.FourBlocks(1234, 5678UL << 32 | 9, 0x0123456789ABCDEF);
        for (var i = 0; i < 4; i++)
            (words01[2 * i], words01[2 * i + 1], words23[2 * i], words23[2 * i + 1]).ShouldBe(Philox.Block(1234 + (ulong)i, 5678UL << 32 | 9, 0x0123456789ABCDEF));
    }

    [Fact]
    public void TheFirstNumbersAreFixed()
    {
        var random = new CounterRandom(0, 0);
        random.NextUInt32().ShouldBe(0x6627e8d5u);
        random.NextUInt64().ShouldBe(0xbc57ac4ce169c58dUL);
        random.NextUInt32().ShouldBe(0x9b00dbd8u);
        var copy = random;
        copy.NextDouble().ShouldBe(random.NextDouble());
    }

    [Fact]
    public void UniformNumbersHaveTheRightMoments()
    {
        const int Count = 1_000_000;
        var random = new CounterRandom(7, 1);
        var (sum, squares, lag, last) = (0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < Count; i++)
        {
            var u = random.NextDouble();
            u.ShouldBeInRange(0, 1 - 1e-17);
            var d = u - 0.5;
            sum += d;
            squares += d * d;
            lag += d * last;
            last = d;
        }
        // Five standard errors each.
        Math.Abs(sum / Count).ShouldBeLessThan(5 * Math.Sqrt(1.0 / 12 / Count));
        Math.Abs(squares / Count - 1.0 / 12).ShouldBeLessThan(5 * Math.Sqrt(1.0 / 180 / Count));
        Math.Abs(lag / Count).ShouldBeLessThan(5 / 12.0 / Math.Sqrt(Count));
    }

    [Fact]
    public void NormalNumbersHaveTheRightMoments()
    {
        const int Count = 1_000_000;
        var random = new CounterRandom(7, 2);
        Span<double> moments = stackalloc double[5];
        for (var i = 0; i < Count; i++)
        {
            var x = random.NextNormal();
            for (var k = 1; k <= 4; k++)
                moments[k] += Math.Pow(x, k) / Count;
        }
        Math.Abs(moments[1]).ShouldBeLessThan(5 * Math.Sqrt(1.0 / Count));
        Math.Abs(moments[2] - 1).ShouldBeLessThan(5 * Math.Sqrt(2.0 / Count));
        Math.Abs(moments[3]).ShouldBeLessThan(5 * Math.Sqrt(15.0 / Count));
        Math.Abs(moments[4] - 3).ShouldBeLessThan(5 * Math.Sqrt(96.0 / Count));
    }

    [Fact]
    public void ShufflingIsFair()
    {
        const int Rounds = 60_000;
        var counts = new int[6, 6];
        for (var round = 0; round < Rounds; round++)
        {
            int[] values = [0, 1, 2, 3, 4, 5];
            var random = new CounterRandom(3, (ulong)round);
            random.Shuffle(values);
            for (var i = 0; i < values.Length; i++)
                counts[values[i], i]++;
        }
        foreach (var count in counts)
            Math.Abs(count - Rounds / 6.0).ShouldBeLessThan(5 * Math.Sqrt(Rounds * 5.0 / 36));
    }

    [Fact]
    public void ABoundOfZeroIsRefused() => Should.Throw<ArgumentOutOfRangeException>(() => new CounterRandom(1, 1).NextBelow(0));
}
