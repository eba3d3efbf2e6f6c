using System.Runtime.InteropServices;

namespace NetDsl;

/// <summary>
/// Pages of 2 MB for large blocks: a pass over parameters, gradients and optimiser state needs more 4 KB pages than the processor keeps translations for. Linux gives huge pages to memory
/// that asks (<c>madvise(2)</c>, MADV_HUGEPAGE), unless <c>/sys/kernel/mm/transparent_hugepage/enabled</c> is <c>never</c>; other systems keep their pages.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of a huge page on x64, and on Arm64 with pages of 4 KB.</summary>
    public const int Size = 2 << 20;

    private const int HugePageAdvice = 14;

    /// <summary>Whether a block of so many bytes has room for a huge page, on a system that gives any.</summary>
    public static bool Serve(nuint bytes) => OperatingSystem.IsLinux() && bytes >= Size;

    /// <summary>Asks for huge pages under a block that begins on the boundary of one and was not touched yet. What doesn't fill the last one keeps small pages, so that the block takes no memory beyond its length.</summary>
    public static void Advise(byte* block, nuint bytes)
    {
        try
        {
            // A refusal changes nothing but speed.
            _ = Advise(block, bytes - bytes % Size, HugePageAdvice);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system without this C library's name keeps small pages.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* block, nuint bytes, int advice);
}
