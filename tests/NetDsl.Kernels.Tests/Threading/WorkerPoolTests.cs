using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Threading;

[Collection(nameof(WorkerPool))]
public sealed class WorkerPoolTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void EveryTaskRunsOnce(int threads)
    {
        WorkerPool.Threads = threads;
        var counts = new int[100];
        for (var tasks = 0; tasks <= counts.Length; tasks++)
        {
            Array.Clear(counts);
            WorkerPool.Run(tasks, new Count(counts));
            counts.AsSpan(0, tasks).ToArray().ShouldAllBe(count => count == 1);
            counts.AsSpan(tasks).ToArray().ShouldAllBe(count => count == 0);
        }
    }

    [Fact]
    public void ManyShortRunsLoseNoTask()
    {
        WorkerPool.Threads = 3;
        var counts = new int[4];
        for (var run = 0; run < 20_000; run++)
            WorkerPool.Run(counts.Length, new Count(counts));
        counts.ShouldAllBe(count => count == 20_000);
    }

    [Fact]
    public void SleepingWorkersWakeUp()
    {
        WorkerPool.Threads = 3;
        var counts = new int[8];
        for (var run = 0; run < 5; run++)
        {
            WorkerPool.Run(counts.Length, new Count(counts));
            Thread.Sleep(2);
        }
        counts.ShouldAllBe(count => count == 5);
    }

    [Fact]
    public void TheNumberOfThreadsMayChangeBetweenRuns()
    {
        var counts = new int[16];
        for (var run = 0; run < 600; run++)
        {
            WorkerPool.Threads = 1 + run % 6;
            WorkerPool.Run(counts.Length, new Count(counts));
        }
        counts.ShouldAllBe(count => count == 600);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void AnExceptionReachesTheCallerAndThePoolGoesOn(int threads)
    {
        WorkerPool.Threads = threads;
        for (var failing = 0; failing < 8; failing++)
        {
            var expected = failing;
            Should.Throw<InvalidOperationException>(() => WorkerPool.Run(8, new Fail(expected))).Message.ShouldBe($"task {expected}");
        }
        var counts = new int[8];
        WorkerPool.Run(8, new Count(counts));
        counts.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public void ARunInsideATaskIsDoneByItsCaller()
    {
        WorkerPool.Threads = 4;
        var counts = new int[6 * 7];
        WorkerPool.Run(6, new Nest(counts, 7));
        counts.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public void CallersSideBySideDoNotDisturbEachOther()
    {
        WorkerPool.Threads = 3;
        var counts = new int[4][];
        Parallel.For(0, counts.Length, caller =>
        {
            counts[caller] = new int[10];
            for (var run = 0; run < 2000; run++)
                WorkerPool.Run(10, new Count(counts[caller]));
        });
        counts.SelectMany(count => count).ShouldAllBe(count => count == 2000);
    }

    [Fact]
    public void ARunAllocatesNothing()
    {
        WorkerPool.Threads = 2;
        var counts = new int[10];
        for (var run = 0; run < 100; run++)
            WorkerPool.Run(counts.Length, new Count(counts));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var run = 0; run < 100; run++)
            WorkerPool.Run(counts.Length, new Count(counts));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void ThreadsMustBePositive() =>
        Should.Throw<ArgumentOutOfRangeException>(() => WorkerPool.Threads = 0);

    private readonly ref struct Count(Span<int> counts) : IParallelBody
    {
        private readonly Span<int> _counts = counts;

        public void Execute(int task) => Interlocked.Increment(ref _counts[task]);
    }

    private readonly struct Fail(int failing) : IParallelBody
    {
        public void Execute(int task)
        {
            if (task == failing)
                throw new InvalidOperationException($"task {task}");
        }
    }

    private readonly struct Nest(int[] counts, int inner) : IParallelBody
    {
        public void Execute(int task) => WorkerPool.Run(inner, new Count(counts.AsSpan(task * inner, inner)));
    }
}
