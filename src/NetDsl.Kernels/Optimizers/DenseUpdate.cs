using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Optimizers;

/// <summary>
/// One step of an optimiser over the weights of a fully connected layer, together with the product that makes their gradient: dW = dzᵀ·x never
/// reaches memory. The bits are those of <see cref="Dense.BackwardWeight"/> and <see cref="Update.Run"/> after it.
/// </summary>
public static unsafe class DenseUpdate
{
    /// <summary>Whether a batch of so many rows, at least 1, is one block of the product, whose sums are complete in the registers: up to 1024 floats or 512 doubles.</summary>
    public static bool Covers<T>(int rows)
        where T : unmanaged => rows > 0 && Blocking.Depth<T>(rows) == rows;

    /// <summary>w ← rule(w, dzᵀ·x).</summary>
    /// <param name="dz">rows×outputs.</param>
    /// <param name="x">rows×inputs.</param>
    /// <param name="rows">The batch, one that <see cref="Covers{T}"/>.</param>
    /// <param name="outputs">Features out.</param>
    /// <param name="inputs">Features in.</param>
    /// <param name="w">Weights, outputs×inputs.</param>
    /// <param name="s1">First state, outputs×inputs; empty if the rule has none.</param>
    /// <param name="s2">Second state, outputs×inputs; empty if the rule has fewer than two.</param>
    /// <param name="rule">The rule.</param>
    /// <exception cref="ArgumentException">A span has another length than the sizes say.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch is empty or too large, or a size is negative.</exception>
    public static void Run<T, TRule>(
        ReadOnlySpan<T> dz, ReadOnlySpan<T> x, int rows, int outputs, int inputs, Span<T> w, Span<T> s1, Span<T> s2, TRule rule)
        where T : unmanaged
        where TRule : struct, IUpdateRule<T>
    {
        Require.Shape(outputs, inputs);
        if (!Covers<T>(rows))
            throw new ArgumentOutOfRangeException(nameof(rows), rows, "The batch is empty or has more rows than one block of the product: take Dense.BackwardWeight and Update.Run.");
        Require.Length(dz.Length, rows, outputs, nameof(dz));
        Require.Length(x.Length, rows, inputs, nameof(x));
        Require.Length(w.Length, outputs, inputs, nameof(w));
        if (TRule.StateCount > 0)
            Require.Length(s1.Length, outputs, inputs, nameof(s1));
        if (TRule.StateCount > 1)
            Require.Length(s2.Length, outputs, inputs, nameof(s2));
        if (w.IsEmpty)
            return;
        if (Vector512.IsHardwareAccelerated)
            Run<T, Simd512<T>, TRule>(dz, x, rows, outputs, inputs, w, s1, s2, rule);
        else if (Vector256.IsHardwareAccelerated)
            Run<T, Simd256<T>, TRule>(dz, x, rows, outputs, inputs, w, s1, s2, rule);
        else if (Vector128.IsHardwareAccelerated)
            Run<T, Simd128<T>, TRule>(dz, x, rows, outputs, inputs, w, s1, s2, rule);
        else
            Run<T, Simd1<T>, TRule>(dz, x, rows, outputs, inputs, w, s1, s2, rule);
    }

    /// <summary>The step with vectors of a given width; the lengths are right.</summary>
    internal static void Run<T, V, TRule>(
        ReadOnlySpan<T> dz, ReadOnlySpan<T> x, int rows, int outputs, int inputs, Span<T> w, Span<T> s1, Span<T> s2, TRule rule)
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TRule : struct, IUpdateRule<T>
    {
        var packed = PackBuffer.Rent<T>(PackBuffer.Use.A, (nint)rows * (outputs + Blocking.TileRows));
        fixed (T* dzPointer = dz, xPointer = x, wPointer = w, s1Pointer = s1, s2Pointer = s2)
        {
            Packing.Rows(dzPointer, packed, outputs, rows);
            var body = new Body<T, V, TRule>(packed, xPointer, rows, outputs, inputs, new(wPointer, s1Pointer, s2Pointer, rule));
            WorkerPool.Run(body.Tasks, body);
        }
    }

