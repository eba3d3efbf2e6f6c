namespace NetDsl;

/// <summary>dW = dzᵀ·x by its factors.</summary>
/// <param name="dz">rows×outputs.</param>
/// <param name="x">rows×inputs.</param>
/// <param name="rows">The batch.</param>
/// <param name="outputs">Features out.</param>
/// <param name="inputs">Features in.</param>
internal readonly ref struct DenseGradient<T>(ReadOnlySpan<T> dz, ReadOnlySpan<T> x, int rows, int outputs, int inputs)
    where T : unmanaged
{
    public ReadOnlySpan<T> Dz { get; } = dz;

    public ReadOnlySpan<T> X { get; } = x;

    public int Rows { get; } = rows;

    public int Outputs { get; } = outputs;

    public int Inputs { get; } = inputs;
}
