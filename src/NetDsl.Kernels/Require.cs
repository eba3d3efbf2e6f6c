using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace NetDsl.Kernels;

/// <summary>Argument checks of the public entries; the throwing halves stand apart, so that the checks inline.</summary>
internal static class Require
{
    /// <summary>A matrix's rows and columns are not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Shape(int rows, int columns)
    {
        if ((rows | columns) < 0)
            ThrowShape(rows, columns);
    }

    /// <summary>A span has rows·columns elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Length(int length, int rows, int columns, string name)
    {
        if (length != (long)rows * columns)
            ThrowLength(length, rows, columns, name);
    }

    /// <summary>A span is empty or has rows·columns elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LengthOrEmpty(int length, int rows, int columns, string name)
    {
        if (length != 0)
            Length(length, rows, columns, name);
    }

    [DoesNotReturn]
    private static void ThrowShape(int rows, int columns) =>
        throw new ArgumentOutOfRangeException(null, $"The shape is {rows}×{columns}; give rows and columns of at least 0.");

    [DoesNotReturn]
    private static void ThrowLength(int length, int rows, int columns, string name) =>
        throw new ArgumentException($"{name} has {length} elements, but {rows}×{columns} = {(long)rows * columns} are expected; slice it to that length.", name);
}
