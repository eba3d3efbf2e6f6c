using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace NetDsl.Kernels.Threading;

/// <summary>
/// Fork and join: the caller and the pool's threads take the tasks of one body until none is left.
/// What the tasks are is the caller's choice and must depend on shapes alone, so that results are the same for every number of threads.
/// </summary>
/// <remarks>
/// A run allocates nothing. The pool serves one caller at a time: a run that starts inside a task, or beside another caller's run,
/// is done by its caller alone. Idle threads spin for some tens of microseconds, so that the passes of a training step
/// find them awake, and then sleep.
/// </remarks>
public static unsafe class WorkerPool
{
    private static readonly Lock Gate = new();
    private static Worker[] _workers = [];
    private static int _threads = Environment.ProcessorCount;

    // The run in progress. _open is written last and read first; _inside counts the workers that may look at the rest.
    private static int _busy;
    private static int _open;
    private static int _inside;
    private static int _next;
    private static int _tasks;
    private static void* _body;
    private static delegate*<void*, int, void> _execute;
    private static ExceptionDispatchInfo? _failure;

    /// <summary>How many threads share a run, the caller among them; by default one for each processor. 1 runs everything on the caller.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public static int Threads
    {
        get => Volatile.Read(ref _threads);
        set
        {
            if (value < 1)
                throw new ArgumentOutOfRangeException(nameof(value), value, "Threads is at least 1 (the caller alone).");
            Volatile.Write(ref _threads, value);
        }
    }

    /// <summary>Executes the tasks 0 … <paramref name="tasks"/> − 1 of a body and returns when all are done.</summary>
    /// <param name="tasks">Number of tasks; zero or less does nothing.</param>
    /// <param name="body">The work. It is copied once, and all tasks share the copy.</param>
    /// <remarks>If a task throws, tasks not yet started are left out and the first exception is rethrown here.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TBody>(int tasks, TBody body)
        where TBody : struct, IParallelBody, allows ref struct
    {
        if (tasks > 1 && Threads > 1)
        {
            Fork(tasks, ref body);
            return;
        }
        for (var task = 0; task < tasks; task++)
            body.Execute(task);
    }

    private static void Fork<TBody>(int tasks, scoped ref TBody body)
        where TBody : struct, IParallelBody, allows ref struct
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            for (var task = 0; task < tasks; task++)
                body.Execute(task);
            return;
        }

        try
        {
            // The body stands on the caller's stack and the caller stays until the last worker has left, so the address holds.
            _body = Unsafe.AsPointer(ref body);
            _execute = &Execute<TBody>;
            Share(tasks);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private static void Execute<TBody>(void* body, int task)
        where TBody : struct, IParallelBody, allows ref struct
    {
        // A copy on the worker's own stack: the original shares cache lines with frames that the caller writes to all the time.
        var own = Unsafe.AsRef<TBody>(body);
        own.Execute(task);
    }

    private static void Share(int tasks)
    {
        _tasks = tasks;
        _next = 0;
        _failure = null;
        var helpers = Math.Min(Threads, tasks) - 1;
        if (_workers.Length < helpers)
            Hire(helpers);

        Interlocked.Exchange(ref _open, helpers);
        var workers = _workers;
        for (var i = 0; i < helpers; i++)
            workers[i].Wake();
        TakeTasks();

        // A worker enters before it looks at _open: once this exchange is seen, whoever is not inside stays out.
        Interlocked.Exchange(ref _open, 0);
        var spin = new SpinWait();
        while (Volatile.Read(ref _inside) != 0)
            spin.SpinOnce(sleep1Threshold: -1);

        var failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    private static void Hire(int helpers)
    {
        lock (Gate)
        {
            var workers = new Worker[Math.Max(helpers, _workers.Length)];
            _workers.CopyTo(workers, 0);
            for (var i = _workers.Length; i < workers.Length; i++)
                workers[i] = new Worker(i);
            _workers = workers;
        }
    }

    private static void TakeTasks()
    {
        try
        {
            int task;
            while ((task = Interlocked.Increment(ref _next) - 1) < _tasks)
                _execute(_body, task);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            Volatile.Write(ref _next, _tasks);
        }
    }

    private sealed class Worker
    {
        private const int SpinMicroseconds = 50;

        private readonly int _index;
        private readonly AutoResetEvent _wake = new(false);
        private int _asleep;

        public Worker(int index)
        {
            _index = index;
            new Thread(Work) { IsBackground = true, Name = $"NetDsl worker {index + 1}" }.Start();
        }

        public void Wake()
        {
            if (Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0)
                _wake.Set();
        }

        private bool IsCalled => Volatile.Read(ref _open) > _index && Volatile.Read(ref _next) < _tasks;

        private void Work()
        {
            while (true)
            {
                AwaitCall();
                Interlocked.Increment(ref _inside);
                if (Volatile.Read(ref _open) > _index)
                    TakeTasks();
                Interlocked.Decrement(ref _inside);
            }
        }

        private void AwaitCall()
        {
            while (!SpinForCall())
            {
                Interlocked.Exchange(ref _asleep, 1);
                // A call that came before the line above did not see this worker asleep and sends no signal.
                if (IsCalled && Interlocked.Exchange(ref _asleep, 0) != 0)
                    return;
                _wake.WaitOne();
            }
        }

        private bool SpinForCall()
        {
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            do
            {
                for (var i = 0; i < 8; i++)
                {
                    if (IsCalled)
                        return true;
                    Thread.SpinWait(4);
                }
            }
            while (System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds < SpinMicroseconds);
            return false;
        }
    }
}
