namespace NetDsl.Kernels.Simd;

/// <summary>
/// How a pass is cut into tasks: by its size alone, never by the number of threads, so that results do not depend on it.
/// Small passes stay whole, because waking threads costs more than they save.
/// </summary>
internal static class Chunks
{
    /// <summary>Passes with fewer elements are one task.</summary>
    public const int ParallelElements = 1 << 17;

    /// <summary>At most this many tasks, so that their partial sums find room on the stack.</summary>
    public const int Most = 256;

    private const int ChunkElements = 1 << 15;

    /// <summary>Number of tasks for a pass over so many elements in so many units (rows) that may not be cut.</summary>
    public static int Count(long elements, int units) =>
        elements < ParallelElements ? 1 : (int)Math.Min(Math.Min(units, Most), (elements + ChunkElements - 1) / ChunkElements);

    /// <summary>The first unit of a task; the task ends where the next one starts.</summary>
    public static int Start(int task, int tasks, int units) => (int)((long)units * task / tasks);
}
