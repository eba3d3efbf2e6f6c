using System.Diagnostics;

namespace NetDsl;

/// <summary>Adds up losses and time of one epoch.</summary>
internal struct EpochMeter()
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private double _lossSum;
    private long _samples;

    public double BatchLoss { get; private set; }

    public readonly double Loss => _lossSum / _samples;

    public readonly double Seconds => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    public readonly double SamplesPerSecond(double seconds) => _samples / Math.Max(seconds, 1e-9);

    public void Add(double loss, int samples)
    {
        BatchLoss = loss;
        _lossSum += loss * samples;
        _samples += samples;
    }
}
