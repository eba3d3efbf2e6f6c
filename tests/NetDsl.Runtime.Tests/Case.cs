using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetDsl.Tests;

/// <summary>A reference case of the folder Cases.</summary>
internal sealed class Case
{
    private readonly JsonNode _root;

    private Case(JsonNode root) => _root = root;

    public JsonNode Config => _root["config"]!;

    public static Case Load(string name)
    {
        using var stream = typeof(Case).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        return new Case(JsonNode.Parse(stream)!);
    }

    public static IEnumerable<string> Names(string prefix) =>
        typeof(Case).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public double Setting(string name, double otherwise = 0) => Config[name]?.GetValue<double>() ?? otherwise;

    public double Number(string section, string name) => _root[section]![name]!.GetValue<double>();

    public double Scalar(string name) => Tensor("outputs", name)[0];

    public float[] Tensor(string section, string name) => _root[section]![name]!["data"].Deserialize<float[]>()!;
}
