using System.Globalization;
using NetDsl;

namespace Samples;

/// <summary>The 1,797 handwritten digits of samples/Digits as images of 8 × 8 pixels from 0 to 1, and a way to look at such images.</summary>
internal static class DigitImages
{
    private const int Side = 8;
    private const int Magnified = 6;

    /// <summary>Four fifths to train with, one fifth to test.</summary>
    public static (Dataset<float, int> Train, Dataset<float, int> Test) Load()
    {
        var digits = Dataset.FromCsv<float>(Path.Combine(AppContext.BaseDirectory, "digits.csv.gz"), classes: 10);
        var pixels = Rows(digits).SelectMany(row => digits.Input(row).ToArray()).Select(pixel => pixel / 16).ToArray();
        var labels = Rows(digits).Select(row => digits.Target(row)[0]).ToArray();
        return new Dataset<float, int>(pixels, labels, Side * Side, classes: 10).Split(0.8, seed: 1, stratified: true);
    }

    /// <summary>All images and labels side by side.</summary>
    public static (float[] X, int[] Labels) Batch(this Dataset<float, int> digits)
    {
        var (x, labels) = (new float[digits.Count * digits.InputSize], new int[digits.Count]);
        digits.Gather([.. Rows(digits)], x, labels);
        return (x, labels);
    }

    /// <summary>Writes images as one picture, lines of <paramref name="columns"/>, into the folder of the program.</summary>
    public static void Save(string name, ReadOnlySpan<float> images, int columns)
    {
        var lines = images.Length / (Side * Side) / columns;
        var (height, width, cell) = (lines * (Side + 1) * Magnified, columns * (Side + 1) * Magnified, (Side + 1) * Magnified);
        var picture = new byte[height * width];
        for (var i = 0; i < picture.Length; i++)
        {
            var (line, column) = (i / width / cell, i % width / cell);
            var (y, x) = (i / width % cell / Magnified, i % width % cell / Magnified);
            picture[i] = y == Side || x == Side ? (byte)255 : (byte)(255 * Math.Clamp(1 - images[((line * columns + column) * Side + y) * Side + x], 0, 1));
        }

        var path = Path.Combine(AppContext.BaseDirectory, name + ".pgm");
        File.WriteAllBytes(path, [.. "P5\n"u8, .. System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{width} {height}\n255\n")), .. picture]);
        Console.WriteLine($"images: {path}");
    }

    private static IEnumerable<int> Rows(Dataset<float, int> digits) => Enumerable.Range(0, digits.Count);
}
