namespace NetDsl.Kernels.Ilgpu;

/// <summary>
/// What happens to each element of a result before it is stored: y[row, column] = f(value, row, column). The scalar form of <see cref="NetDsl.Kernels.IEpilogue{T}"/>,
/// with views of device memory in place of spans; it runs in the registers of the thread that has computed the element.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IEpilogue<T>
    where T : unmanaged
{
    /// <summary>Maps one element; called exactly once for each.</summary>
    /// <param name="value">The element.</param>
    /// <param name="row">Its row, usually the sample.</param>
    /// <param name="column">Its column, usually the feature.</param>
    T Apply(T value, int row, int column);
}

/// <summary>Leaves every element as it is.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public readonly struct Store<T> : IEpilogue<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public T Apply(T value, int row, int column) => value;
}
