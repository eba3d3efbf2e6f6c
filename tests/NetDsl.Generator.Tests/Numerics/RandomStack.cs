namespace NetDsl.Generator.Tests.Numerics;

/// <summary>Draws stacks with joins in joins over vectors or images whose extents stay as they are.</summary>
/// <param name="random">The source of chance.</param>
/// <param name="isImage">Whether a sample is (channels, height, width).</param>
internal sealed class RandomStack(Random random, bool isImage)
{
    private static readonly string[] Activations = ["Tanh", "ReLU", "Sigmoid", "SiLU", "GELU", "LeakyReLU(0.2)", "PReLU(PerChannel = true)", "Softplus", "HardSwish"];

    /// <summary>Some layers, joins among them; <paramref name="width"/> is the number of features or channels before and after.</summary>
    public List<string> Draw(ref int width, int depth)
    {
        var layers = new List<string>();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            switch (random.Next(depth > 0 ? 9 : 5))
            {
                case 0 or 1:
                    layers.Add(Product(width = random.Next(1, 9)));
                    break;
                case 2 or 3:
                    layers.Add(Activations[random.Next(Activations.Length)]);
                    break;
                case 4:
                    layers.Add(random.Next(3) > 0 ? "Dropout(0.3)" : isImage ? "MaxPool(3, Stride = 1, Padding = Padding.Same)" : "Tanh");
                    break;
                // Of a single channel a normalisation keeps the sign alone: gradients that are 0 but for rounding can't be compared.
                case 8 when width > 1:
                    layers.Add(Block(width = random.Next(2, 7)));
                    break;
                case 7:
                    layers.AddRange(Concat(ref width, depth - 1));
                    break;
                default:
                    layers.AddRange(Elementwise(ref width, depth - 1));
                    break;
            }
        }

        return layers;
    }

    private string Product(int width) => isImage ? $"Conv({width}, {(random.Next(2) == 0 ? 1 : 3)}, Padding = Padding.Same{(random.Next(3) == 0 ? ", Bias = false" : "")})" : $"Dense({width})";

    // Those of BlockTests.
    private string Block(int width) =>
        !isImage ? $"Residual({width}{(random.Next(2) == 0 ? ", false" : "")}, Repeat = {random.Next(1, 3)})"
        : random.Next(2) == 0 ? $"Residual3({width}, Repeat = {random.Next(1, 3)})"
        : $"Basic({width})";

    // Branches end in one width: that before the join, so that one may be empty, or another.
    private List<string> Elementwise(ref int width, int depth)
    {
        var (before, after) = (width, random.Next(3) == 0 ? random.Next(1, 9) : width);
        List<string> layers = [random.Next(3) == 0 ? "Product" : "Sum"];
        for (var branches = random.Next(2, 4); branches > 0; branches--)
        {
            layers.Add("Branch");
            if (before == after && random.Next(3) == 0)
                continue;
            var inside = before;
            layers.AddRange(Draw(ref inside, depth));
            if (inside != after)
                layers.Add(Product(after));
        }

        width = after;
        return [.. layers, "End"];
    }

    private List<string> Concat(ref int width, int depth)
    {
        var total = 0;
        List<string> layers = ["Concat"];
        for (var branches = random.Next(2, 4); branches > 0; branches--)
        {
            layers.Add("Branch");
            var inside = width;
            if (random.Next(4) > 0)
                layers.AddRange(Draw(ref inside, depth));
            total += inside;
        }

        width = total;
        return [.. layers, "End"];
    }
}
