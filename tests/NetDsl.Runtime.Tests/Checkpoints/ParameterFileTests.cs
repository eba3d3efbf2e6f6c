using NetDsl.Tests.Data;
using NetDsl.Tests.Networks;
using static NetDsl.Tests.Checkpoints.Safetensors;

namespace NetDsl.Tests.Checkpoints;

/// <summary>Parameters on their way to files and back.</summary>
public sealed class ParameterFileTests
{
    // The second tensor begins on a cache line of its own: the padding between them isn't written.
    private static readonly TensorInfo[] Layout =
    [
        new("dense1.weight", [2, 3], 0, Initializer.Zeros, 3, 2),
        new("norm.runningMean", [2], 16, Initializer.Zeros, 0, 0, IsLearnable: false),
    ];

    private static readonly float[] Numbers = [1, -2, 0.1f, float.Epsilon, float.MaxValue, -0f, 0.25f, float.NegativeInfinity];

    [Fact]
    public void The_file_is_that_of_the_format_to_the_byte()
    {
        // 139 bytes and 5 spaces, so that the data begins at a multiple of 8.
        var expected = File(
            """{"dense1.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"norm.runningMean":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}     """,
            Floats(Numbers));
        using var stream = new MemoryStream();
        Filled().Save(stream);
        stream.ToArray().ShouldBe(expected);
        stream.Position = 0;
        var read = new Parameters<float>(Layout, 32);
        read.Load(stream);
        Bits(read).ShouldBe(Bits(Filled()));
    }

    [Fact]
    public void Doubles_are_written_as_doubles()
    {
        var parameters = new Parameters<double>([new("slope", [2], 0, Initializer.Zeros, 1, 1)], 8);
        double[] values = [Math.PI, double.Epsilon];
        values.CopyTo(parameters["slope"]);
        using var stream = new MemoryStream();
        parameters.Save(stream);
        stream.ToArray().ShouldBe(File("""{"slope":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}     """, Doubles(values)));
        var read = new Parameters<double>(parameters.Tensors, 8);
        stream.Position = 0;
        read.Load(stream);
        read.Values.ToArray().ShouldBe(parameters.Values.ToArray());
    }

