using NetDsl.Tests.Networks;
using static NetDsl.Tests.Checkpoints.Safetensors;

namespace NetDsl.Tests.Checkpoints;

/// <summary>Files that aren't what they seem to be.</summary>
public sealed class DamagedFileTests
{
    private const string A = """{"a.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    private static readonly byte[] Data = Floats(1, 2);

    public static TheoryData<string, byte[], string> Damaged => new()
    {
        { "empty", [], "0 bytes" },
        { "cut off in the length", [1, 2, 3], "3 bytes" },
        { "an archive of PyTorch", [.. "PK\u0003\u0004"u8, 0, 0, 8, 8, 0, 0], "no safetensors file" },
        { "a header larger than any", Length(ulong.MaxValue), "18446744073709551615 bytes; expected 2 to 100000000" },
        { "no header", Length(0), "a header of 0 bytes" },
        { "a header larger than the file", [.. Length(100_000_000), .. new byte[70_000]], "cut off in the header: 70000 bytes, expected 100000000" },
        { "cut off in the header", File(A)[..30], "cut off in the header: 22 bytes, expected 59" },
        { "cut off in the data", File(A, Data[..5]), "cut off in the data of 'a.bias', 3 of its 8 bytes are missing" },
        { "without data", File(A), "8 of its 8 bytes" },
        { "too long", File(A, [.. Data, 0]), "more data follows than the 8 bytes" },
        { "no JSON", File(new string(' ', 100)), "the header is damaged, it is no JSON object" },
        { "no object", File("[]"), "it is no JSON object" },
        { "half an object", File(A[..^1], Data), "the header is damaged" },
        { "something behind the object", File(A + "{}", Data), "the header is damaged" },
        { "an entry twice", File($"{A[..^1]},{A[1..]}", Data), "two entries named 'a.bias'" },
        { "metadata twice", File("""{"__metadata__":{},"__metadata__":{}}"""), "two entries named '__metadata__'" },
        { "metadata that is no text", File("""{"__metadata__":{"a":1}}"""), "in or behind the entry '__metadata__'" },
        { "the same metadata twice", File("""{"__metadata__":{"a":"1","a":"2"}}"""), "in or behind the entry '__metadata__'" },
        { "no type", File("""{"a.bias":{"shape":[2],"data_offsets":[0,8]}}""", Data), "in or behind the entry 'a.bias'" },
        { "no shape", File("""{"a.bias":{"dtype":"F32","data_offsets":[0,8]}}""", Data), "in or behind the entry 'a.bias'" },
        { "no offsets", File("""{"a.bias":{"dtype":"F32","shape":[2]}}""", Data), "in or behind the entry 'a.bias'" },
        { "a type that is no text", File(A.Replace("\"F32\"", "null"), Data), "dtype is null" },
        { "an unknown type", File(A.Replace("F32", "I64"), Data), "a.bias is of type I64; expected F64, F32, F16, BF16" },
        { "an extent below 0", File(A.Replace("[2]", "[-2]"), Data), "an extent is negative" },
        { "an extent that is no whole number", File(A.Replace("[2]", "[2.5]"), Data), "in or behind the entry 'a.bias'" },
        { "too many elements", File(A.Replace("[2]", "[1000000,1000000,1000000,1000000]"), Data), "more than 2147483591 elements" },
        { "an extent beyond all", File(A.Replace("[2]", "[9223372036854775807]"), Data), "more than 2147483591 elements" },
        { "another size than the shape's", File(A.Replace("[2]", "[3]"), Data), "takes 8 bytes; expected 12 for 3 elements [3] of type F32" },
        { "one offset", File(A.Replace("[0,8]", "[0]"), Data), "data_offsets are two numbers" },
        { "an offset below 0", File(A.Replace("[0,8]", "[-8,0]"), Data), "data_offsets are two numbers" },
        { "an end before the start", File(A.Replace("[0,8]", "[8,0]"), Data), "data_offsets are two numbers" },
        { "a gap", File(A.Replace("[0,8]", "[4,12]"), [0, 0, 0, 0, .. Data]), "begins at byte 4, expected 0, where the data before it ends: the tensors leave a gap" },
        { "data out of the file", File(A.Replace("[0,8]", "[9223372036854775799,9223372036854775807]"), Data), "leave a gap" },
        { "an overlap", File("""{"a.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b.bias":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", Data), "the data of 'b.bias' begins at byte 4, expected 8, where the data before it ends: the tensors overlap" },
        { "text that is no UTF-8", [.. Length(4), (byte)'{', (byte)'"', 0xFF, (byte)'}'], "the header is damaged" },
        { "half a surrogate pair", File("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", Data), "the header is damaged" },
        { "objects within objects", File(string.Concat(Enumerable.Repeat("""{"a":""", 100))), "the header is damaged" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void They_are_told_and_nothing_changes(string what, byte[] content, string message)
    {
        var parameters = Arenas.Make(("a.bias", [2], true));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var exception = Should.Throw<InvalidDataException>(() => parameters.Load(new MemoryStream(content)), what);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 22, what);
        exception.Message.ShouldStartWith("the stream: ");
        exception.Message.ShouldContain(message);
        parameters.Values.ToArray().ShouldBe([0, 0]);
    }
}
