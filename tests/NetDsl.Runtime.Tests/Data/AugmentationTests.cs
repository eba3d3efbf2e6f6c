using NetDsl.Kernels;
using NetDsl.Kernels.Threading;

namespace NetDsl.Tests.Data;

// One sets the number of threads, which belongs to the process.
[Collection(nameof(WorkerPool))]
public sealed class AugmentationTests
{
    [Theory]
    [InlineData(2, new[] { 2, 9 })]
    [InlineData(2, new[] { 2, 4, 5 })]
    [InlineData(1, new[] { 3, 2, 3, 4 })]
    public void A_shift_moves_all_channels_alike_and_fills_what_comes_in(int most, int[] shape)
    {
        var size = shape.Aggregate(1, (product, extent) => product * extent);
        int[] spatial = [.. Enumerable.Repeat(1, 4 - shape.Length), .. shape[1..]];
        float[] sample = [.. Enumerable.Range(1, size).Select(i => (float)i)];
        var random = new CounterRandom(3, 1);
        var seen = new HashSet<(int, int, int)>();
        for (var draw = 0; draw < 400; draw++)
        {
            var result = new float[size];
            new RandomShift<float>(most, fill: -7).Apply(sample, shape, ref random, result);
            var offsets = from d in Reach(spatial[0]) from h in Reach(spatial[1]) from w in Reach(spatial[2]) where Shifted(sample, spatial, d, h, w).SequenceEqual(result) select (d, h, w);
            seen.UnionWith(offsets);
            offsets.ShouldNotBeEmpty();
        }

        seen.Count.ShouldBe(spatial.Aggregate(1, (product, extent) => product * Reach(extent).Count()));
        IEnumerable<int> Reach(int extent) => extent == 1 ? [0] : Enumerable.Range(-most, 2 * most + 1);
    }

    [Fact]
    public void No_reach_is_no_shift()
    {
        var random = new CounterRandom(1, 1);
        var result = new double[6];
        new RandomShift<double>(0).Apply([1, 2, 3, 4, 5, 6], [1, 2, 3], ref random, result);
        result.ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public void A_sample_depends_on_seed_and_epoch_and_nothing_else()
    {
        var data = new Dataset<float, int>(Enumerable.Range(0, 40 * 25).Select(i => i % 17 - 8f).ToArray(), Enumerable.Range(0, 40).Select(i => i % 3).ToArray(), 25);
        var reference = Epoch(data, batchSize: 40, shuffle: false, seed: 5, epoch: 2, threads: 1);
        foreach (var threads in new[] { 1, 2, 3 })
        {
            Epoch(data, batchSize: 7, shuffle: true, seed: 5, epoch: 2, threads).ShouldBe(reference);
            Epoch(data, batchSize: 40, shuffle: true, seed: 5, epoch: 2, threads).ShouldBe(reference);
        }

        Epoch(data, batchSize: 7, shuffle: true, seed: 5, epoch: 3, threads: 1).ShouldNotBe(reference);
        Epoch(data, batchSize: 7, shuffle: true, seed: 6, epoch: 2, threads: 1).ShouldNotBe(reference);
    }

    [Fact]
    public void What_can_not_be_shifted_is_rejected()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new RandomShift<float>(-1)).Message.ShouldStartWith("Expected a number of elements");
        Should.Throw<ArgumentException>(() => new RandomShift<float>(1).Check([784])).Message.ShouldContain("these are [784]: give the network such an [Input]");
    }

    // The changed samples, each under the label that tells which it is.
    private static string[] Epoch(Dataset<float, int> data, int batchSize, bool shuffle, ulong seed, ulong epoch, int threads)
    {
        var before = WorkerPool.Threads;
        WorkerPool.Threads = threads;
        try
        {
            var numbered = new Dataset<float, int>(Enumerable.Range(0, data.Count).SelectMany(i => data.Input(i).ToArray()).ToArray(), Enumerable.Range(0, data.Count).ToArray(), data.InputSize);
            var source = new BatchSource<float, int>(numbered, batchSize, shuffle, dropLast: false, new RandomShift<float>(1), [1, 5, 5]);
            source.Begin(seed, epoch);
            var samples = new string[data.Count];
            for (var batch = 0; batch < source.Batches; batch++)
            {
                var count = source.Get(batch, out var x, out var target);
                for (var i = 0; i < count; i++)
                    samples[target[i]] = string.Join(' ', x.Slice(i * 25, 25).ToArray());
            }

            return samples;
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    private static float[] Shifted(float[] sample, int[] size, int down, int below, int right)
    {
        var result = new float[sample.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var (channel, d, h, w) = (i / (size[0] * size[1] * size[2]), i / (size[1] * size[2]) % size[0] - down, i / size[2] % size[1] - below, i % size[2] - right);
            var inside = d >= 0 && d < size[0] && h >= 0 && h < size[1] && w >= 0 && w < size[2];
            result[i] = inside ? sample[((channel * size[0] + d) * size[1] + h) * size[2] + w] : -7;
        }

        return result;
    }
}
