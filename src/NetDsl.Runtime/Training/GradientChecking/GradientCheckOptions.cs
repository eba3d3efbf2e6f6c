namespace NetDsl;

/// <summary>How thoroughly gradients are checked.</summary>
public sealed record GradientCheckOptions
{
    /// <summary>Seed of the sample of elements and of the dropout masks.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Elements checked of each tensor; of larger ones, a sample drawn from the seed.</summary>
    public int MaxElements { get; init; } = 64;

    /// <summary>Whether dropout and its like are active, with the same masks in every pass.</summary>
    public bool Training { get; init; } = true;

    /// <summary>Whether the gradient with respect to the batch is checked too.</summary>
    public bool CheckInput { get; init; } = true;

    /// <summary>Change of an element of magnitude up to 1, larger ones in proportion; null for 1e-4 in double and 1e-2 in float.</summary>
    public double? Step { get; init; }

    /// <summary>Largest error that passes, relative to the tensor's largest gradient; null for 1e-6 in double and 1e-2 in float.</summary>
    public double? Tolerance { get; init; }
}
