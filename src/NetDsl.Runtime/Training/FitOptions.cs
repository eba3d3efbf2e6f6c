using System.Numerics;

namespace NetDsl;

/// <summary>How a training run goes.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="TTarget"><see cref="int"/> for class labels, else <typeparamref name="T"/>.</typeparam>
public sealed record FitOptions<T, TTarget>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TTarget : unmanaged
{
    /// <summary>Passes over the data, at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples for each step, at least 1; the last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Whether every epoch has an order of its own, drawn from the seed and the epoch's number.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether a last batch with fewer samples is left out.</summary>
    public bool DropLastBatch { get; init; }

    /// <summary>Seed of the orders, of the augmentation and of the dropout masks: the same seed gives the same bits, whatever the number of threads.</summary>
    public ulong Seed { get; init; }

    /// <summary>Changes the samples of every batch at random, such as <see cref="RandomShift{T}"/>; validation sees them as they are.</summary>
    public IAugmentation<T>? Augmentation { get; init; }

    /// <summary>Evaluated after every epoch.</summary>
    public Dataset<T, TTarget>? Validation { get; init; }

    /// <summary>Called after every batch; false ends the run.</summary>
    public Func<FitProgress, bool>? OnBatch { get; init; }

    /// <summary>Called after every epoch and its validation; false ends the run, as early stopping does.</summary>
    public Func<FitProgress, bool>? OnEpoch { get; init; }

    /// <summary>Ends the run after the current batch; <see cref="History.Outcome"/> tells so.</summary>
    public CancellationToken CancellationToken { get; init; }
}
