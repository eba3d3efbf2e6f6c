using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission;

/// <summary>An operator struct as a type argument and as an argument.</summary>
internal readonly record struct OperatorCode(string Type, string Construction);

/// <summary>The names and structs of one use of a network: its training or its inference.</summary>
/// <param name="Variable">C# of a value.</param>
/// <param name="MaskNumber">C# of the number of a dropout.</param>
internal sealed record NetworkCode(NetworkGraph Graph, Names Names, OperatorFile Operators, Func<int, string> Variable, Func<Node, string> MaskNumber)
{
    /// <summary>Whether kernels that make gradients of parameters, too, get no memory for them.</summary>
    public bool LeavesOutParameters { get; init; }

    /// <summary>C# of the arena of the gradients, where an optimiser may step in their place; else empty.</summary>
    public string GradientArena { get; init; } = "";

    public EpilogueEmitter Epilogues { get; } = new(Graph, Names, Operators);

    public OperatorCode Code(Operator op) => Code(op, []);

    /// <param name="op">The operator.</param>
    /// <param name="constants">C# of what its construction takes behind the values.</param>
    public OperatorCode Code(Operator op, IReadOnlyList<string> constants) =>
        new(op.Type, op.Arguments.Count + constants.Count == 0 ? "default" : $"new({string.Join(", ", op.Arguments.Select(Variable).Concat(constants))})");
}

/// <summary>What an operation prints the call of its kernel from.</summary>
/// <param name="network">The use of the network.</param>
/// <param name="step">The operation and the elementwise ones behind it.</param>
internal sealed class StepCode(NetworkCode network, Step step)
{
    private const int Narrow = 16;

    public Node Root => step.Root;

    /// <summary><c>float</c> or <c>double</c>.</summary>
    public string Type => network.Names.Type;

    /// <summary>C# of whether gradients of parameters are added to what is there: always, where an earlier step of the pass has made them.</summary>
    public string Accumulate => network.LeavesOutParameters ? "false" : Root.Outputs.Any(id => network.Graph.Values[id].IsFurther) ? "true" : "accumulate";

    /// <summary>C# of the arena of the gradients, where an optimiser may step in their place; else empty.</summary>
    public string GradientArena => network.GradientArena;

    /// <summary>C# of the value that the step writes.</summary>
    public string Result => Variable(step.Result);

    /// <summary>The factor n for the batch, times a number.</summary>
    public static string Samples(int factor) => factor == 1 ? "n" : $"n * {Text.Invariant(factor)}";

    /// <summary>Rows and columns of n samples that are worked on element by element: one row where a sample would not fill a vector.</summary>
    public static string Matrix(int columns) => columns < Narrow ? $"1, {Samples(columns)}" : $"n, {Text.Invariant(columns)}";

    public string Variable(int id) => network.Variable(id);

    /// <summary>A value as formulas call it.</summary>
    public string Symbol(int id) => network.Names.Symbol(id);

    /// <summary>C# of a value from one of its elements on.</summary>
    public string From(string variable, int offset) => offset == 0 ? variable : OnDevice ? $"{variable}.SubView({Text.Invariant(offset)})" : $"{variable}[{Text.Invariant(offset)}..]";

    public Shape Shape(int id) => network.Graph.Values[id].Shape;

    /// <summary>How many elements a gradient has, at least, for each that can be other than 0: behind a max pooling, as many as its windows are apart.</summary>
    public int ElementsPerGradient(int id)
    {
        var maker = Maker(id);
        while (maker is { Op.KeepsZeros: true })
            maker = Maker(maker.Inputs[0]);
        return maker is { Op: PoolBackwardOp { Pool.Kind: PoolKind.Max } } ? Shape(maker.Outputs[0]).Size / Shape(maker.Inputs[0]).Size : 1;
    }

    private Node? Maker(int id) => network.Graph.Nodes.FirstOrDefault(node => node.Outputs.Contains(id));

    /// <summary>Rows of a value whose last axis holds the columns: every step of a sequence is one.</summary>
    public string Rows(int id) => Samples(Shape(id).Rows);

    /// <summary>Whether the code runs on a device.</summary>
    public bool OnDevice => network.Names.OnDevice;

    /// <summary>The type arguments that kernels with elementary functions begin with.</summary>
    public string TypeAndFunctions => network.Names.TypeAndFunctions;

    /// <summary>C# of the number of a dropout.</summary>
    public string MaskNumber(Node node) => network.MaskNumber(node);

    /// <summary>The elementwise operations behind a product.</summary>
    /// <param name="columns">Columns of the product.</param>
    /// <param name="bias">A parameter that is added first, or −1.</param>
    /// <param name="biasAlong">What has an element of the bias each: columns, or rows over and over.</param>
    public OperatorCode Epilogue(int columns, int bias = -1, ChannelKind biasAlong = ChannelKind.Columns) =>
        network.Code(network.Epilogues.Epilogue(Root.Outputs[0], bias, step.Epilogue.ToList(), step.Stores, columns, biasAlong: biasAlong));

    /// <summary>A pass of its own for a step that begins with an elementwise operation.</summary>
    public string Pass()
    {
        var x = Root.Inputs[0];
        var (matrix, columns) = Arrangement();
        var op = network.Code(network.Epilogues.Epilogue(x, -1, [.. step.Nodes], step.Stores, columns));
        return $"Kernels::Pass.Apply<{Type}, {op.Type}>({Variable(x)}, {Result}, {matrix}, {op.Construction})";
    }

    /// <summary>The operator of a reduction over an elementwise term.</summary>
    /// <param name="local">The local that holds the term, where no value has it.</param>
    public OperatorCode Term(int columns, string? local = null) => network.Code(network.Epilogues.Epilogue(Root.Inputs[0], -1, [Root], [], columns, local));