    /// <summary>The weights and their states at one place, and what a step does to them.</summary>
    private readonly struct Weights<T, TRule>(T* w, T* s1, T* s2, TRule rule)
        where T : unmanaged
        where TRule : struct, IUpdateRule<T>
    {
        private readonly T* _w = w;
        private readonly T* _s1 = s1;
        private readonly T* _s2 = s2;
        private readonly TRule _rule = rule;

        public Weights<T, TRule> At(nint offset) => new(_w + offset, _s1 + offset, _s2 + offset, _rule);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<V>(nint offset, V g)
            where V : struct, ISimd<V, T>
        {
            var w = V.Load(in _w[offset]);
            var s1 = TRule.StateCount > 0 ? V.Load(in _s1[offset]) : V.Zero;
            var s2 = TRule.StateCount > 1 ? V.Load(in _s2[offset]) : V.Zero;
            _rule.Apply(ref w, g, ref s1, ref s2);
            w.Store(ref _w[offset]);
            if (TRule.StateCount > 0)
                s1.Store(ref _s1[offset]);
            if (TRule.StateCount > 1)
                s2.Store(ref _s2[offset]);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Prefetch(nint offset)
        {
            Sse.Prefetch1(_w + offset);
            if (TRule.StateCount > 0)
                Sse.Prefetch1(_s1 + offset);
            if (TRule.StateCount > 1)
                Sse.Prefetch1(_s2 + offset);
        }
    }

    private readonly struct Body<T, V, TRule> : IParallelBody
        where T : unmanaged
        where V : struct, ISimd<V, T>
        where TRule : struct, IUpdateRule<T>
    {
        private readonly T* _dz;
        private readonly T* _x;
        private readonly int _k;
        private readonly int _m;
        private readonly int _n;
        private readonly int _width;
        private readonly int _taskRows;
        private readonly int _taskColumns;
        private readonly Weights<T, TRule> _weights;

        public Body(T* dz, T* x, int rows, int outputs, int inputs, Weights<T, TRule> weights)
        {
            _dz = dz;
            _x = x;
            _k = rows;
            _m = outputs;
            _n = inputs;
            _width = Blocking.TileVectors<T, V>() * V.Count;
            (_taskRows, _taskColumns) = Blocking.Task(_m, _n, _k, _width);
            _weights = weights;
        }

        public int Tasks => Blocking.DivideUp(_m, _taskRows) * Blocking.DivideUp(_n, _taskColumns);

        public void Execute(int task)
        {
            var tasksAcross = Blocking.DivideUp(_n, _taskColumns);
            var row = task / tasksAcross * _taskRows;
            var column = task % tasksAcross * _taskColumns;
            var end = Math.Min(row + _taskRows, _m);
            var lastColumn = Math.Min(column + _taskColumns, _n);

            var whole = lastColumn - (lastColumn - column) % V.Count;
            // Down the rows, panels side by side as far as their part of x stays in the L1 cache.
            var side = Math.Max(1, Blocking.L1Elements<T>() / (_k * _width)) * _width;
            for (; column < whole; column += side)
            {
                for (var i = row; i < end; i += Blocking.TileRows)
                {
                    for (var panel = column; panel < Math.Min(whole, column + side); panel += _width)
                        Tile(i, Math.Min(Blocking.TileRows, end - i), panel, Math.Min(_width, whole - panel) / V.Count);
                }
            }

            if (whole < lastColumn)
                Edge(row, end, whole, lastColumn - whole);
        }

        // Optimised at once, as the loops of all kernels: the first steps are what a short run consists of.
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Tile(int row, int rows, int column, int vectors)
        {
            var sums = stackalloc T[Blocking.TileRows * _width];
            var place = (nint)row * _n + column;
            Await(place + (nint)Blocking.TileRows * _n, rows, vectors);
            Multiply(row, rows, _x + column, _n, vectors, sums);
            Step(sums, place, rows, vectors);
        }

        // The last columns are fewer than a vector has.
        [SkipLocalsInit]
        private void Edge(int row, int end, int column, int columns)
        {
            var sums = stackalloc T[Blocking.TileRows * _width];
            var x = PackBuffer.Rent<T>(PackBuffer.Use.Edge, (nint)_k * V.Count);
            Packing.Edge(_x + column, _n, x, _k, columns, V.Count);
            for (var i = row; i < end; i += Blocking.TileRows)
            {
                var rows = Math.Min(Blocking.TileRows, end - i);
                Multiply(i, rows, x, V.Count, 1, sums);
                var body = new EdgeBody<T, TRule> { Sums = sums, Stride = _width, Weights = _weights.At((nint)i * _n + column), WeightStride = _n };
                Lanes.Run<T, EdgeBody<T, TRule>>(0, rows, 0, columns, ref body);
            }
        }

        // The tile waits in the L1 cache: repeated for each of its vectors, the rule would exceed what the JIT inlines into the micro-kernel.
        private void Multiply(int row, int rows, T* x, nint stride, int vectors, T* sums)
        {
            var sink = new SumSink<T>(sums, _width, add: false);
            MicroKernel.Run<T, V, OuterProduct<T>, SumSink<T>>(rows, vectors, _k, _dz + (nint)row * _k, 1, Blocking.TileRows, x, V.Count, stride, x, ref sink);
        }

        // In a method of its own, where the rule's numbers are in registers.
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private void Step(T* sums, nint place, int rows, int vectors)
        {
            var weights = _weights;
            var (n, width) = (_n, _width);
            for (var i = 0; i < rows; i++, place += n, sums += width)
            {
                weights.Step(place, V.Load(in *sums));
                if (vectors > 1)
                    weights.Step(place + V.Count, V.Load(in sums[V.Count]));
                if (vectors > 2)
                    weights.Step(place + 2 * V.Count, V.Load(in sums[2 * V.Count]));
                if (vectors > 3)
                    weights.Step(place + 3 * V.Count, V.Load(in sums[3 * V.Count]));
            }
        }

        // The lines that the tile below will change; they come while this one is computed. Below the last row there may be none: asking for them does nothing.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Await(nint place, int rows, int vectors)
        {
            if (!Sse.IsSupported)
                return;
            for (var i = 0; i < rows; i++, place += _n)
            {
                for (var v = 0; v < vectors; v++)
                    _weights.Prefetch(place + v * V.Count);
            }
        }
    }

    private struct EdgeBody<T, TRule> : ILaneBody<T>
        where T : unmanaged
        where TRule : struct, IUpdateRule<T>
    {
        public T* Sums;
        public nint Stride;
        public Weights<T, TRule> Weights;
        public nint WeightStride;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<V>(int row, int column)
            where V : struct, ISimd<V, T> =>
            Weights.Step(row * WeightStride + column, V.Load(in Sums[row * Stride + column]));
    }
}
