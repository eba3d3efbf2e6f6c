using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Threading;

/// <summary>Tests that set the number of threads run one after the other, since the number belongs to the process.</summary>
[CollectionDefinition(nameof(WorkerPool), DisableParallelization = true)]
public sealed class WorkerPoolCollection;
