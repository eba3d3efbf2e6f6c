using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Normalization;

/// <summary>What happens to neighbouring columns of a matrix, each on its own.</summary>
internal interface IFeatureBody
{
    /// <summary>Works on the columns [start, end), at most <see cref="FeatureLoop.TileColumns"/>.</summary>
    void Tile(int start, int end);
}

/// <summary>The loop driver of kernels that reduce the columns of a matrix. A tile's rows are long enough to be read in a stream.</summary>
internal static class FeatureLoop
{
    /// <summary>Columns of a tile, so that what is kept of each finds room on the stack.</summary>
    public const int TileColumns = 256;

    // Columns are shared in whole cache lines, so that no vector is cut and no two threads write to one line.
    private const int ColumnUnit = 16;

    /// <summary>Runs <paramref name="body"/> on all columns, which are shared between threads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TBody>(int rows, int columns, TBody body)
        where TBody : struct, IFeatureBody, allows ref struct
    {
        var units = (int)(((long)columns + ColumnUnit - 1) / ColumnUnit);
        var tasks = Chunks.Count((long)rows * columns, units);
        WorkerPool.Run(tasks, new Body<TBody>(tasks, units, columns, body));
    }

    private readonly ref struct Body<TBody>(int tasks, int units, int columns, TBody body) : IParallelBody
        where TBody : struct, IFeatureBody, allows ref struct
    {
        private readonly int _tasks = tasks;
        private readonly int _units = units;
        private readonly int _columns = columns;
        private readonly TBody _body = body;

        public void Execute(int task)
        {
            var end = (int)Math.Min((long)Chunks.Start(task + 1, _tasks, _units) * ColumnUnit, _columns);
            for (var start = Chunks.Start(task, _tasks, _units) * ColumnUnit; start < end; start += TileColumns)
                _body.Tile(start, Math.Min(start + TileColumns, end));
        }
    }
}
