// The simulator starts a thread for each of a group's, and PoCL uses all cores for one kernel: side by side, tests would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