    [Fact]
    public void A_file_is_replaced_as_a_whole()
    {
        using var folder = new TempFolder();
        var path = folder.Write("model.safetensors", "old");
        var parameters = Filled();
        parameters.Save(path);
        var read = new Parameters<float>(Layout, 32);
        read.Load(path);
        Bits(read).ShouldBe(Bits(parameters));

        var before = System.IO.File.ReadAllBytes(path);
        Should.Throw<NotSupportedException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[100]);
            throw new NotSupportedException();
        }));
        System.IO.File.ReadAllBytes(path).ShouldBe(before);
        Directory.GetFiles(folder.Path).ShouldBe([path]);
        Should.Throw<DirectoryNotFoundException>(() => parameters.Save(Path.Combine(folder.Path, "none", "model.safetensors"))).Message.ShouldContain("there is no folder");
    }

    public static TheoryData<string, byte[], float[]> Types => new()
    {
        { "F64", Doubles(0.1, -1e300), [0.1f, float.NegativeInfinity] },
        { "F32", Floats(0.1f, -2), [0.1f, -2] },
        { "F16", [0x00, 0x3E, 0x01, 0x80], [1.5f, -5.9604645e-8f] },
        { "BF16", [0xC0, 0x3F, 0x49, 0xC0], [1.5f, -3.140625f] },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Types_are_converted(string type, byte[] data, float[] expected)
    {
        var parameters = Arenas.Make(("a.bias", [2], true));
        parameters.Load(new MemoryStream(File($$$"""{"a.bias":{"dtype":"{{{type}}}","shape":[2],"data_offsets":[0,{{{data.Length}}}]}}""", data)));
        parameters.Values.ToArray().ShouldBe(expected);
    }

    [Fact]
    public void Other_softwares_files_are_read()
    {
        // Another order in the header than in the data, spaces, unknown entries, a scalar; in a stream that gives a byte at a time.
        var file = File("""
             { "b.bias": { "data_offsets": [ 8, 12 ], "shape": [1], "dtype": "F32", "note": { "x": [1] } },
               "__metadata__": { "format": "pt" }, "a.bias": { "dtype": "F32", "shape": [2], "data_offsets": [0, 8] } }
            """, Floats(1, 2, 3));
        var parameters = Arenas.Make(("a.bias", [2], true), ("b.bias", [1], true));
        parameters.Load(new Trickle(file));
        parameters.Values.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void More_numbers_than_a_chunk_holds_are_read_and_left_out()
    {
        var parameters = Arenas.Make(("a.weight", [300, 100], true), ("b.weight", [70_001], true), ("c.weight", [5], true));
        for (var i = 0; i < parameters.Values.Length; i++)
            parameters.Values[i] = i;
        using var stream = new MemoryStream();
        parameters.Save(stream);
        using var folder = new TempFolder();
        var path = folder.Write("model", stream.ToArray());
        var read = Arenas.Make(("a.weight", [300, 100], true), ("b.weight", [70_001], true), ("c.weight", [5], true));
        read.Load(path);
        read.Values.ToArray().ShouldBe(parameters.Values.ToArray());
        var last = Arenas.Make(("c.weight", [5], true));
        last.LoadMatching(path).Unused.Count.ShouldBe(2);
        last.Values.ToArray().ShouldBe(parameters["c.weight"].ToArray());
    }

    [Fact]
    public void Other_tensors_are_listed_and_nothing_changes()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "model.safetensors");
        Ones(("a.weight", [2, 3], true), ("b.weight", [4], true), ("head.weight", [4, 2], true)).Save(path);
        var parameters = Arenas.Make(("a.weight", [2, 3], true), ("b.weight", [2, 2], true), ("top.weight", [4, 2], true));
        var message = Should.Throw<InvalidDataException>(() => parameters.Load(path)).Message;
        message.ShouldBe($"""
            {path}: its tensors aren't those of NetDsl.Tests.Networks.Parameters`1[[System.Single, {typeof(float).Assembly.FullName}]], nothing was loaded; LoadMatching takes those that have their like, under other names if wanted:
            tensor       expected  found
            b.weight          2×2      4
            top.weight        4×2   none
            head.weight      none    4×2

            """.ReplaceLineEndings("\n"));
        parameters.Values.ToArray().ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void What_has_its_like_is_taken_and_the_rest_stays()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "model.safetensors");
        Ones(("encoder.conv1.weight", [2], true), ("encoder.dense1.weight", [3], true)).Save(path);
        var parameters = Arenas.Make(("conv1.weight", [2], true), ("copy.weight", [2], true), ("dense1.weight", [4], true));
        var report = parameters.LoadMatching(path, name => name == "copy.weight" ? "encoder.conv1.weight" : "encoder." + name);
        parameters.Values.ToArray().ShouldBe([1, 1, 1, 1, 0, 0, 0, 0]);
        report.Tensors.Select(copy => copy.ToString()).ShouldBe(["copied from encoder.conv1.weight", "copied from encoder.conv1.weight", "kept: the source's encoder.dense1.weight is 3"]);
        report.Unused.Select(tensor => tensor.Name).ShouldBe(["encoder.dense1.weight"]);
        Should.Throw<InvalidDataException>(() => parameters.LoadMatching(path)).Message.ShouldContain("kept: the source has no conv1.weight");
    }

    [Fact]
    public void Types_of_what_isnt_wanted_dont_matter()
    {
        using var folder = new TempFolder();
        var path = folder.Write("model", File(
            """{"steps":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"a.bias":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"b.bias":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[16,18]}}""",
            [1, 0, 0, 0, 0, 0, 0, 0, .. Floats(1, 2), 3, 4]));
        var parameters = Arenas.Make(("a.bias", [2], true));
        parameters.LoadMatching(path).Unused.Count.ShouldBe(2);
        parameters.Values.ToArray().ShouldBe([1, 2]);
        var both = Arenas.Make(("a.bias", [2], true), ("b.bias", [2], true));
        Should.Throw<InvalidDataException>(() => both.LoadMatching(path)).Message.ShouldEndWith("b.bias is of type F8_E4M3; expected F64, F32, F16, BF16: convert before saving.");
        both.Values.ToArray().ShouldBe([0, 0, 0, 0]);
        Should.Throw<InvalidDataException>(() => parameters.Load(path)).Message.ShouldContain("steps       none  scalar");
    }

    [Fact]
    public void A_missing_file_is_told() =>
        Should.Throw<FileNotFoundException>(() => Filled().Load("none.safetensors")).Message.ShouldStartWith("none.safetensors: no such file. Parameters.Save");

    private static Parameters<float> Filled()
    {
        var parameters = new Parameters<float>(Layout, 32);
        Numbers.AsSpan(0, 6).CopyTo(parameters["dense1.weight"]);
        Numbers.AsSpan(6).CopyTo(parameters["norm.runningMean"]);
        return parameters;
    }

    private static Parameters<float> Ones(params (string Name, int[] Shape, bool IsLearnable)[] tensors)
    {
        var parameters = Arenas.Make(tensors);
        parameters.Values.Fill(1);
        return parameters;
    }

    private static int[] Bits(Parameters<float> parameters) => Array.ConvertAll(parameters.Values.ToArray(), BitConverter.SingleToInt32Bits);

    private sealed class Trickle(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);
    }
}
