using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Losses;

/// <summary>Soft targets: Gaussians in place of single classes, points and pixels, so that a near miss costs less than a far one.</summary>
public static partial class Targets
{
    /// <summary>target[r, k] ∝ exp(−(k − label_r)²/(2·σ²)), each row with the sum 1: for classes that are in order.</summary>
    /// <param name="labels">Labels [rows].</param>
    /// <param name="target">Receives the distributions [rows × classes].</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="sigma">σ, in classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">σ is not above 0, or a label is outside [0, classes); nothing was written.</exception>
    /// <exception cref="ArgumentException">The target's length does not fit.</exception>
    public static void GaussianLabels<T>(ReadOnlySpan<int> labels, Span<T> target, int classes, double sigma)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require.Shape(labels.Length, classes);
        Require.Length(target.Length, labels.Length, classes, nameof(target));
        CheckSigma(sigma);
        for (var row = 0; row < labels.Length; row++)
        {
            if ((uint)labels[row] >= (uint)classes)
                ThrowLabel(row, labels[row], classes);
        }
        var tasks = Chunks.Count(target.Length, labels.Length);
        WorkerPool.Run(tasks, new LabelsBody<T>(labels, target, classes, 1 / sigma, tasks));
    }

    /// <summary>maps[n, i, j] = exp(−((i − row_n)² + (j − column_n)²)/(2·σ²)): a bump of height 1 at each centre.</summary>
    /// <param name="centres">Row and column of each centre [n × 2], in pixels from the first one; fractions and places outside are fine.</param>
    /// <param name="maps">Receives the maps [n × height × width].</param>
    /// <param name="height">Rows of a map.</param>
    /// <param name="width">Columns of a map.</param>
    /// <param name="sigma">σ, in pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">σ is not above 0.</exception>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void GaussianHeatmap<T>(ReadOnlySpan<T> centres, Span<T> maps, int height, int width, double sigma)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var count = centres.Length / 2;
        Require.Length(centres.Length, count, 2, nameof(centres));
        Require.Shape(count, height, width);
        Require.Length(maps.Length, count, height, width, nameof(maps));
        CheckSigma(sigma);
        var tasks = Chunks.Count(maps.Length, count);
        WorkerPool.Run(tasks, new HeatmapBody<T>(centres, maps, height, width, 1 / sigma, tasks));
    }

    private static void CheckSigma(double sigma)
    {
        if (!(sigma > 0 && double.IsFinite(sigma)))
            ThrowSigma(sigma);
    }

    [DoesNotReturn]
    private static void ThrowSigma(double sigma) =>
        throw new ArgumentOutOfRangeException(nameof(sigma), sigma, "σ is a standard deviation, a finite number above 0.");

    [DoesNotReturn]
    private static void ThrowLabel(int row, int label, int classes) =>
        throw new ArgumentOutOfRangeException("labels", label, $"Row {row} has label {label}, but with {classes} classes labels are 0 … {classes - 1}; correct the label.");

    /// <summary>exp(−½·((column − mean)² + square)) with lengths in units of σ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Bell<V, T>(int column, V mean, V inverseSigma, V square)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var distance = (ColumnNumbers.From<V, T>(column) - mean) * inverseSigma;
        return V.Exp(V.Create(-0.5) * V.FusedMultiplyAdd(distance, distance, square));
    }

    private readonly ref struct LabelsBody<T>(ReadOnlySpan<int> labels, Span<T> target, int classes, double inverseSigma, int tasks) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<int> _labels = labels;
        private readonly Span<T> _target = target;
        private readonly int _classes = classes;
        private readonly double _inverseSigma = inverseSigma;
        private readonly int _tasks = tasks;

        public void Execute(int task)
        {
            var end = Chunks.Start(task + 1, _tasks, _labels.Length);
            for (var row = Chunks.Start(task, _tasks, _labels.Length); row < end; row++)
            {
                var target = _target.Slice(row * _classes, _classes);
                var term = new LabelTerm<T>(target, _labels[row], T.CreateTruncating(_inverseSigma));
                var sum = Lanes.Sum<T, LabelTerm<T>>(0, 1, 0, _classes, in term);
                Pass.Apply<T, ScaleEpilogue<T>>(target, target, 1, _classes, new ScaleEpilogue<T>(T.CreateTruncating(1 / sum)));
            }
        }
    }

    /// <summary>The entries of one row before they are normalised; they are written on the way.</summary>
    private readonly ref struct LabelTerm<T>(Span<T> target, int label, T inverseSigma) : ILaneTerm<T>
        where T : unmanaged
    {
        private readonly Span<T> _target = target;
        private readonly int _label = label;
        private readonly T _inverseSigma = inverseSigma;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var value = Bell<V, T>(column, V.Create((double)_label), V.Create(_inverseSigma), V.Zero);
            value.Store(_target, column);
            return value;
        }
    }

    private readonly struct ScaleEpilogue<T>(T factor) : IEpilogue<T>
        where T : unmanaged
    {
        private readonly T _factor = factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V value, int row, int column)
            where V : struct, ISimd<V, T>
            => value * V.Create(_factor);
    }

    private readonly ref struct HeatmapBody<T>(ReadOnlySpan<T> centres, Span<T> maps, int height, int width, double inverseSigma, int tasks) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _centres = centres;
        private readonly Span<T> _maps = maps;
        private readonly int _height = height;
        private readonly int _width = width;
        private readonly double _inverseSigma = inverseSigma;
        private readonly int _tasks = tasks;

        public void Execute(int task)
        {
            var (count, size) = (_centres.Length / 2, _height * _width);
            var end = Chunks.Start(task + 1, _tasks, count);
            for (var map = Chunks.Start(task, _tasks, count); map < end; map++)
            {
                var body = new MapBody<T>(_maps.Slice(map * size, size), _width, _centres[2 * map], _centres[2 * map + 1], T.CreateTruncating(_inverseSigma));
                Lanes.Run<T, MapBody<T>>(0, _height, 0, _width, in body);
            }
        }
    }

    private readonly ref struct MapBody<T>(Span<T> map, int width, T row, T column, T inverseSigma) : ILaneBody<T>
        where T : unmanaged
    {
        private readonly Span<T> _map = map;
        private readonly int _width = width;
        private readonly T _row = row;
        private readonly T _column = column;
        private readonly T _inverseSigma = inverseSigma;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var inverseSigma = V.Create(_inverseSigma);
            var distance = (V.Create((double)row) - V.Create(_row)) * inverseSigma;
            Bell<V, T>(column, V.Create(_column), inverseSigma, distance * distance).Store(_map, row * _width + column);
        }
    }
}
