using System.Buffers.Binary;
using System.Numerics;

namespace NetDsl;

/// <summary>Reads the IDX format of MNIST and its relatives, plain or gzipped, with any of its element types.</summary>
/// <remarks>
/// Two zero bytes, the element type, the number of dimensions, each extent as a big-endian 32-bit number, then the elements,
/// big-endian, row-major: http://yann.lecun.com/exdb/mnist.
/// </remarks>
public static class IdxReader
{
    private const string Remedy = "IDX files of MNIST are named like train-images-idx3-ubyte or train-images-idx3-ubyte.gz; check the folder and the name.";

    /// <summary>Images, each element multiplied by <paramref name="scale"/>.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="path">The file, plain or gzipped.</param>
    /// <param name="scale">The default brings bytes to [0, 1].</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">No IDX file, or damaged; the message names what was expected and what came.</exception>
    public static IdxArray<T> ReadImages<T>(string path, double scale = 1 / 255.0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => ParseImages<T>(InputFile.ReadAll(path, Remedy), path, scale);

    /// <summary>Class labels: one dimension of whole numbers.</summary>
    /// <param name="path">The file, plain or gzipped.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">No IDX file, damaged, or not one number a sample; the message names what was expected and what came.</exception>
    public static int[] ReadLabels(string path) => ParseLabels(InputFile.ReadAll(path, Remedy), path);

    /// <summary>Images from a stream, such as an embedded resource.</summary>
    /// <param name="stream">Read to its end.</param>
    /// <param name="name">Stands for the file in messages.</param>
    /// <param name="scale">The default brings bytes to [0, 1].</param>
    /// <exception cref="InvalidDataException">No IDX data, or damaged.</exception>
    public static IdxArray<T> ReadImages<T>(Stream stream, string name, double scale = 1 / 255.0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => ParseImages<T>(InputFile.ReadAll(stream, name), name, scale);

    /// <summary>Class labels from a stream, such as an embedded resource.</summary>
    /// <param name="stream">Read to its end.</param>
    /// <param name="name">Stands for the file in messages.</param>
    /// <exception cref="InvalidDataException">No IDX data, damaged, or not one number a sample.</exception>
    public static int[] ReadLabels(Stream stream, string name) => ParseLabels(InputFile.ReadAll(stream, name), name);

    private static IdxArray<T> ParseImages<T>(byte[] bytes, string name, double scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!double.IsFinite(scale))
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "Expected a finite factor.");
        var header = IdxHeader.Parse(bytes, name);
        if (header.Shape.Length < 2)
            throw new InvalidDataException($"{name}: has one dimension, as labels do; expected images [n, height, width]: images and labels may be swapped.");
        var values = new T[header.Elements];
        Convert(header, bytes, values, value => T.CreateChecked(value * scale));
        return new IdxArray<T>(header.Shape, values);
    }

    private static int[] ParseLabels(byte[] bytes, string name)
    {
        var header = IdxHeader.Parse(bytes, name);
        if (header.Shape.Length != 1)
            throw new InvalidDataException($"{name}: has {header.Shape.Length} dimensions [{string.Join(", ", header.Shape)}]; expected one, a label a sample: images and labels may be swapped.");
        if (header.Type is IdxType.Single or IdxType.Double)
            throw new InvalidDataException($"{name}: holds elements of type {header.Type}; expected whole numbers as labels.");
        var labels = new int[header.Elements];
        Convert(header, bytes, labels, value => (int)value);
        return labels;
    }

    private static void Convert<TResult>(IdxHeader header, byte[] bytes, TResult[] results, Func<double, TResult> convert)
    {
        var data = bytes.AsSpan(header.Length);
        if (header.Type == IdxType.Byte)
        {
            var table = new TResult[256];
            for (var value = 0; value < table.Length; value++)
                table[value] = convert(value);
            for (var i = 0; i < results.Length; i++)
                results[i] = table[data[i]];
            return;
        }

        for (var i = 0; i < results.Length; i++)
            results[i] = convert(Element(data[(i * header.ElementSize)..], header.Type));
    }

    private static double Element(ReadOnlySpan<byte> data, IdxType type) => type switch
    {
        IdxType.SByte => (sbyte)data[0],
        IdxType.Int16 => BinaryPrimitives.ReadInt16BigEndian(data),
        IdxType.Int32 => BinaryPrimitives.ReadInt32BigEndian(data),
        IdxType.Single => BinaryPrimitives.ReadSingleBigEndian(data),
        IdxType.Double => BinaryPrimitives.ReadDoubleBigEndian(data),
        _ => data[0],
    };
}
