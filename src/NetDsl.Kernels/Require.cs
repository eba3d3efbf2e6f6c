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

    /// <summary>A tensor's extents are not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Shape(int outer, int axis, int inner)
    {
        if ((outer | axis | inner) < 0)
            ThrowShape(outer, axis, inner);
    }

    /// <summary>A span has rows·columns elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Length(int length, int rows, int columns, string name)
    {
        if (length != (long)rows * columns)
            ThrowLength(length, rows, columns, name);
    }

    /// <summary>A span has outer·axis·inner elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Length(int length, int outer, int axis, int inner, string name)
    {
        // In doubles no product wraps round to a length that fits, and those that fit are exact.
        if (length != (double)outer * axis * inner)
            ThrowLength(length, outer, axis, inner, name);
    }

    /// <summary>A span is empty or has rows·columns elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LengthOrEmpty(int length, int rows, int columns, string name)
    {
        if (length != 0)
            Length(length, rows, columns, name);
    }

    /// <summary>Rows that begin <paramref name="stride"/> elements apart neither overlap nor leave the span.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Strided(int length, int rows, int columns, int stride, string name)
    {
        if (stride < columns)
            ThrowStride(columns, stride, name);
        if (rows > 0 && length < (long)(rows - 1) * stride + columns)
            ThrowStrided(length, rows, columns, stride, name);
    }

    /// <summary>An ε under the root of a variance is not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Epsilon(double eps)
    {
        if (!(eps >= 0))
            ThrowEpsilon(eps);
    }

    [DoesNotReturn]
    private static void ThrowShape(int rows, int columns) =>
        throw new ArgumentOutOfRangeException(null, $"The shape is {rows}×{columns}; give rows and columns of at least 0.");

    [DoesNotReturn]
    private static void ThrowShape(int outer, int axis, int inner) =>
        throw new ArgumentOutOfRangeException(null, $"The shape is {outer}×{axis}×{inner}; give extents of at least 0.");

    [DoesNotReturn]
    private static void ThrowLength(int length, int rows, int columns, string name) =>
        throw new ArgumentException($"{name} has {length} elements, but {rows}×{columns} = {(long)rows * columns} are expected; slice it to that length.", name);

    [DoesNotReturn]
    private static void ThrowLength(int length, int outer, int axis, int inner, string name) =>
        throw new ArgumentException($"{name} has {length} elements, but {outer}×{axis}×{inner} = {(Int128)outer * axis * inner} are expected; slice it to that length.", name);

    [DoesNotReturn]
    private static void ThrowStride(int columns, int stride, string name) =>
        throw new ArgumentOutOfRangeException($"{name}Stride", stride, $"The rows of {name} overlap; give a stride of at least its {columns} columns.");

    [DoesNotReturn]
    private static void ThrowStrided(int length, int rows, int columns, int stride, string name) =>
        throw new ArgumentException(
            $"{name} has {length} elements, but {rows} rows of {columns} columns with a stride of {stride} reach to {(long)(rows - 1) * stride + columns}; give a longer span.", name);

    [DoesNotReturn]
    private static void ThrowEpsilon(double eps) =>
        throw new ArgumentOutOfRangeException(nameof(eps), eps, "ε stands under the root with a variance; give a number of at least 0, say 1e-5.");
}
