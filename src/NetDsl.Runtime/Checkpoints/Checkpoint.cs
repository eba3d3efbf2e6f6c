using System.Globalization;
using System.Numerics;

namespace NetDsl;

/// <summary>What a trainer's checkpoint has beside the parameters, which stand there as in a file of parameters alone.</summary>
internal static class Checkpoint
{
    /// <summary>Stands before the names of the optimiser's state, <c>optimizer/velocity/dense1.weight</c>. Layers are called by identifiers, so no parameter's name begins like that.</summary>
    public const string OptimizerPrefix = "optimizer/";

    /// <summary>The tensors of a file that are parameters.</summary>
    public static IReadOnlyList<TensorInfo> Parameters(SafetensorsHeader header) =>
        [.. header.Tensors.Select(tensor => tensor.Info).Where(tensor => !tensor.Name.StartsWith(OptimizerPrefix, StringComparison.Ordinal))];
}

/// <summary>Brings a training run to a file and back: parameters, the optimiser's state, and counters in the metadata.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class Checkpoint<T>(ParameterArena<T> parameters, Optimizer<T> optimizer)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const string Epochs = "trainer.epochs";
    private const string Steps = "trainer.steps";
    private const string Kind = "optimizer.kind";
    private const string OptimizerSteps = "optimizer.steps";
    private const string LearningRate = "optimizer.learningRate";

    // Of single tensors, where they have others than the optimiser itself.
    private const string FactorOf = "optimizer.factor.";
    private const string StepsOf = "optimizer.steps.";

    private IEnumerable<TensorInfo> Learnable => parameters.Tensors.Where(tensor => tensor.IsLearnable);

    private IReadOnlyList<TensorInfo> Tensors => [.. parameters.Tensors, .. optimizer.States.SelectMany(_ => Learnable, (state, tensor) => tensor with { Name = Name(state, tensor) })];

    /// <summary>Writes the file.</summary>
    public void Save(string path, int epochs, long steps)
    {
        optimizer.BringHome(parameters);
        AtomicFile.Write(path, stream =>
        {
            SafetensorsWriter.WriteHeader<T>(stream, Tensors, Metadata(epochs, steps));
            foreach (var tensor in parameters.Tensors)
                SafetensorsWriter.WriteValues<T>(stream, parameters.Values.Slice(tensor.Offset, tensor.Length));
            for (var state = 0; state < optimizer.States.Count; state++)
            {
                foreach (var tensor in Learnable)
                    SafetensorsWriter.WriteValues<T>(stream, optimizer.State(state).Slice(tensor.Offset, tensor.Length));
            }
        });
    }

    /// <summary>Reads the file, and changes parameters and optimiser when all of it is right.</summary>
    /// <returns>The trainer's counters.</returns>
    public (int Epochs, long Steps) Load(string path)
    {
        using var stream = InputFile.Open(path, "Trainer.SaveCheckpoint writes such a file; check the folder and the name.");
        var file = new SafetensorsReader(stream, path);
        Check(file.Header, path);
        var (epochs, steps) = (Number<int>(file.Header, Epochs, path), Number<long>(file.Header, Steps, path));
        var (optimizerSteps, learningRate) = (Number<long>(file.Header, OptimizerSteps, path), Number<double>(file.Header, LearningRate, path));
        var progress = Learnable.Select(tensor => new TensorProgress(
            tensor, Number<double>(file.Header, FactorOf + tensor.Name, path, otherwise: 1), Number<long>(file.Header, StepsOf + tensor.Name, path, optimizerSteps))).ToList();
        var values = file.Read<T>(Tensors);

        optimizer.BringHome(parameters);
        foreach (var tensor in parameters.Tensors)
            values[tensor.Name].CopyTo(parameters.Values.Slice(tensor.Offset, tensor.Length));
        for (var state = 0; state < optimizer.States.Count; state++)
        {
            foreach (var tensor in Learnable)
                values[Name(optimizer.States[state], tensor)].CopyTo(optimizer.State(state).Slice(tensor.Offset, tensor.Length));
        }

        optimizer.Resume(optimizerSteps, learningRate, progress);
        return (epochs, steps);
    }

    private Dictionary<string, string> Metadata(int epochs, long steps)
    {
        var metadata = new Dictionary<string, string>
        {
            [Epochs] = Text(epochs),
            [Steps] = Text(steps),
            [Kind] = optimizer.Kind,
            [OptimizerSteps] = Text(optimizer.Steps),
            [LearningRate] = Text(optimizer.LearningRate),
        };
        foreach (var (tensor, factor, taken) in optimizer.Progress(parameters))
        {
            if (factor != 1)
                metadata[FactorOf + tensor.Name] = Text(factor);
            if (taken != optimizer.Steps)
                metadata[StepsOf + tensor.Name] = Text(taken);
        }

        return metadata;
    }

    private void Check(SafetensorsHeader header, string path)
    {
        if (!header.Metadata.TryGetValue(Kind, out var kind))
            throw new InvalidDataException($"{path}: holds no optimiser's state, as a file of parameters alone; expected one that Trainer.SaveCheckpoint has written. Parameters.Load takes parameters alone.");
        if (kind != optimizer.Kind)
            throw new InvalidDataException($"{path}: the run was trained by {kind}, this trainer has {optimizer.Kind}: make it with the optimiser that the run had, or take the parameters alone by Parameters.Load.");
        var type = ElementType.Of<T>().Name;
        if (header.Tensors.FirstOrDefault(tensor => tensor.Type != type) is { } other)
            throw new InvalidDataException($"{path}: '{other.Name}' is of type {other.Type}, this trainer works in {type}: go on in the run's precision, or take the parameters alone by Parameters.Load, which converts.");
        if (CopyReport.Of(Tensors, [.. header.Tensors.Select(tensor => tensor.Info)], name => name).Differences() is { Length: > 0 } differences)
            throw new InvalidDataException($"{path}: its tensors aren't those of {parameters.GetType().FullName} with {optimizer.Kind}, nothing was loaded: use the run's network, or take what has its like by Parameters.LoadMatching:\n{differences}");
    }

    private static TNumber Number<TNumber>(SafetensorsHeader header, string name, string path, TNumber? otherwise = null)
        where TNumber : struct, INumber<TNumber>
    {
        var text = header.Metadata.GetValueOrDefault(name);
        if (text is null && otherwise is { } known)
            return known;
        return TNumber.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && TNumber.IsFinite(number) && !TNumber.IsNegative(number)
            ? number
            : throw new InvalidDataException($"{path}: the metadata has {(text is null ? "none" : $"'{text}'")} as {name}; expected a number from 0 on: the file is damaged.");
    }

    private static string Name(string state, TensorInfo tensor) => $"{Checkpoint.OptimizerPrefix}{state}/{tensor.Name}";

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
