using System.Text.Json;

namespace NetDsl.Oracle.Format;

/// <summary>What a configuration asks for has no counterpart in the language; the message says what.</summary>
internal sealed class UnsupportedException(string reason) : Exception(reason);

/// <summary>The settings of a configuration, which remember what was read: a setting that is passed over could change the result.</summary>
/// <param name="element">The object that holds them.</param>
/// <param name="place">What it is, for messages.</param>
internal sealed class Settings(JsonElement element, string place)
{
    private static readonly JsonElement Empty = JsonSerializer.SerializeToElement(new { });

    private readonly HashSet<string> _read = [];

    public string Text(string name) => Required(name, JsonValueKind.String).GetString()!;

    public int Integer(string name) => Required(name, JsonValueKind.Number).GetInt32();

    public double Number(string name) => Required(name, JsonValueKind.Number).GetDouble();

    public double Number(string name, double whenAbsent) => Find(name, JsonValueKind.Number)?.GetDouble() ?? whenAbsent;

    public bool Flag(string name, bool whenAbsent) => Find(name, JsonValueKind.True, JsonValueKind.False)?.GetBoolean() ?? whenAbsent;

    public double[]? Numbers(string name) => Find(name, JsonValueKind.Array)?.EnumerateArray().Select(value => value.GetDouble()).ToArray();

    public int[] Integers(string name, params int[] whenAbsent) => Find(name, JsonValueKind.Array)?.EnumerateArray().Select(value => value.GetInt32()).ToArray() ?? whenAbsent;

    /// <summary>A list of lists, one behind the other.</summary>
    public int[] JoinedIntegers(string name) => [.. Required(name, JsonValueKind.Array).EnumerateArray().SelectMany(list => list.EnumerateArray().Select(value => value.GetInt32()))];

    public int? OptionalInteger(string name) => Find(name, JsonValueKind.Number)?.GetInt32();

    public IReadOnlyDictionary<string, string> Texts(string name) =>
        Find(name, JsonValueKind.Object)?.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString()!) ?? [];

    public Settings Object(string name) => new(Required(name, JsonValueKind.Object), name);

    public Settings OptionalObject(string name) => new(Find(name, JsonValueKind.Object) ?? Empty, name);

    public IReadOnlyList<Settings> Objects(string name) => [.. Required(name, JsonValueKind.Array).EnumerateArray().Select((member, i) => new Settings(member, $"{name}[{i}]"))];

    /// <summary>Passes over settings that repeat what others say.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _read.Add(name);
    }

    /// <summary>The same, of which some are passed over.</summary>
    public Settings Without(params ReadOnlySpan<string> names)
    {
        Ignore(names);
        return this;
    }

    /// <summary>Throws unless a number is the one that the language has fixed.</summary>
    public void Fixed(string name, double value)
    {
        if (Number(name, value) is var number && number != value)
            throw new UnsupportedException($"{name} = {number}; the language has {value} only");
    }

    /// <exception cref="UnsupportedException">A setting was never read.</exception>
    public void RequireAllRead(string owner)
    {
        if (element.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !_read.Contains(name)) is { } unread)
            throw new UnsupportedException($"{owner} has no setting '{unread}'");
    }

    private JsonElement Required(string name, JsonValueKind kind) => Find(name, kind) ?? throw new FormatException($"{place} lacks '{name}'");

    private JsonElement? Find(string name, params ReadOnlySpan<JsonValueKind> kinds)
    {
        _read.Add(name);
        if (!element.TryGetProperty(name, out var value))
            return null;
        return kinds.Contains(value.ValueKind) ? value : throw new FormatException($"{place}: '{name}' is {value}, which is no {kinds[0]}");
    }
}
