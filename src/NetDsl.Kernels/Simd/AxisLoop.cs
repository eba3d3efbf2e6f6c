using System.Runtime.CompilerServices;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Simd;

/// <summary>What happens along one axis of a tensor [outer × axis × inner], once for each position of the others.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface IAxisBody<T>
    where T : unmanaged
{
    /// <summary>Works on a contiguous axis, the elements [start, start + length): inner is 1.</summary>
    void Row(int start, int length);

    /// <summary>Works on the axis of <c>V.Count</c> neighbouring inner positions at once: the vectors at start, start + inner, … before end.</summary>
    void Lane<V>(int start, int end, int inner)
        where V : struct, ISimd<V, T>;
}

/// <summary>The loop driver that kernels along an axis share.</summary>
internal static class AxisLoop
{
    /// <summary>Runs <paramref name="body"/> once for each of the outer·inner positions; the outer ones are shared between threads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T, TBody>(int outer, int axis, int inner, TBody body)
        where T : unmanaged
        where TBody : struct, IAxisBody<T>, allows ref struct
    {
        var tasks = Chunks.Count((long)outer * axis * inner, outer);
        WorkerPool.Run(tasks, new Body<T, TBody>(tasks, outer, axis, inner, body));
    }

    private readonly ref struct Body<T, TBody>(int tasks, int outer, int axis, int inner, TBody body) : IParallelBody, ILaneBody<T>
        where T : unmanaged
        where TBody : struct, IAxisBody<T>, allows ref struct
    {
        private readonly int _tasks = tasks;
        private readonly int _outer = outer;
        private readonly int _axis = axis;
        private readonly int _inner = inner;
        private readonly TBody _body = body;

        public void Execute(int task)
        {
            var (start, end) = (Chunks.Start(task, _tasks, _outer), Chunks.Start(task + 1, _tasks, _outer));
            if (_inner != 1)
            {
                Lanes.Run<T, Body<T, TBody>>(start, end, 0, _inner, in this);
                return;
            }
            // Copied once: a call on the read-only field would copy it each time.
            var body = _body;
            var axis = _axis;
            for (var row = start; row < end; row++)
                body.Row(row * axis, axis);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(int row, int column)
            where V : struct, ISimd<V, T>
        {
            var start = row * _axis * _inner + column;
            _body.Lane<V>(start, start + _axis * _inner, _inner);
        }
    }
}
