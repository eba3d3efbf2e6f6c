using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text.Json;

namespace NetDsl.Kernels.Tests.Cases;

/// <summary>One reference case: inputs, settings and results that were computed in float64 (see the files beside this one).</summary>
internal sealed class ReferenceCase
{
    private readonly JsonElement _root;

    private ReferenceCase(string name, JsonElement root)
    {
        Name = name;
        _root = root;
    }

    public string Name { get; }

    public static ReferenceCase Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name).ShouldNotBeNull(name);
        return new ReferenceCase(name, JsonDocument.Parse(stream).RootElement);
    }

    /// <summary>The names of the embedded cases that are asked for.</summary>
    public static TheoryData<string> Names(Func<string, bool> includes) => new(Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(includes).Order());

    public static TheoryData<string> Names(string prefix) => Names(name => name.StartsWith(prefix, StringComparison.Ordinal));

    public string Text(string key) => _root.GetProperty("config").GetProperty(key).GetString()!;

    public bool Has(string key) => _root.GetProperty("config").TryGetProperty(key, out _);

    public double Number(string key, double otherwise) =>
        _root.GetProperty("config").TryGetProperty(key, out var value) ? value.GetDouble() : otherwise;

    public bool Flag(string key) => _root.GetProperty("config").TryGetProperty(key, out var value) && value.GetBoolean();

    public double[] Numbers(string key) => [.. _root.GetProperty("config").GetProperty(key).EnumerateArray().Select(value => value.GetDouble())];

    public bool HasTensor(string group, string name) => _root.TryGetProperty(group, out var tensors) && tensors.TryGetProperty(name, out _);

    public int[] Shape(string group, string name) =>
        [.. Tensor(group, name).GetProperty("shape").EnumerateArray().Select(value => value.GetInt32())];

    public T[] Values<T>(string group, string name)
        where T : INumberBase<T>
        => [.. Tensor(group, name).GetProperty("data").EnumerateArray().Select(Read).Select(T.CreateTruncating)];

    /// <summary>Asserts |actual − expected| ≤ atol + rtol·|expected|, save at points that are a matter of convention.</summary>
    public void ShouldAgree<T>(ReadOnlySpan<T> actual, string group, string name, string? alternative = null)
        where T : INumberBase<T>
    {
        var expected = Values<double>(group, name);
        var other = alternative is null ? expected : Values<double>(group, alternative);
        var prefix = group == "grads" ? "grad_" : "";
        var tolerance = _root.GetProperty("tolerance");
        var (rtol, atol) = (tolerance.GetProperty(prefix + "rtol").GetDouble(), tolerance.GetProperty(prefix + "atol").GetDouble());
        HashSet<int> skipped = _root.TryGetProperty("convention_points", out var points) && points.TryGetProperty(name, out var indices)
            ? [.. indices.EnumerateArray().Select(index => index.GetInt32())]
            : [];
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var value = double.CreateTruncating(actual[i]);
            (skipped.Contains(i) || Agrees(value, expected[i]) || Agrees(value, other[i]))
                .ShouldBeTrue($"{Name}: {name}[{i}] is {value:R}, expected {expected[i]:R}");
        }

        bool Agrees(double a, double b) => a.Equals(b) || Math.Abs(a - b) <= atol + rtol * Math.Abs(b);
    }

    private JsonElement Tensor(string group, string name) => _root.GetProperty(group).GetProperty(name);

    private static double Read(JsonElement element) =>
        element.ValueKind == JsonValueKind.String
            ? double.Parse(element.GetString()!, CultureInfo.InvariantCulture)
            : (double)element.GetSingle();
}
