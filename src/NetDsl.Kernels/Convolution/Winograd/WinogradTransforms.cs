using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>The small linear maps of F(2×2, 3×3), for a vector of tiles or of pairs of channels at once. The 16 elements of a transformed tile stand a stride apart.</summary>
internal static unsafe class WinogradTransforms
{
    /// <summary>Bᵀ·d·B of 4×4 elements: column j of line i stands at lines[i, j mod 2][j / 2].</summary>
    /// <param name="lines">Four lines, each of even columns and then, after <paramref name="half"/> elements, of odd ones.</param>
    /// <param name="half">From the even columns of a line to its odd ones, and from these to the next line.</param>
    /// <param name="to">Takes the result.</param>
    /// <param name="stride">From element to element of the result.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<T, V>(T* lines, nint half, T* to, nint stride)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        Differences<T, V>(lines, half, out var e0, out var e1, out var e2, out var e3);
        Differences<T, V>(lines + half, half, out var o0, out var o1, out var o2, out var o3);
        Differences<T, V>(lines + 1, half, out var f0, out var f1, out var f2, out var f3);
        Differences<T, V>(lines + half + 1, half, out var p0, out var p1, out var p2, out var p3);
        InputLine<T, V>(e0, o0, f0, p0, to, stride);
        InputLine<T, V>(e1, o1, f1, p1, to + 4 * stride, stride);
        InputLine<T, V>(e2, o2, f2, p2, to + 8 * stride, stride);
        InputLine<T, V>(e3, o3, f3, p3, to + 12 * stride, stride);
    }

    /// <summary>Aᵀ·m·A of 4×4 elements: 2×2 results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Result<T, V>(T* from, nint stride, out V y00, out V y01, out V y10, out V y11)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        Sums<T, V>(from, stride, out var a0, out var b0);
        Sums<T, V>(from + stride, stride, out var a1, out var b1);
        Sums<T, V>(from + 2 * stride, stride, out var a2, out var b2);
        Sums<T, V>(from + 3 * stride, stride, out var a3, out var b3);
        y00 = a0 + a1 + a2;
        y01 = a1 - a2 - a3;
        y10 = b0 + b1 + b2;
        y11 = b1 - b2 - b3;
    }

    /// <summary>A·dy·Aᵀ of 2×2 gradients: the gradient of what <see cref="Result{T,V}"/> reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ResultGradient<T, V>(V d00, V d01, V d10, V d11, T* to, nint stride)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        ResultGradientLine<T, V>(d00, d01, to, stride);
        ResultGradientLine<T, V>(d00 + d10, d01 + d11, to + 4 * stride, stride);
        ResultGradientLine<T, V>(d00 - d10, d01 - d11, to + 8 * stride, stride);
        ResultGradientLine<T, V>(-d10, -d11, to + 12 * stride, stride);
    }

    /// <summary>G·g·Gᵀ of 3×3 weights, the elements of which stand <paramref name="step"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weight<T, V>(T* g, nint step, T* to, nint stride)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var half = V.Create(0.5);
        WeightColumn<T, V>(g, 3 * step, half, out var a0, out var a1, out var a2, out var a3);
        WeightColumn<T, V>(g + step, 3 * step, half, out var b0, out var b1, out var b2, out var b3);
        WeightColumn<T, V>(g + 2 * step, 3 * step, half, out var c0, out var c1, out var c2, out var c3);
        WeightLine<T, V>(a0, b0, c0, half, to, stride);
        WeightLine<T, V>(a1, b1, c1, half, to + 4 * stride, stride);
        WeightLine<T, V>(a2, b2, c2, half, to + 8 * stride, stride);
        WeightLine<T, V>(a3, b3, c3, half, to + 12 * stride, stride);
    }

    /// <summary>Gᵀ·du·G of 4×4 gradients: those of 3×3 weights, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient<T, V>(T* from, nint stride, T* to, nint step)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var half = V.Create(0.5);
        Halves<T, V>(from, 4 * stride, half, out var a0, out var a1, out var a2);
        Halves<T, V>(from + stride, 4 * stride, half, out var b0, out var b1, out var b2);
        Halves<T, V>(from + 2 * stride, 4 * stride, half, out var c0, out var c1, out var c2);
        Halves<T, V>(from + 3 * stride, 4 * stride, half, out var d0, out var d1, out var d2);
        HalvesLine<T, V>(a0, b0, c0, d0, half, to, step);
        HalvesLine<T, V>(a1, b1, c1, d1, half, to + 3 * step, step);
        HalvesLine<T, V>(a2, b2, c2, d2, half, to + 6 * step, step);
    }

    // Bᵀ: d0 − d2, d1 + d2, d2 − d1, d1 − d3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Differences<T, V>(T* lines, nint half, out V t0, out V t1, out V t2, out V t3)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var (d0, d1, d2, d3) = (V.Load(in *lines), V.Load(in lines[2 * half]), V.Load(in lines[4 * half]), V.Load(in lines[6 * half]));
        t0 = d0 - d2;
        t1 = d1 + d2;
        t2 = d2 - d1;
        t3 = d1 - d3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputLine<T, V>(V d0, V d1, V d2, V d3, T* to, nint stride)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        (d0 - d2).Store(ref *to);
        (d1 + d2).Store(ref to[stride]);
        (d2 - d1).Store(ref to[2 * stride]);
        (d1 - d3).Store(ref to[3 * stride]);
    }

    // Aᵀ along the lines: m0 + m1 + m2, m1 − m2 − m3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sums<T, V>(T* from, nint stride, out V a, out V b)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var (m1, m2) = (V.Load(in from[4 * stride]), V.Load(in from[8 * stride]));
        a = V.Load(in *from) + m1 + m2;
        b = m1 - m2 - V.Load(in from[12 * stride]);
    }

    // A: d0, d0 + d1, d0 − d1, −d1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ResultGradientLine<T, V>(V d0, V d1, T* to, nint stride)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        d0.Store(ref *to);
        (d0 + d1).Store(ref to[stride]);
        (d0 - d1).Store(ref to[2 * stride]);
        (-d1).Store(ref to[3 * stride]);
    }

    // G: g0, ½(g0 + g2 + g1), ½(g0 + g2 − g1), g2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightColumn<T, V>(T* g, nint line, V half, out V h0, out V h1, out V h2, out V h3)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var g1 = V.Load(in g[line]) * half;
        (h0, h3) = (V.Load(in *g), V.Load(in g[2 * line]));
        var outer = (h0 + h3) * half;
        (h1, h2) = (outer + g1, outer - g1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightLine<T, V>(V g0, V g1, V g2, V half, T* to, nint stride)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var outer = (g0 + g2) * half;
        var inner = g1 * half;
        g0.Store(ref *to);
        (outer + inner).Store(ref to[stride]);
        (outer - inner).Store(ref to[2 * stride]);
        g2.Store(ref to[3 * stride]);
    }

    // Gᵀ: u0 + ½(u1 + u2), ½(u1 − u2), ½(u1 + u2) + u3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves<T, V>(T* from, nint line, V half, out V a0, out V a1, out V a2)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var (u1, u2) = (V.Load(in from[line]), V.Load(in from[2 * line]));
        var sum = (u1 + u2) * half;
        a0 = V.Load(in *from) + sum;
        a1 = (u1 - u2) * half;
        a2 = sum + V.Load(in from[3 * line]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void HalvesLine<T, V>(V u0, V u1, V u2, V u3, V half, T* to, nint step)
        where T : unmanaged
        where V : struct, ISimd<V, T>
    {
        var sum = (u1 + u2) * half;
        (u0 + sum).Store(ref *to);
        ((u1 - u2) * half).Store(ref to[step]);
        (sum + u3).Store(ref to[2 * step]);
    }
}
