using System.Diagnostics;

namespace NetDsl.Benchmarks;

/// <summary>Seconds of one call: median and minimum over samples, each of enough calls for the clock.</summary>
internal sealed record Timing(double MedianSeconds, double MinSeconds, int Repetitions, double AllocatedBytes)
{
    private const double SampleSeconds = 20e-6;

    public static Timing Measure(Action call, double seconds)
    {
        // Long enough for the JIT's last tier, which comes in the background.
        var warmUp = Stopwatch.StartNew();
        var warmUpCalls = 0;
        while (warmUp.Elapsed.TotalSeconds < Math.Max(1, seconds) || warmUpCalls < 40)
        {
            call();
            warmUpCalls++;
        }

        var calls = Math.Max(1, (int)(SampleSeconds * warmUpCalls / warmUp.Elapsed.TotalSeconds));
        var samples = new List<double>(1 << 16);
        var begin = Stopwatch.GetTimestamp();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        while ((Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds || samples.Count < 15) && samples.Count < samples.Capacity)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
                call();
            samples.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / calls);
        }

        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        var count = samples.Count;
        samples.Sort();
        return new Timing(samples[count / 2], samples[0], count * calls, (double)allocated / ((long)count * calls));
    }
}
