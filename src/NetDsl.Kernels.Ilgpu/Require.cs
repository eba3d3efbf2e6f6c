namespace NetDsl.Kernels.Ilgpu;

/// <summary>Argument checks of the public entries.</summary>
internal static class Require
{
    /// <summary>A view has rows·columns elements.</summary>
    public static void Length(long length, int rows, int columns, string name)
    {
        if (length != (long)rows * columns)
            throw new ArgumentException($"{name} has {length} elements; expected {(long)rows * columns}: {rows} × {columns}.", name);
    }

    /// <summary>A view has rows·columns elements, or none.</summary>
    public static void LengthOrEmpty(long length, int rows, int columns, string name)
    {
        if (length != 0)
            Length(length, rows, columns, name);
    }
}
