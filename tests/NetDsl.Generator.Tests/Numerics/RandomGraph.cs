namespace NetDsl.Generator.Tests.Numerics;

/// <summary>Draws networks with members over vectors: several inputs, results that are read several times, shared members, several losses, declared in any order.</summary>
internal sealed class RandomGraph
{
    private readonly Random _random;
    private readonly RandomStack _stack;
    private readonly List<(string Name, string Text)> _members = [];
    private readonly List<(string Name, int Width)> _results = [];
    private readonly List<(string Name, int Before, int Width)> _chains = [];
    private readonly HashSet<string> _read = [];

    public RandomGraph(int index)
    {
        _random = new Random(index);
        _stack = new RandomStack(_random, isImage: false);
        var attributes = _random.Next(2) == 0 ? Trunk() : "";
        for (var inputs = attributes.Length == 0 ? _random.Next(1, 4) : _random.Next(3); inputs > 0; inputs--)
        {
            var width = _random.Next(1, 6);
            Add($"[Input({width})]", width);
        }

        for (var count = _random.Next(1, 5); count > 0; count--)
            Grow();
        Finish();
        _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_members));
        Network = new NetworkCase($"Random{index}", attributes, _random.Next(2, 9), string.Join("\n", _members.Select(member => $"{member.Text} public partial LayerDescription {member.Name} {{ get; }}")));
    }

    public NetworkCase Network { get; }

    // The last layer has a name, so that members can read the stack by it.
    private string Trunk()
    {
        var width = _random.Next(1, 6);
        var input = width;
        var layers = _stack.Draw(ref width, depth: 1);
        var last = _random.Next(1, 6);
        _results.Add(("trunk", last));
        return $"[Input({input})] [{string.Join(", ", layers)}, Dense({last}, Name = \"trunk\")]";
    }

    private string Add(string text, int width)
    {
        var name = "M" + _members.Count;
        _members.Add((name, text));
        _results.Add((name, width));
        return name;
    }

    private (string Name, int Width) Any()
    {
        var unread = _results.Where(result => !_read.Contains(result.Name)).ToList();
        var result = unread.Count > 0 && _random.Next(3) > 0 ? unread[_random.Next(unread.Count)] : _results[_random.Next(_results.Count)];
        _read.Add(result.Name);
        return result;
    }

    private void Grow()
    {
        var from = Any();
        var fitting = _chains.Where(chain => chain.Before == from.Width).ToList();
        switch (_random.Next(4))
        {
            case 0:
                var other = Any();
                var join = from.Width == other.Width ? _random.Next(2) == 0 ? "Sum" : "Product" : "Concat";
                Add($"[{join}({Of(from.Name)}, {Of(other.Name)})]", join == "Concat" ? from.Width + other.Width : from.Width);
                break;
            case 1 when fitting.Count > 0:
                var shared = fitting[_random.Next(fitting.Count)];
                Add($"[Shared(nameof({shared.Name}), From = {Of(from.Name)})]", shared.Width);
                break;
            default:
                var width = from.Width;
                // The first layer says what it reads.
                var first = $"Dense({width = _random.Next(1, 7)}, From = {Of(from.Name)})";
                var layers = _stack.Draw(ref width, depth: 1);
                _chains.Add((Add($"[{string.Join(", ", [first, .. layers])}]", width), from.Width, width));
                break;
        }
    }

    // What nobody reads ends in a loss, or all of it is an answer; two of one width may be compared.
    private void Finish()
    {
        var ends = _results.Where(result => !_read.Contains(result.Name)).ToList();
        if (_random.Next(8) == 0)
        {
            foreach (var end in ends)
                Add($"[Dense(3, From = {Of(end.Name)})]", 3);
            return;
        }

        for (var i = 0; i < ends.Count; i++)
        {
            var weight = _random.Next(2) == 0 ? "" : $"Weight = 0.{_random.Next(1, 10)}";
            if (i + 1 < ends.Count && ends[i].Width == ends[i + 1].Width && _random.Next(2) == 0)
            {
                Add($"[{(_random.Next(2) == 0 ? "Contrastive" : "CosineEmbedding")}({Of(ends[i].Name)}, {Of(ends[i + 1].Name)}{(weight.Length == 0 ? "" : ", " + weight)})]", 0);
                i++;
                continue;
            }

            var loss = new[] { "SquaredError", "Huber(0.5)", "SoftmaxCrossEntropy", "LogCosh", "BinaryCrossEntropy" }[_random.Next(5)];
            loss = weight.Length == 0 ? loss : loss.EndsWith(')') ? $"{loss[..^1]}, {weight})" : $"{loss}({weight})";
            Add($"[Dense({_random.Next(2, 5)}, From = {Of(ends[i].Name)}), {(loss.StartsWith("Binary", StringComparison.Ordinal) ? "Sigmoid, " : "")}{loss}]", 0);
        }
    }

    private static string Of(string name) => name == "trunk" ? "\"trunk\"" : $"nameof({name})";
}
