using System.Runtime.CompilerServices;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>Brings operands that are stored across into the order in which the micro-kernel reads them.</summary>
internal static unsafe class Packing
{
    /// <summary>Elements that are copied by one task; fewer are not worth a second thread.</summary>
    private const int TaskElements = 1 << 16;

    /// <summary>a, stored [k×m] → tiles [⌈m/MR⌉][k][MR]; rows beyond m hold anything.</summary>
    public static void Rows<T>(T* a, T* packed, int m, int k)
        where T : unmanaged
    {
        var body = new RowsBody<T> { A = a, Packed = packed, M = m, K = k };
        WorkerPool.Run(body.Tasks, body);
    }

    /// <summary>b, stored [n×k] → panels [⌈n/width⌉][k][width], the last one as wide as whole vectors need and filled up with zeros.</summary>
    public static void Panels<T>(T* b, T* packed, int n, int k, int width, int vector)
        where T : unmanaged
    {
        var body = new PanelsBody<T> { B = b, Packed = packed, N = n, K = k, Width = width, Vector = vector };
        WorkerPool.Run(body.Tasks, body);
    }

    /// <summary>The columns of an incomplete panel of b, stored [k×n], filled up with zeros: → [k][width].</summary>
    public static void Edge<T>(T* b, nint stride, T* packed, int k, int columns, int width)
        where T : unmanaged
    {
        for (var p = 0; p < k; p++, b += stride, packed += width)
        {
            Unsafe.CopyBlockUnaligned(packed, b, (uint)(columns * sizeof(T)));
            new Span<T>(packed + columns, width - columns).Clear();
        }
    }

    private struct RowsBody<T> : IParallelBody
        where T : unmanaged
    {
        public T* A;
        public T* Packed;
        public int M;
        public int K;

        private readonly int TaskRows =>
            Math.Max(1, TaskElements / Math.Max(1, K) / Blocking.TaskRows) * Blocking.TaskRows;

        public readonly int Tasks => Blocking.DivideUp(M, TaskRows);

        public readonly void Execute(int task)
        {
            var first = task * TaskRows;
            var last = Math.Min(M, first + TaskRows);
            for (var p = 0; p < K; p++)
            {
                var source = A + (nint)p * M;
                var destination = Packed + (nint)p * Blocking.TileRows;
                var i = first;
                for (; i + Blocking.TileRows <= last; i += Blocking.TileRows)
                    Unsafe.CopyBlockUnaligned(destination + (nint)i * K, source + i, (uint)(Blocking.TileRows * sizeof(T)));
                for (var rest = i; rest < last; rest++)
                    destination[(nint)i * K + rest - i] = source[rest];
            }
        }
    }

    private struct PanelsBody<T> : IParallelBody
        where T : unmanaged
    {
        public T* B;
        public T* Packed;
        public int N;
        public int K;
        public int Width;
        public int Vector;

        private readonly int TaskDepth => Math.Max(64, TaskElements / Width);

        private readonly int DepthTasks => Blocking.DivideUp(K, TaskDepth);

        public readonly int Tasks => Blocking.DivideUp(N, Width) * DepthTasks;

        public readonly void Execute(int task)
        {
            var column = task / DepthTasks * Width;
            var first = task % DepthTasks * TaskDepth;
            var depth = Math.Min(TaskDepth, K - first);
            var columns = Math.Min(Width, N - column);
            var width = Blocking.DivideUp(columns, Vector) * Vector;
            var panel = Packed + (nint)column * K + (nint)first * width;
            Turn.Block(B + (nint)column * K + first, K, panel, width, columns, depth);
            if (columns < width)
            {
                for (var p = 0; p < depth; p++)
                    new Span<T>(panel + (nint)p * width + columns, width - columns).Clear();
            }
        }
    }
}
