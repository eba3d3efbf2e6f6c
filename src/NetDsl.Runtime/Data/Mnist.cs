using System.Numerics;

namespace NetDsl;

/// <summary>The MNIST handwritten digits (LeCun, Cortes, Burges 1998), and sets that come in the same four files, such as Fashion-MNIST.</summary>
public static class Mnist
{
    /// <summary>Both sets, pixels scaled to [0, 1]: 60,000 and 10,000 images of 28 × 28 in 10 classes.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="folder">Holds the four IDX files, plain or with <c>.gz</c>.</param>
    /// <exception cref="FileNotFoundException">A file is missing; the message says where to get it.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static (Dataset<T, int> Train, Dataset<T, int> Test) Load<T>(string folder)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string[] paths = [.. new[] { "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" }.Select(name => Find(folder, name))];
        return (Dataset.FromIdx<T>(paths[0], paths[1], classes: 10), Dataset.FromIdx<T>(paths[2], paths[3], classes: 10));
    }

    private static string Find(string folder, string name)
    {
        // Some archives unpack to a dot where the original has a hyphen.
        string[] names = [name, name + ".gz", name.Replace("-idx", ".idx", StringComparison.Ordinal)];
        return names.Select(candidate => Path.Combine(folder, candidate)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{Path.Combine(folder, name)}[.gz]: no such file. Download {name}.gz from https://storage.googleapis.com/cvdf-datasets/mnist/ (or another mirror of MNIST) into that folder; it needs no unpacking.", Path.Combine(folder, name));
    }
}
