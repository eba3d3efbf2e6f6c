namespace NetDsl.Kernels.Threading;

/// <summary>Work that falls into independent tasks, run by <see cref="WorkerPool.Run{TBody}"/>.</summary>
public interface IParallelBody
{
    /// <summary>Runs one task. Called exactly once for each task, from any thread; tasks must not write to the same place.</summary>
    /// <param name="task">The task's number, from 0.</param>
    void Execute(int task);
}
