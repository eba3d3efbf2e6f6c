namespace NetDsl.Kernels.Ilgpu.Gemm;

/// <summary>A matrix product as the tiled kernel sees it: where its factors' elements lie, and where its result goes. Convolutions are products, too, whose
/// factors are read through index arithmetic (implicit GEMM).</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface IProduct<T>
    where T : unmanaged
{
    /// <summary>Whether neighbours in memory of the left factor are neighbours in k, and not in the row.</summary>
    static abstract bool LeftAlongDepth { get; }

    /// <summary>The same for the right factor: in k, and not in the column.</summary>
    static abstract bool RightAlongDepth { get; }

    /// <summary>Products side by side, each with rows, columns and a depth of its own; those of several ask <see cref="ProductShare"/> which one a thread works on.</summary>
    static virtual int Groups => 1;

    /// <summary>Rows of the result.</summary>
    int Rows { get; }

    /// <summary>Columns of the result.</summary>
    int Columns { get; }

    /// <summary>Length of the sums.</summary>
    int Depth { get; }

    /// <summary>Element of the left factor; the indices are within the bounds.</summary>
    T Left(int row, int k);

    /// <summary>Element of the right factor; the indices are within the bounds.</summary>
    T Right(int k, int column);

    /// <summary>Takes an element of the result; the indices are within the bounds.</summary>
    void Store(int row, int column, T sum);
}
