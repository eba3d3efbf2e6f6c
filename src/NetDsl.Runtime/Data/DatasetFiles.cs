using System.Numerics;

namespace NetDsl;

/// <summary>Makes data sets from common formats.</summary>
public static class Dataset
{
    /// <summary>Images and labels from a pair of IDX files.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="images">File of images, plain or gzipped.</param>
    /// <param name="labels">File of labels, plain or gzipped.</param>
    /// <param name="scale">Factor of every element; the default brings bytes to [0, 1].</param>
    /// <param name="classes">Number of classes, or null for the largest label + 1.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, the counts differ, or a label is out of range.</exception>
    public static Dataset<T, int> FromIdx<T>(string images, string labels, double scale = 1 / 255.0, int? classes = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x = IdxReader.ReadImages<T>(images, scale);
        var y = IdxReader.ReadLabels(labels);
        if (x.Count != y.Length)
            throw new InvalidDataException($"{images} has {x.Count} images, {labels} has {y.Length} labels; expected as many of both: the files belong to different sets.");
        try
        {
            return new Dataset<T, int>(x.Values, y, x.SampleSize, classes: classes);
        }
        catch (ArgumentException inner)
        {
            throw new InvalidDataException($"{images} with {labels}: {inner.Message}", inner);
        }
    }

    /// <summary>A table of numbers, one column of which is the class label.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="path">The file, plain or gzipped.</param>
    /// <param name="options">Separator, header and lines to skip; the default is a comma and none.</param>
    /// <param name="label">Column of the label, <c>^1</c> (the last) by default; the others are the input.</param>
    /// <param name="classes">Number of classes, or null for the largest label + 1.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or a label is no class; the message names line and column, both counted from 1.</exception>
    public static Dataset<T, int> FromCsv<T>(string path, CsvOptions? options = null, Index? label = null, int? classes = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => CsvColumns.Labelled(CsvReader.ReadTable<T>(path, options), path, label ?? ^1, classes);

    /// <summary>A table of numbers, some columns of which are what the network shall predict.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="path">The file, plain or gzipped.</param>
    /// <param name="targets">Columns of the targets, such as <c>^1..</c> for the last; the others are the input.</param>
    /// <param name="options">Separator, header and lines to skip; the default is a comma and none.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or too narrow for the columns.</exception>
    public static Dataset<T, T> FromCsv<T>(string path, Range targets, CsvOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => CsvColumns.WithTargets(CsvReader.ReadTable<T>(path, options), path, targets);
}
