using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetDsl.Tests.Core;

/// <summary>Where blocks of memory begin, which vectors and pages depend on.</summary>
public sealed class AlignedBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(HugePages.Size / sizeof(float))]
    [InlineData(HugePages.Size / sizeof(float) * 3 + 5)]
    public void Blocks_are_zero_as_long_as_asked_for_and_begin_on_a_cache_line(int length)
    {
        var buffer = new AlignedBuffer<float>(length);
        buffer.Span.Length.ShouldBe(length);
        buffer.Span.ContainsAnyExcept(0f).ShouldBeFalse();
        (Address(buffer) % 64).ShouldBe(0u);
        buffer.Span.Fill(1);
        buffer.Span.ContainsAnyExcept(1f).ShouldBeFalse();
    }

    [Fact]
    public void Blocks_of_a_huge_page_and_more_begin_near_the_boundary_of_one_and_apart_from_each_other()
    {
        HugePages.Serve(HugePages.Size - 1).ShouldBeFalse();
        HugePages.Serve(HugePages.Size).ShouldBe(OperatingSystem.IsLinux());
        if (!OperatingSystem.IsLinux())
            return;
        // Blocks are counted by type, and no other test has this one.
        var places = Enumerable.Range(0, 8).Select(i => (int)(Address(new AlignedBuffer<long>(HugePages.Size / sizeof(long) + i)) % HugePages.Size)).ToList();
        places.ShouldAllBe(place => place < Environment.SystemPageSize && place % 64 == 0);
        places.Distinct().Count().ShouldBe(8);
    }

    [Fact]
    public void Large_blocks_lie_in_a_mapping_that_takes_huge_pages_where_there_are_any()
    {
        var buffer = new AlignedBuffer<float>(HugePages.Size / sizeof(float) * 4);
        // Where the kernel has none at all, there is no such folder.
        FlagsAt(Address(buffer)).Contains("hg").ShouldBe(Directory.Exists("/sys/kernel/mm/transparent_hugepage"));
    }

    private static string[] FlagsAt(nuint address)
    {
        const string Mappings = "/proc/self/smaps";
        var isHere = false;
        foreach (var line in File.Exists(Mappings) ? File.ReadLines(Mappings) : [])
        {
            var words = line.Split(' ');
            if (words[0].Split('-') is [var start, var end])
                isHere = nuint.Parse(start, NumberStyles.HexNumber, CultureInfo.InvariantCulture) <= address && address < nuint.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (isHere && words[0] == "VmFlags:")
                return words;
        }
        return [];
    }

    private static nuint Address<T>(AlignedBuffer<T> buffer)
        where T : unmanaged =>
        // Pinned for good.
        (nuint)Unsafe.ByteOffset(ref Unsafe.NullRef<T>(), ref MemoryMarshal.GetReference(buffer.Span));
}
