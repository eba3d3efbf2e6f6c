using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using NetDsl.Kernels.Simd;

namespace NetDsl.Kernels;

/// <summary>The sizes that cut a matrix product into pieces; all of them in this place.</summary>
/// <remarks>
/// A tile of c stays in registers, its rows of a stay in the L1 cache, and the panel of b that it streams stays in the L2 cache
/// (Goto and van de Geijn 2008, with the parts of a and b exchanged: rows are few, vectors are wide).
/// </remarks>
internal static class Blocking
{
    /// <summary>MR: rows of a tile.</summary>
    public const int TileRows = 6;

    /// <summary>Bytes of k in one block (KC): 1024 floats, so that a panel of b takes at most 256 KB.</summary>
    private const int DepthBytes = 4096;

    /// <summary>Rows of c in one task at most (MC): enough to reuse a panel of b, few enough to give work to many threads.</summary>
    public const int TaskRows = 16 * TileRows;

    /// <summary>Multiply-adds of one task, some 10 µs: handing it to another thread costs little beside them.</summary>
    private const long TaskWork = 1 << 19;

    /// <summary>Multiply-adds of the smallest task, some 5 µs: what a thread that is awake takes without loss.</summary>
    private const long LeastTaskWork = 1 << 18;

    /// <summary>Tasks for the sake of which tasks may be that small.</summary>
    private const int FewTasks = 4;

    /// <summary>Tasks from which on the blocks of a product need not be cut smaller for the sake of more threads.</summary>
    private const int EnoughTasks = 16;

    /// <summary>Multiply-adds of a matrix product that are one task in any case, some 40 µs.</summary>
    private const long UndividedWork = 1 << 21;

    /// <summary>Rows that are multiplied with a matrix in the time that reading it takes.</summary>
    private const int ReadingRows = 2;

    /// <summary>Elements that one task reads, some 5 µs from the L3 cache, and those that are one task in any case.</summary>
    private const int TaskReads = 1 << 16;

    private const int UndividedReads = 1 << 17;

    /// <summary>Bytes of a cache line.</summary>
    public const int LineBytes = 64;

    /// <summary>Half of the smallest L1 cache in use: what b may take beside a and c.</summary>
    private const int L1Bytes = 16 << 10;

    /// <summary>A usual L2 cache.</summary>
    private const int L2Bytes = 1 << 20;

    /// <summary>Elements of an operand that stay in the L1 cache from one use to the next.</summary>
    public static int L1Elements<T>() => L1Bytes / Unsafe.SizeOf<T>();

    /// <summary>Whether an operand of so many elements stays in the L1 cache from one use to the next.</summary>
    public static bool FitsL1<T>(long elements) => elements <= L1Elements<T>();

    /// <summary>Whether an operand of so many elements can be in the L2 cache when it is used.</summary>
    public static bool FitsL2<T>(long elements) => elements * Unsafe.SizeOf<T>() <= L2Bytes;

    /// <summary>NR in vectors: 24 accumulators where there are 32 registers, 12 where there are 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TileVectors<T, V>()
        where T : unmanaged
        where V : struct, ISimd<V, T> =>
        V.Count * Unsafe.SizeOf<T>() == 64 || AdvSimd.IsSupported ? 4 : 2;

    /// <summary>Length of the blocks of k: equal ones, none above the limit.</summary>
    public static int Depth<T>(int k)
    {
        var blocks = Math.Max(1, DivideUp(k, DepthBytes / Unsafe.SizeOf<T>()));
        return DivideUp(k, blocks);
    }

    /// <summary>
    /// How many rows and columns of c a task computes, so that tasks are long enough and panels are used often enough.
    /// It depends on the shape alone, never on the number of threads.
    /// </summary>
    /// <param name="m">Rows of c.</param>
    /// <param name="n">Columns of c.</param>
    /// <param name="k">Multiply-adds of an element.</param>
    /// <param name="width">What the columns of a task are a multiple of.</param>
    public static (int Rows, int Columns) Task(int m, int n, int k, int width)
    {
        if ((long)m * n * k <= UndividedWork)
            return (m, n);
        var enoughWork = TaskWork / ((long)width * k);
        var enoughTasks = DivideUp(m, DivideUp(EnoughTasks, DivideUp(n, width)));
        var tiles = DivideUp((int)Math.Clamp(Math.Max(enoughWork, enoughTasks), 1, TaskRows), TileRows);
        var rows = Math.Min(m, tiles * TileRows);
        var panels = (int)Math.Min(DivideUp(n, width), 1 + TaskWork / ((long)rows * width * k));
        return (rows, panels * width);
    }

    /// <summary>The same for dot products of rows: with few rows on one side, their time is that of reading the other one.</summary>
    public static (int Rows, int Columns) RowTask(int m, int n, int k)
    {
        var (few, many) = (Math.Min(m, n), Math.Max(m, n));
        if (few > ReadingRows || (long)many * k <= UndividedReads)
            return Task(m, n, k, TaskRows);
        var tasks = (int)Math.Min(DivideUp(many, TileRows), (long)many * k / TaskReads);
        var units = DivideUp(DivideUp(many, tasks), TileRows) * TileRows;
        return m < n ? (m, units) : (units, n);
    }

    /// <summary>
    /// How many units of equal work (samples) a task does or, where units are few and large, into how many tasks a unit falls.
    /// It depends on the shape alone, never on the number of threads.
    /// </summary>
    /// <param name="units">Units.</param>
    /// <param name="work">Multiply-adds of a unit.</param>
    /// <param name="parts">Into how many parts a unit can be cut.</param>
    public static (int UnitsPerTask, int TasksPerUnit) Units(int units, long work, int parts)
    {
        // Little work, say a single sample's, falls into smaller tasks.
        var taskWork = Math.Clamp(units * work / FewTasks, LeastTaskWork, TaskWork);
        if (units * work < 2 * taskWork)
            return (Math.Max(1, units), 1);
        var unitsPerTask = (int)Math.Clamp(taskWork / Math.Max(1, work), 1, units);
        var tasks = DivideUp(units, unitsPerTask);
        var tasksPerUnit = unitsPerTask > 1 ? 1 : Math.Min(DivideUp(EnoughTasks, tasks), work / taskWork);
        return (unitsPerTask, (int)Math.Clamp(tasksPerUnit, 1, parts));
    }

    /// <summary>Whether a·bᵀ is better done by dot products of rows: where turning the smaller operand would cost more than adding up lanes.</summary>
    public static bool PrefersDotProducts<T, V>(int m, int n)
        where T : unmanaged
        where V : struct, ISimd<V, T> =>
        Math.Min(m, n) <= V.Count;

    /// <summary>⌈value / divisor⌉.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DivideUp(int value, int divisor) => (int)(((uint)value + (uint)divisor - 1) / (uint)divisor);
}
