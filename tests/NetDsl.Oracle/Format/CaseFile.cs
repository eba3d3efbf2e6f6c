using System.Text.Json;

namespace NetDsl.Oracle.Format;

/// <summary>Reads a case from its file.</summary>
internal static class CaseFile
{
    private static readonly string[] Kinds = ["layer", "activation", "loss", "optimizer", "schedule", "network", "initializer-stats"];

    /// <exception cref="FormatException">The file doesn't follow the format; the message tells where.</exception>
    public static Case Read(string path) => Read(Parse(path));

    /// <summary>The cases that a folder's index names; none without an index.</summary>
    public static IReadOnlyList<string> ReadIndex(string path) => File.Exists(path)
        ? [.. Array(Parse(path), "cases", "index").Select(name => name.GetString()!)]
        : [];

    private static JsonElement Parse(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new FormatException($"no JSON: {exception.Message}");
        }
    }

    private static Case Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new FormatException($"expected an object, found {root.ValueKind}");
        var kind = Text(root, "kind");
        if (!Kinds.Contains(kind))
            throw new FormatException($"kind is '{kind}'; expected one of {string.Join(", ", Kinds)}");
        var tolerance = Required(root, "tolerance");
        return new Case(
            Text(root, "name"),
            kind,
            Text(root, "layout"),
            Required(root, "config"),
            Tensors(Required(root, "inputs"), "inputs"),
            Tensors(Required(root, "params"), "params"),
            Tensors(Required(root, "outputs"), "outputs"),
            Tensors(Optional(root, "grad_output"), "grad_output"),
            Tensors(Optional(root, "grads"), "grads"),
            new Tolerance(Number(tolerance, "rtol"), Number(tolerance, "atol")),
            tolerance.TryGetProperty("grad_rtol", out _) ? new Tolerance(Number(tolerance, "grad_rtol"), Number(tolerance, "grad_atol")) : default,
            Members(Optional(root, "convention_points")).ToDictionary(member => member.Name, member => member.Value.EnumerateArray().Select(index => index.GetInt32()).ToArray()),
            Members(Optional(root, "acceptance")).ToDictionary(member => member.Name, member => member.Value.GetDouble()));
    }

    private static Dictionary<string, Tensor> Tensors(JsonElement? element, string place) =>
        Members(element).ToDictionary(member => member.Name, member => Tensor(member.Value, $"{place}.{member.Name}"));

    private static Tensor Tensor(JsonElement element, string place)
    {
        var shape = Array(element, "shape", place).Select(extent => extent.GetInt32()).ToArray();
        Func<JsonElement, double> read = Text(element, "dtype") switch
        {
            "f32" => Single,
            "i32" => value => value.GetInt32(),
            var dtype => throw new FormatException($"{place}: dtype is '{dtype}'; expected f32 or i32"),
        };
        var values = Array(element, "data", place).Select(read).ToArray();
        if (values.Length != Format.Tensor.SizeOf(shape))
            throw new FormatException($"{place}: {values.Length} elements in data, but the shape {Format.Tensor.Text(shape)} holds {Format.Tensor.SizeOf(shape)}");
        return new Tensor(shape, values);
    }

    // The decimal stands for the nearest float32, not for the number that it spells.
    private static double Single(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetSingle(),
        JsonValueKind.String => value.GetString() switch
        {
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            "NaN" => double.NaN,
            var text => throw new FormatException($"'{text}' is no number"),
        },
        _ => throw new FormatException($"{value} is no number"),
    };

    private static JsonElement? Optional(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value : null;

    private static JsonElement Required(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : throw new FormatException($"'{name}' is missing");

    private static JsonElement.ArrayEnumerator Array(JsonElement element, string name, string place) => Required(element, name) is { ValueKind: JsonValueKind.Array } value
        ? value.EnumerateArray()
        : throw new FormatException($"{place}: '{name}' is no array");

    private static string Text(JsonElement element, string name) => Required(element, name) is { ValueKind: JsonValueKind.String } value
        ? value.GetString()!
        : throw new FormatException($"'{name}' is no text");

    private static double Number(JsonElement element, string name) => Required(element, name) is { ValueKind: JsonValueKind.Number } value
        ? value.GetDouble()
        : throw new FormatException($"'{name}' is no number");

    private static IEnumerable<JsonProperty> Members(JsonElement? element) => element is { } value ? value.EnumerateObject() : [];
}
