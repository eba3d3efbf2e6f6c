using System.Buffers.Binary;

namespace NetDsl.Tests.Data;

public sealed class IdxReaderTests
{
    private static readonly byte[] Images = Idx(0x08, [2, 1, 3], [0, 51, 102, 153, 204, 255]);
    private static readonly byte[] Labels = Idx(0x08, [2], [7, 3]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pair_of_files_becomes_a_data_set(bool zipped)
    {
        using var folder = new TempFolder();
        var images = folder.Write("images", zipped ? TempFolder.Gzip(Images) : Images);
        var labels = folder.Write("labels", zipped ? TempFolder.Gzip(Labels) : Labels);
        var data = Dataset.FromIdx<float>(images, labels);
        (data.Count, data.InputSize, data.Classes).ShouldBe((2, 3, 8));
        data.Input(1).ToArray().ShouldBe([0.6f, 0.8f, 1f]);
        data.Target(1)[0].ShouldBe(3);
        IdxReader.ReadImages<double>(images, scale: 1).Shape.ShouldBe([2, 1, 3]);
    }

    [Theory]
    [InlineData(0x09, new byte[] { 0xFF, 0x01 }, -1.0, 1.0)]
    [InlineData(0x0B, new byte[] { 0xFF, 0xFE, 0x01, 0x00 }, -2.0, 256.0)]
    [InlineData(0x0C, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x01, 0x00, 0x00 }, -1.0, 65536.0)]
    [InlineData(0x0D, new byte[] { 0x3F, 0xC0, 0x00, 0x00, 0xC0, 0x00, 0x00, 0x00 }, 1.5, -2.0)]
    [InlineData(0x0E, new byte[] { 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0 }, 1.5, -2.0)]
    public void All_element_types_are_read(byte type, byte[] data, double first, double second)
    {
        var array = IdxReader.ReadImages<double>(new MemoryStream(Idx(type, [1, 2], data)), "test", scale: 1);
        array.Values.ShouldBe([first, second]);
    }

    [Fact]
    public void Labels_may_be_wide() =>
        IdxReader.ReadLabels(new MemoryStream(Idx(0x0C, [1], [0, 0, 1, 0])), "test").ShouldBe([256]);

    public static TheoryData<string, byte[], string> Damaged => new()
    {
        { "empty", [], "0 bytes" },
        { "cut off in the magic number", [0, 0, 8], "3 bytes" },
        { "cut off in the header", Images[..12], "expected 16 for 3 dimensions" },
        { "cut off in the data", Images[..^1], "21 bytes; expected 22" },
        { "header only", Images[..16], "cut off" },
        { "too long", [.. Images, 0], "too long" },
        { "wrong magic", [0, 1, .. Images[2..]], "begins with 00010803" },
        { "wrong type", [0, 0, 0x0A, .. Images[3..]], "begins with 00000A03" },
        { "no dimensions", [0, 0, 8, 0], "begins with 00000800" },
        { "a picture", [0x89, (byte)'P', (byte)'N', (byte)'G', 0, 0, 0, 0], "begins with 89504E47" },
        { "zero extent", Idx(0x08, [0, 1, 3], []), "extent 1 of 3 is 0" },
        { "overflow in one extent", Idx(0x08, [-1, 28, 28], []), "announces more than" },
        { "overflow in the product", Idx(0x08, [1 << 20, 1 << 20, 1 << 20, 1 << 20], []), "announces more than" },
        { "labels instead of images", Labels, "swapped" },
        { "cut off gzip", TempFolder.Gzip(Images)[..^12], "damaged or cut off" },
        { "cut off in gzip's trailer", TempFolder.Gzip(Images)[..^2], "damaged or cut off" },
        { "gzip's magic alone", [0x1F, 0x8B], "damaged or cut off" },
        { "damaged gzip", [.. TempFolder.Gzip(Images)[..10], 0xFF, 0xFF, 0xFF, 0xFF], "damaged or cut off" },
        { "gzip of another file", TempFolder.Gzip([1, 2, 3, 4, 5]), "begins with 01020304" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void Damaged_images_are_told(string what, byte[] content, string message)
    {
        using var folder = new TempFolder();
        var path = folder.Write("images", content);
        var exception = Should.Throw<InvalidDataException>(() => IdxReader.ReadImages<float>(path), what);
        exception.Message.ShouldContain(message);
        exception.Message.ShouldStartWith(path);
    }

    [Fact]
    public void Bad_labels_are_told()
    {
        Should.Throw<InvalidDataException>(() => IdxReader.ReadLabels(new MemoryStream(Images), "x")).Message.ShouldContain("3 dimensions [2, 1, 3]");
        Should.Throw<InvalidDataException>(() => IdxReader.ReadLabels(new MemoryStream(Idx(0x0D, [1], [0, 0, 0, 0])), "x")).Message.ShouldContain("whole numbers");
        Should.Throw<ArgumentOutOfRangeException>(() => IdxReader.ReadImages<float>(new MemoryStream(Images), "x", double.NaN));
    }

    [Fact]
    public void Pairs_that_dont_match_are_told()
    {
        using var folder = new TempFolder();
        var images = folder.Write("images", Images);
        var three = folder.Write("three", Idx(0x08, [3], [1, 2, 3]));
        var labels = folder.Write("labels", Labels);
        Should.Throw<InvalidDataException>(() => Dataset.FromIdx<float>(images, three)).Message.ShouldContain("2 images");
        var exception = Should.Throw<InvalidDataException>(() => Dataset.FromIdx<float>(images, labels, classes: 5));
        exception.Message.ShouldContain("label at row 0 (counted from 0) is 7");
        exception.Message.ShouldContain(labels);
    }

    [Fact]
    public void Missing_files_are_told()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "none");
        var exception = Should.Throw<FileNotFoundException>(() => IdxReader.ReadImages<float>(path));
        exception.Message.ShouldContain(path);
        exception.FileName.ShouldBe(path);
        folder.Write("train-images-idx3-ubyte.gz", Images);
        Should.Throw<FileNotFoundException>(() => Mnist.Load<float>(folder.Path)).Message.ShouldContain("Download train-labels-idx1-ubyte.gz");
    }

    [Fact]
    public void Mnist_takes_the_four_files_under_their_usual_names()
    {
        using var folder = new TempFolder();
        folder.Write("train-images-idx3-ubyte.gz", TempFolder.Gzip(Images));
        folder.Write("train-labels-idx1-ubyte", Labels);
        folder.Write("t10k-images.idx3-ubyte", Images);
        folder.Write("t10k-labels-idx1-ubyte.gz", TempFolder.Gzip(Labels));
        var (train, test) = Mnist.Load<float>(folder.Path);
        (train.Count, train.Classes, test.Count).ShouldBe((2, 10, 2));
    }

    [MnistFact]
    public void Mnist_itself_is_read()
    {
        var (train, test) = Mnist.Load<float>(MnistFactAttribute.Folder!);
        (train.Count, train.InputSize, train.Classes).ShouldBe((60000, 784, 10));
        test.Count.ShouldBe(10000);
        Enumerable.Range(0, 10).Select(i => train.Target(i)[0]).ShouldBe([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    }

    private static byte[] Idx(byte type, int[] shape, byte[] data)
    {
        var bytes = new byte[4 + 4 * shape.Length + data.Length];
        bytes[2] = type;
        bytes[3] = (byte)shape.Length;
        for (var i = 0; i < shape.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + 4 * i), shape[i]);
        data.CopyTo(bytes, 4 + 4 * shape.Length);
        return bytes;
    }
}
