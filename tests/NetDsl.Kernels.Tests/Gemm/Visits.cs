using System.Numerics;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels.Tests;

/// <summary>An epilogue that depends on the position and records where it was applied: y = value + 1000·row + column.</summary>
internal readonly ref struct Visits<T>(Span<int> visits, int columns) : IEpilogue<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Span<int> _visits = visits;
    private readonly int _columns = columns;

    public V Apply<V>(V value, int row, int column)
        where V : struct, ISimd<V, T>
    {
        (column + V.Count).ShouldBeLessThanOrEqualTo(_columns, "a vector crosses the end of its row");
        Span<T> positions = stackalloc T[V.Count];
        for (var lane = 0; lane < V.Count; lane++)
        {
            Interlocked.Increment(ref _visits[row * _columns + column + lane]);
            positions[lane] = Position(row, column + lane);
        }
        return value + V.Load(in positions[0]);
    }

    public static T Position(int row, int column) => T.CreateChecked(1000 * row + column);
}