    public OperatorCode GateEpilogue(GateFormula gate, int columns) => network.Code(network.Epilogues.Gate(gate, Root, step.Epilogue.ToList(), step.Stores, columns));

    public OperatorCode GateBackward(GateFormula gate, int columns) => network.Code(network.Epilogues.GateBackward(gate, Root, columns));

    // Where channels have parameters of their own, a row ends with its channel, or channels are the columns.
    private (string Matrix, int Columns) Arrangement()
    {
        var size = Shape(Root.Inputs[0]).Size;
        var channels = ((IElementwise)Root.Op).ChannelsOf(Shape(Root.Inputs[0]));
        return channels.Kind == ChannelKind.None ? (Matrix(size), size) : ($"{Samples(size / channels.Length)}, {Text.Invariant(channels.Length)}", channels.Length);
    }

    /// <summary>The struct with the extents of a weight [outputs × inputs] as constants.</summary>
    public string DenseShape(int weight)
    {
        var (inputs, outputs) = (Text.Invariant(Shape(weight).Last), Text.Invariant(Shape(weight).Extents[0]));
        return ShapeStruct($"Dense{inputs}To{outputs}", "IDenseShape", "Extents of a dense layer, constants for the compiler", [("Inputs", "int", inputs), ("Outputs", "int", outputs)]);
    }

    /// <summary>A struct with a layer's sizes as constants.</summary>
    public string ShapeStruct(string structName, string contract, string summary, IReadOnlyList<(string Member, string Type, string Value)> members)
    {
        var body = new CodeWriter();
        body.Open(" : Kernels::" + contract);
        for (var i = 0; i < members.Count; i++)
        {
            if (i > 0)
                body.Line();
            body.Line($"public static {members[i].Type} {members[i].Member} => {members[i].Value};");
        }

        body.Close();
        return network.Operators.AddShape(structName, summary, body.ToString());
    }
}

/// <summary>What a loss prints the call of its kernel from.</summary>
/// <param name="network">The use of the network.</param>
/// <param name="step">The loss and the elementwise operations on its gradient.</param>
/// <param name="takesLabels">Whether targets are class labels.</param>
/// <param name="target">C# of the targets.</param>
/// <param name="weights">C# of the factors of its terms.</param>
/// <param name="terms">C# of where the terms go.</param>
/// <param name="place">C# of what leaves the loss on a device, and has its weights and terms there; on the host the kernel returns it.</param>
internal sealed class LossCode(NetworkCode network, Step step, bool takesLabels, string target, string weights, string terms, string place = "")
{
    private Shape Shape => network.Graph.Values[step.Root.Inputs[0]].Shape;

    // Rows of classes, or samples of elements, whose order matters only to what reads the sample or the output's number.
    public string Matrix => step.Root.Op switch
    {
        ClassLossOp => $"{StepCode.Samples(Shape.Rows)}, {Text.Invariant(Shape.Last)}",
        ElementwiseLossOp { Reduction: not "BatchMean", Loss.Arrays.Count: 0 } => StepCode.Matrix(Shape.Size),
        _ => $"n, {Text.Invariant(Shape.Size)}",
    };

    public string Type => network.Names.Type;

    /// <summary>The type arguments that kernels with elementary functions begin with.</summary>
    public string TypeAndFunctions => network.Names.TypeAndFunctions;

    public bool TakesLabels => takesLabels;

    public string Target => target;

    public string Terms => terms;

    /// <summary>C# of what it compares.</summary>
    public IEnumerable<string> Predictions => step.Root.Inputs.Take(((LossOp)step.Root.Op).Predictions).Select(network.Variable);

    /// <summary>C# of where the gradients of that go.</summary>
    public IEnumerable<string> Gradients => step.Root.Outputs.Select(network.Variable);

    /// <summary>Elements of a sample.</summary>
    public int Size => Shape.Size;

    /// <summary>The arguments that all kernels of losses begin with.</summary>
    public string Arguments => Begin($"{network.Variable(step.Root.Inputs[0])}, {target}, {network.Variable(step.Result)}", $"{weights}, {terms}", Matrix);

    /// <summary>The arguments that a kernel begins with.</summary>
    /// <param name="operands">What it compares and where the gradients go.</param>
    /// <param name="onHost">What only the host's takes: on a device the loss's place holds it.</param>
    /// <param name="matrix">The extents.</param>
    public string Begin(string operands, string onHost, string matrix)
    {
        var reduction = $"Losses.LossReduction.{((LossOp)step.Root.Op).Reduction}";
        return network.Names.OnDevice ? $"{place}, {operands}, {matrix}, global::NetDsl.Kernels.{reduction}" : $"{operands}, {onHost}, {matrix}, Kernels::{reduction}";
    }

    /// <summary>A last argument where a sample has several rows.</summary>
    public string RowsPerSample => Shape.Rows == 1 ? "" : $", rowsPerSample: {Text.Invariant(Shape.Rows)}";

    public OperatorCode Term() => network.Code(network.Epilogues.LossTerm(step.Root, step.Epilogue.ToList(), Shape.Size), ConstantsOnDevice());

    public OperatorCode SampleTerm() => network.Code(network.Epilogues.SampleTerm(step.Root));

    public string Literals(IEnumerable<double> numbers) => network.Names.Literals(numbers);

    // Numbers that differ by output lie in the assembly on the host; a device gets a copy.
    private IReadOnlyList<string> ConstantsOnDevice() =>
        network.Names.OnDevice ? [.. ((ElementwiseLossOp)step.Root.Op).Loss.Arrays.Select((array, i) => $"{place}.Constants({Text.Invariant(i)}, [{Literals(array.Numbers)}])")] : [];
}
