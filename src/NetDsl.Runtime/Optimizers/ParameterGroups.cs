namespace NetDsl;

/// <summary>Neighbouring tensors of an arena that learn alike.</summary>
/// <param name="Start">First element.</param>
/// <param name="Length">Elements.</param>
/// <param name="Factor">What multiplies the learning rate.</param>
/// <param name="Decays">Whether weight decay is for them.</param>
/// <param name="Steps">Steps taken; none are while the factor is 0.</param>
internal record struct ParameterGroup(int Start, int Length, double Factor, bool Decays, long Steps);

/// <summary>How far a learnable tensor has come.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Factor">What multiplies the learning rate.</param>
/// <param name="Steps">Steps taken.</param>
internal sealed record TensorProgress(TensorInfo Tensor, double Factor, long Steps);

/// <summary>Which parts of a network learn at which rate.</summary>
/// <param name="steps">Steps that all parts have taken so far.</param>
internal sealed class ParameterGroups(long steps)
{
    private readonly List<(string Name, double Factor)> _factors = [];
    private IReadOnlyList<TensorInfo>? _tensors;
    private ParameterGroup[] _groups = [];

    /// <summary>Groups that go on from where others were.</summary>
    /// <param name="steps">Steps that the optimiser has taken so far.</param>
    /// <param name="progress">All learnable tensors.</param>
    public ParameterGroups(long steps, IReadOnlyList<TensorProgress> progress)
        : this(steps)
    {
        _factors.AddRange(progress.Select(tensor => (tensor.Tensor.Name, tensor.Factor)));
        _groups = [.. progress.Select(tensor => new ParameterGroup(tensor.Tensor.Offset, tensor.Tensor.Length, tensor.Factor, Decays: true, tensor.Steps))];
    }

    /// <summary>Sets the factor of the tensors called <paramref name="name"/> or <c>name.…</c>; the last one that fits a tensor counts.</summary>
    public void Scale(string name, double factor)
    {
        _factors.RemoveAll(known => known.Name == name);
        _factors.Add((name, factor));
        _tensors = null;
    }

    /// <summary>The groups in arena order; allocates only after a change.</summary>
    /// <param name="tensors">The tensors of the arena.</param>
    /// <param name="decayWeightsOnly">Whether weight decay is for weights alone.</param>
    /// <exception cref="ArgumentException">A factor's name fits no learnable tensor.</exception>
    public Span<ParameterGroup> Of(IReadOnlyList<TensorInfo> tensors, bool decayWeightsOnly)
    {
        if (!ReferenceEquals(tensors, _tensors))
            Arrange(tensors, decayWeightsOnly);
        return _groups;
    }

    /// <summary>How far a learnable tensor has come; for groups that are arranged.</summary>
    public TensorProgress At(TensorInfo tensor)
    {
        var group = At(tensor.Offset);
        return new TensorProgress(tensor, group.Factor, group.Steps);
    }

    /// <summary>The group of the tensor at an offset; for groups that are arranged.</summary>
    public ParameterGroup At(int offset) => _groups[IndexOf(offset)];

    private void Arrange(IReadOnlyList<TensorInfo> tensors, bool decayWeightsOnly)
    {
        var learnable = tensors.Where(tensor => tensor.IsLearnable).ToList();
        foreach (var (name, _) in _factors)
        {
            if (!learnable.Exists(tensor => IsNamed(tensor, name)))
                throw new ArgumentException($"A learning rate is set for '{name}', but no learnable tensor is called that or '{name}.…'; there are: {string.Join(", ", learnable.Select(tensor => tensor.Name))}.", nameof(tensors));
        }

        var groups = new List<ParameterGroup>();
        foreach (var tensor in learnable)
        {
            var factor = _factors.FindLast(factor => IsNamed(tensor, factor.Name)) is { Name: not null } found ? found.Factor : 1;
            var before = IndexOf(tensor.Offset);
            var taken = before < 0 ? steps : _groups[before].Steps;
            var decays = !decayWeightsOnly || IsWeight(tensor);
            if (groups.Count == 0 || groups[^1].Factor != factor || groups[^1].Decays != decays || groups[^1].Steps != taken)
                groups.Add(new ParameterGroup(tensor.Offset, 0, factor, decays, taken));
            groups[^1] = groups[^1] with { Length = tensor.Offset + tensor.Length - groups[^1].Start };
        }

        (_tensors, _groups) = (tensors, [.. groups]);
    }

    // A loop, since a step that looks up a group must not allocate.
    private int IndexOf(int offset)
    {
        for (var i = 0; i < _groups.Length; i++)
        {
            if (_groups[i].Start <= offset && offset < _groups[i].Start + _groups[i].Length)
                return i;
        }

        return -1;
    }

    // What layers multiply by; all else that is learnt has a name of its own: bias, gamma, slope.
    private static bool IsWeight(TensorInfo tensor) => tensor.Name.EndsWith(".weight", StringComparison.Ordinal);

    private static bool IsNamed(TensorInfo tensor, string name) => tensor.Name == name || tensor.Name.StartsWith(name + ".", StringComparison.Ordinal);
}
