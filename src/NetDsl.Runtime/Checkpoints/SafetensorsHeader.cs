using System.Text.Json;

namespace NetDsl;

/// <summary>What a safetensors file says about its data, checked as far as that goes without the data.</summary>
/// <param name="Tensors">In the order of their data, which lies side by side.</param>
/// <param name="Metadata">Texts by name; empty without any.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<StoredTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The one entry that is no tensor.</summary>
    public const string MetadataName = "__metadata__";

    /// <summary>Reads the header.</summary>
    /// <param name="json">Its text, with spaces behind it.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">It is damaged: no JSON, entries that are incomplete or double, data that overlaps, leaves gaps or doesn't have the shape's size.</exception>
    public static SafetensorsHeader Parse(ReadOnlyMemory<byte> json, string name)
    {
        var (tensors, metadata, entries, current) = (new List<StoredTensor>(), new Dictionary<string, string>(), new HashSet<string>(), "");
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                current = property.Name;
                if (!entries.Add(current))
                    throw new InvalidDataException($"{name}: has two entries named '{current}'; expected one: the header is damaged.");
                if (current == MetadataName)
                    metadata = property.Value.EnumerateObject().ToDictionary(text => text.Name, text => text.Value.GetString()!);
                else
                    tensors.Add(Tensor(property, name));
            }
        }
        catch (Exception inner) when (inner is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException)
        {
            var place = current.Length == 0 ? "it is no JSON object" : $"in or behind the entry '{current}'";
            throw new InvalidDataException($$"""{{name}}: the header is damaged, {{place}} ({{inner.Message}}); expected entries such as "dense1.bias": {"dtype": "F32", "shape": [10], "data_offsets": [0, 40]}.""", inner);
        }

        tensors = [.. tensors.OrderBy(tensor => tensor.Start).ThenBy(tensor => tensor.End)];
        var end = 0L;
        foreach (var tensor in tensors)
        {
            if (tensor.Start != end)
                throw new InvalidDataException($"{name}: the data of '{tensor.Name}' begins at byte {tensor.Start}, expected {end}, where the data before it ends: the tensors {(tensor.Start < end ? "overlap" : "leave a gap")}, so the header is damaged.");
            end = tensor.End;
        }

        return new SafetensorsHeader(tensors, metadata);
    }

    private static StoredTensor Tensor(JsonProperty entry, string name)
    {
        var type = entry.Value.GetProperty("dtype").GetString() ?? throw new FormatException("dtype is null");
        long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt64())];
        if (entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray() is not [>= 0 and var start, var end] || end < start)
            throw new FormatException("data_offsets are two numbers, the first byte and the one behind the last");

        var elements = 1L;
        foreach (var extent in shape)
        {
            if (extent < 0)
                throw new FormatException("an extent is negative");
            // The product before was at most the largest array, so this one can't overflow.
            elements *= Math.Min(extent, int.MaxValue);
            if (elements > Array.MaxLength)
                throw new InvalidDataException($"{name}: '{entry.Name}' has more than {Array.MaxLength} elements [{string.Join('×', shape)}]: the header is damaged, or the tensor must be split.");
        }

        if (ElementType.Find(type) is { } known && end - start != elements * known.Size)
            throw new InvalidDataException($"{name}: '{entry.Name}' takes {end - start} bytes; expected {elements * known.Size} for {elements} elements [{string.Join('×', shape)}] of type {type}: the header is damaged.");
        return new StoredTensor(entry.Name, type, [.. shape.Select(extent => (int)Math.Min(extent, int.MaxValue))], start, end);
    }
}
