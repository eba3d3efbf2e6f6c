namespace NetDsl;

/// <summary>All numbers of one kind that belong to a network's parameters, in one aligned block: named tensors side by side.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public abstract class TensorArena<T>
    where T : unmanaged
{
    private readonly AlignedBuffer<T> _buffer;

    private protected TensorArena(IReadOnlyList<TensorInfo> tensors, int length)
    {
        Tensors = tensors;
        _buffer = new AlignedBuffer<T>(length);
    }

    /// <summary>The tensors in arena order.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Elements of the block, padding included.</summary>
    internal int Length => _buffer.Length;

    /// <summary>The whole block. Elements between two tensors are padding and stay zero.</summary>
    /// <remarks>Where a device works on the numbers, reading this brings them home, and the device takes over what is written before its next pass.</remarks>
    public Span<T> Values
    {
        get
        {
            Mirror?.BringHome(_buffer.Span);
            return _buffer.Span;
        }
    }

    /// <summary>The device's copy, where there is one.</summary>
    internal IArenaMirror<T>? Mirror { get; set; }

    /// <summary>The block as the host has it, be it up to date or not; for the mirror.</summary>
    internal Span<T> HostValues => _buffer.Span;

    /// <summary>The elements of the tensor called <paramref name="name"/>, row-major.</summary>
    /// <exception cref="KeyNotFoundException">No tensor has that name; the message lists those there are.</exception>
    public Span<T> this[string name]
    {
        get
        {
            foreach (var tensor in Tensors)
            {
                if (tensor.Name == name)
                    return Slice(tensor.Offset, tensor.Length);
            }

            throw new KeyNotFoundException($"No tensor is named '{name}'; there are: {string.Join(", ", Tensors.Select(tensor => tensor.Name))}.");
        }
    }

    /// <summary>Elements [offset, offset + length) of the block; the generated views are built on it.</summary>
    protected Span<T> Slice(int offset, int length) => Values.Slice(offset, length);

    /// <summary>Throws unless <paramref name="other"/> has the same tensors at the same places.</summary>
    private protected void RequireSameLayout(TensorArena<T> other)
    {
        if (!Tensors.Select(tensor => (tensor.Name, tensor.Offset, tensor.Length)).SequenceEqual(other.Tensors.Select(tensor => (tensor.Name, tensor.Offset, tensor.Length))))
            throw new ArgumentException($"The layouts differ: {GetType().FullName} has {Tensors.Count} tensors in {Length} elements, {other.GetType().FullName} has {other.Tensors.Count} in {other.Length}. Copy between instances of one network.");
    }
}

/// <summary>The numbers of one network: the learnable tensors, and behind them the state, which no gradient changes.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public abstract partial class ParameterArena<T> : TensorArena<T>
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
{
    private readonly int _learnable;

    /// <summary>Allocates the block, all zero.</summary>
    /// <param name="tensors">The tensors in arena order.</param>
    /// <param name="length">Elements in the arena, padding included.</param>
    /// <exception cref="ArgumentException">A learnable tensor stands behind one that isn't.</exception>
    protected ParameterArena(IReadOnlyList<TensorInfo> tensors, int length)
        : base(tensors, length)
    {
        var state = tensors.SkipWhile(tensor => tensor.IsLearnable).ToList();
        if (state.Find(tensor => tensor.IsLearnable) is { } late)
            throw new ArgumentException($"The learnable tensor '{late.Name}' stands behind '{state[0].Name}', which isn't learnt: state comes last.", nameof(tensors));
        _learnable = state.Count > 0 ? state[0].Offset : length;
    }

    /// <summary>Number of learnable numbers, padding and state left out.</summary>
    public int Count => Tensors.Sum(tensor => tensor.IsLearnable ? tensor.Length : 0);

    /// <summary>Elements of <see cref="Learnable"/>.</summary>
    internal int LearnableLength => _learnable;

    /// <summary>The learnable tensors, which the gradients' block has one element for each of.</summary>
    public Span<T> Learnable => Values[.._learnable];

    /// <summary>What isn't learnt, behind them: running statistics, which training passes update, and frozen weights.</summary>
    public Span<T> State => Values[_learnable..];

    /// <summary>Fills every tensor by its initialiser; the same seed gives the same bits.</summary>
    public void Initialize(ulong seed)
    {
        for (var i = 0; i < Tensors.Count; i++)
        {
            var tensor = Tensors[i];
            tensor.Initializer.Fill(Slice(tensor.Offset, tensor.Length), tensor.FanIn, tensor.FanOut, seed, (ulong)i);
        }
    }

    /// <summary>Copies all values, state included, from <paramref name="source"/>, which must belong to the same network.</summary>
    /// <exception cref="ArgumentException">The layouts differ.</exception>
    public void CopyFrom(ParameterArena<T> source)
    {
        RequireSameLayout(source);
        source.Values.CopyTo(Values);
    }

    /// <summary>Copies each tensor that <paramref name="source"/>, be it of another network, has under the same name with the same shape; the others stay as they are.</summary>
    /// <param name="source">The parameters of a network that has layers in common with this one.</param>
    /// <param name="rename">The name in the source of a tensor of this network, or null to leave it out: <c>name => "encoder." + name</c>. Without it, names are the same.</param>
    /// <returns>What was copied, what wasn't and why.</returns>
    /// <exception cref="ArgumentException">Nothing was copied, since no tensor has its like in the source.</exception>
    public CopyReport CopyMatching(ParameterArena<T> source, Func<string, string?>? rename = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        var report = CopyReport.Of(Tensors, source.Tensors, rename ?? (name => name));
        if (report.Copied.Count == 0)
            throw new ArgumentException($"No tensor of {GetType().FullName} has its like in {source.GetType().FullName}, by name and shape:\n{report}", nameof(source));
        foreach (var copy in report.Copied)
            source.Slice(copy.Source!.Offset, copy.Source.Length).CopyTo(Slice(copy.Tensor.Offset, copy.Tensor.Length));
        return report;
    }
}

/// <summary>The gradient of the loss with respect to every learnable parameter, in the parameters' own layout.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="tensors">The parameters' tensors in arena order; state, which comes last, has no gradient and is left out.</param>
/// <param name="length">Elements of the learnable ones, padding included.</param>
public abstract class GradientArena<T>(IReadOnlyList<TensorInfo> tensors, int length) : TensorArena<T>([.. tensors.Where(tensor => tensor.IsLearnable)], length)
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
{
    /// <summary>The optimiser that takes its step during the backward pass that runs, if one does.</summary>
    internal Optimizer<T>? Stepping { get; set; }

    /// <summary>Whether an optimiser has used up some of the gradients as they were made, so that what stands in their places belongs to earlier passes.</summary>
    internal bool IsUsedUp { get; set; }

    /// <summary>Sets every gradient to zero.</summary>
    public void Clear()
    {
        Values.Clear();
        IsUsedUp = false;
    }

    /// <summary>Begins a pass that stores all gradients.</summary>
    /// <param name="accumulate">Whether it adds to what is there.</param>
    /// <exception cref="InvalidOperationException">It adds to what isn't all there.</exception>
    internal void Store(bool accumulate)
    {
        if (accumulate)
            RequireAll();
        IsUsedUp = false;
    }

    /// <summary>Throws if an optimiser has used up some of the gradients.</summary>
    internal void RequireAll()
    {
        if (IsUsedUp)
            throw new InvalidOperationException("BackwardStep has used these gradients up: it has taken the step already. To clip, add up or look at gradients, call Backward and Step in its place; Clear begins afresh.");
    }
}
