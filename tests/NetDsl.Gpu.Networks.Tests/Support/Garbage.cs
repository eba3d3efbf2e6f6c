namespace NetDsl.Gpu.Tests.Support;

/// <summary>The garbage collector.</summary>
internal static class Garbage
{
    /// <summary>Collects all of it, also what finalizers have held until then.</summary>
    public static void Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
