using System.Runtime.CompilerServices;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels;

/// <summary>A linear map along each axis of every channel. Made once for each shape.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed unsafe class Resampling<T>
    where T : unmanaged
{
    private readonly int _channels;
    private readonly AxisMap<T> _depth;
    private readonly AxisMap<T> _height;
    private readonly AxisMap<T> _width;

    public Resampling(int channels, AxisMap<T> depth, AxisMap<T> height, AxisMap<T> width)
    {
        if (channels < 1)
            throw new ArgumentException($"The upsampling has {channels} channels; at least 1 is needed.");
        (_channels, _depth, _height, _width) = (channels, depth, height, width);
    }

    private int Size => _depth.Size * _height.Size * _width.Size;

    private int ResultSize => _depth.Results * _height.Results * _width.Results;

    /// <summary>The map back.</summary>
    public Resampling<T> Transposed() => new(_channels, _depth.Transposed(), _height.Transposed(), _width.Transposed());

    /// <summary>y = e(map of x).</summary>
    public void Run<TEpilogue>(ReadOnlySpan<T> x, string xName, Span<T> y, string yName, int samples, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        Require.Shape(samples, samples);
        Require.Length(x.Length, samples, _channels, Size, xName);
        Require.Length(y.Length, samples, _channels, ResultSize, yName);
        var units = samples * _channels;
        var tasks = Chunks.Count(Math.Max(x.Length, y.Length), units);
        fixed (T* from = x, to = y)
            WorkerPool.Run(tasks, new Body<TEpilogue>(this, from, to, units, tasks, epilogue));
    }

    /// <summary>Lines of results: the lines of the input that have a share in one are added up by vectors, then each result takes its elements of the sum.</summary>
    private readonly ref struct Body<TEpilogue>(Resampling<T> map, T* x, T* y, int units, int tasks, TEpilogue epilogue) : IParallelBody
        where TEpilogue : struct, IEpilogue<T>, allows ref struct
    {
        private readonly T* _x = x;
        private readonly T* _y = y;
        private readonly TEpilogue _epilogue = epilogue;

        public void Execute(int task)
        {
            var (size, width) = (map._width.Size, map._width.Results);
            var sum = PackBuffer.Rent<T>(PackBuffer.Use.Sums, size);
            var line = PackBuffer.Rent<T>(PackBuffer.Use.Lines, width);
            var last = Chunks.Start(task + 1, tasks, units);
            for (var unit = Chunks.Start(task, tasks, units); unit < last; unit++)
            {
                for (var result = 0; result < map._depth.Results * map._height.Results; result++)
                {
                    var across = new Across(map, _x + (nint)unit * map.Size, sum, result);
                    Lanes.Run<T, Across>(0, 1, 0, size, in across);
                    Along(map._width, sum, line);
                    Kernels.Sums.Finish(line, width, _y, map.ResultSize, unit, 1, result * width, width, _epilogue);
                }
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static void Along(AxisMap<T> map, T* line, T* results)
        {
            var starts = map.Starts.Entries;
            var sources = map.Sources.Entries;
            var weights = map.Weights.Entries;
            for (var result = 0; result < map.Results; result++)
            {
                var sum = Simd1<T>.Zero;
                for (var i = starts[result]; i < starts[result + 1]; i++)
                    sum += Simd1<T>.Load(in weights[i]) * Simd1<T>.Load(in line[sources[i]]);
                sum.Store(ref results[result]);
            }
        }
    }

    /// <summary>A line's weighted sum over the lines of the input.</summary>
    private readonly struct Across(Resampling<T> map, T* x, T* sum, int result) : ILaneBody<T>
    {
        private readonly int _planeStart = map._depth.Starts[result / map._height.Results];
        private readonly int _planeEnd = map._depth.Starts[result / map._height.Results + 1];
        private readonly int _start = map._height.Starts[result % map._height.Results];
        private readonly int _end = map._height.Starts[result % map._height.Results + 1];
        private readonly int* _planes = map._depth.Sources.Entries;
        private readonly T* _planeWeights = map._depth.Weights.Entries;
        private readonly int* _lines = map._height.Sources.Entries;
        private readonly T* _lineWeights = map._height.Weights.Entries;
        private readonly int _height = map._height.Size;
        private readonly int _width = map._width.Size;
        private readonly T* _x = x;
        private readonly T* _sum = sum;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var sum = V.Zero;
            for (var plane = _planeStart; plane < _planeEnd; plane++)
            {
                var lines = _x + (nint)_planes[plane] * _height * _width + column;
                var weight = V.Create(_planeWeights[plane]);
                for (var i = _start; i < _end; i++)
                    sum += weight * V.Create(_lineWeights[i]) * V.Load(in lines[(nint)_lines[i] * _width]);
            }
            sum.Store(ref _sum[column]);
        }
    }
}
