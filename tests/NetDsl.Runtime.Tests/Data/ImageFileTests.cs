using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace NetDsl.Tests.Data;

public sealed class ImageFileTests
{
    [Fact]
    public void A_grey_picture_reads_back()
    {
        var (width, height, colour, lines) = Read<float>([-1, 0, 0.5f, 1, 2, float.NaN], channels: 1, height: 2, width: 3);
        (width, height, colour).ShouldBe((3, 2, 0));
        lines.ShouldBe([0, 0, 0, 128, 0, 255, 255, 0]);
    }

    [Fact]
    public void The_channels_of_a_pixel_stand_side_by_side()
    {
        var (width, height, colour, lines) = Read<double>([1, 0, 0.2, 0.4, 0, 1], channels: 3, height: 1, width: 2);
        (width, height, colour).ShouldBe((2, 1, 2));
        lines.ShouldBe([0, 255, 51, 0, 0, 102, 255]);
    }

    // The PNG standard, annex D, and every decoder: an empty IEND chunk has this checksum.
    [Fact]
    public void Checksums_are_those_of_the_standard()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "grey.png");
        ImageFile.SavePng<float>(path, [0.5f], 1, 1, 1);
        File.ReadAllBytes(path)[^12..].ShouldBe([0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82]);
    }

    [Fact]
    public void What_is_no_picture_is_rejected()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => ImageFile.SavePng<float>("x.png", new float[2], 2, 1, 1)).Message.ShouldStartWith("A picture has 1 channel");
        Should.Throw<ArgumentOutOfRangeException>(() => ImageFile.SavePng<float>("x.png", [], 1, 0, 1));
        Should.Throw<ArgumentException>(() => ImageFile.SavePng<float>("x.png", new float[5], 1, 2, 3)).Message.ShouldStartWith("There are 5 values; expected 1×2×3 = 6.");
    }

    private static (int Width, int Height, int Colour, byte[] Lines) Read<T>(T[] pixels, int channels, int height, int width)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "picture.png");
        ImageFile.SavePng<T>(path, pixels, channels, height, width);
        var bytes = File.ReadAllBytes(path);
        bytes[..8].ShouldBe([137, 80, 78, 71, 13, 10, 26, 10]);
        var chunks = new Dictionary<string, byte[]>();
        for (var at = 8; at < bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            chunks.Add(Encoding.ASCII.GetString(bytes, at + 4, 4), bytes[(at + 8)..(at + 8 + length)]);
            at += 12 + length;
        }

        chunks.Keys.ShouldBe(["IHDR", "IDAT", "IEND"]);
        var header = chunks["IHDR"];
        header[8].ShouldBe((byte)8);
        using var zlib = new ZLibStream(new MemoryStream(chunks["IDAT"]), CompressionMode.Decompress);
        using var lines = new MemoryStream();
        zlib.CopyTo(lines);
        return (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)), header[9], lines.ToArray());
    }
}
