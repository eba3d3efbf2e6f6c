using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>What a node computes. Each operation says here all that the passes ask of it.</summary>
internal abstract record Op
{
    /// <summary>As in the graph's dumps: <c>dense</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The settings that a dump shows, or nothing.</summary>
    public virtual string Settings => "";

    /// <summary>The line above the statement: <c>Z1 = X·W1ᵀ + b1</c>, from the values' names.</summary>
    public abstract string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs);

    /// <summary>In an operator struct's name.</summary>
    public virtual string OperatorName => Name;

    /// <summary>The formula of what an operator struct computes, without what is computed once before.</summary>
    public virtual string OperatorFormula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => Formula(inputs, outputs).Replace("     ", ", ");

    /// <summary>What an input is in the formula, for an operator struct: <c>mask</c>. That at place 0 is the one that the kernel hands over.</summary>
    public virtual string Role(int place) => "x";

    /// <summary>Appends the nodes that carry the gradient from the outputs to the inputs (the vector–Jacobian product).</summary>
    public virtual void Differentiate(GradientTape tape, Node node) =>
        throw new InvalidOperationException($"{Name} is no forward operation.");

    /// <summary>The shapes behind the formula, from those of the inputs and outputs.</summary>
    public virtual string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => outputs[0];

    /// <summary>Whether the gradient of the input is made from the input, or from the result, and not from gradients and parameters alone.</summary>
    public virtual bool DerivativeReadsInput => false;

    /// <summary>Lines of C# before the step that the operation is part of.</summary>
    public virtual IEnumerable<string> Prepare(StepCode code, Node node) => [];

    /// <summary>C# of the kernel's call, for an operation that can begin a step.</summary>
    public virtual string Call(StepCode code) => throw new InvalidOperationException($"{Name} begins no step.");

    /// <summary>Whether the result is 0 wherever the first input is.</summary>
    public virtual bool KeepsZeros => false;

    /// <summary>Whether elementwise operations behind it can run on its result while that is in the cache.</summary>
    public virtual bool HasEpilogue => false;

    /// <summary>Columns of the matrix that it hands to operations behind it, from the shapes of its inputs and its result; 0 where a sample is one row.</summary>
    public virtual int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => 0;

    /// <summary>Inputs whose memory the kernel's result may take over, where nobody reads them later; epilogues and elementwise operations need not say so.</summary>
    public virtual IReadOnlyList<int> Replaceable => [];
}

/// <summary>An operation that computes nothing: its result is its input's memory, with another shape.</summary>
internal interface IView;

/// <summary>What shape inference learns from the shape of a layer's input.</summary>
/// <param name="Outputs">Shapes of the node's outputs.</param>
/// <param name="Parameters">Shapes of its parameters.</param>
internal sealed record Inference(EquatableArray<Shape> Outputs, EquatableArray<Shape> Parameters)
{
    public static Inference Same(Shape shape) => new(EquatableArray.Of(shape), EquatableArray<Shape>.Empty);
}

/// <summary>An operation that a user writes as an attribute.</summary>
internal abstract record LayerOp : Op
{
    /// <summary>Whether it is a product, which begins a new number in the names of values: z1, a1; z2, a2.</summary>
    public virtual bool IsProduct => false;

    /// <summary>Letter of the result's name: z for products, a for activations, h behind a dropout.</summary>
    public abstract string Symbol { get; }

    /// <summary>Shapes of outputs and parameters; a problem of the shapes goes to <paramref name="report"/>.</summary>
    public abstract Inference Infer(Shape x, Action<Rule, string, string[]> report);

    /// <summary>The same for an operation that reads several values.</summary>
    public virtual Inference Infer(IReadOnlyList<Shape> data, Action<Rule, string, string[]> report) => Infer(data[0], report);

    /// <summary>Whether training leaves its parameters as they are; they are state then, whatever <see cref="Parameters"/> says.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Names and starts of the parameters, in the order of the node's inputs.</summary>
    public virtual IReadOnlyList<ParameterSpec> Parameters => [];

    /// <summary>For the tables: <c>dense 512</c>.</summary>
    public abstract string Summary { get; }

    // The data, the parameters, and of joins the other branches.
    public override string Role(int place) => place == 0 ? "x" : place <= Parameters.Count ? Parameters[place - 1].Name : "branch";

    /// <summary>Floating-point operations of the forward pass for one sample; a multiply-add counts two.</summary>
    public virtual long Flops(Shape x, Shape y) => 0;

    /// <summary>The values that its result lies in.</summary>
    public virtual Interval OutputRange => Interval.Real;

    /// <summary>The operation at inference, or null where it is the identity then.</summary>
    public virtual LayerOp? Inference => this;

    /// <summary>Further outputs of the forward node, such as a mask.</summary>
    public virtual IReadOnlyList<SideOutput> SideOutputs => [];

    /// <summary>Whether it adds a parameter to all elements of a channel, from the shape of its result.</summary>
    public virtual bool HasChannelBias(Shape y) => false;
}

/// <summary>An output of a forward node beside its result.</summary>
/// <param name="Symbol">In formulas: m.</param>
/// <param name="View">Ending of the workspace's property, or nothing where it has none.</param>
internal sealed record SideOutput(string Symbol, ValueKind Kind, string View = "")
{
    /// <summary>In an operator struct: mask, scale.</summary>
    public string Word => View.Length > 0 ? View.ToLowerInvariant() : Symbol;
}

/// <summary>A parameter of a layer.</summary>
/// <param name="Name">Behind the layer's name: <c>weight</c>.</param>
/// <param name="Symbol">In formulas: w, b.</param>
/// <param name="Initializer">C# of the initialiser.</param>
/// <param name="FanIn">Axis whose extent, times those from the third on, is the fan-in; −1 for none.</param>
/// <param name="FanOut">The same for the fan-out.</param>
/// <param name="IsWeight">Whether it is a weight, and not a bias or its like.</param>
/// <param name="Groups">Groups that share out the first axis.</param>
/// <param name="IsLearnable">Whether training changes it along its gradient; else it is state, for which the operation appends no gradient.</param>
internal sealed record ParameterSpec(string Name, string Symbol, string Initializer, int FanIn, int FanOut, bool IsWeight = false, int Groups = 1, bool IsLearnable = true)
{
    /// <summary>Whether penalties on weights apply to it.</summary>
    public bool IsPenalised => IsWeight && IsLearnable;

    /// <summary>The fan along an axis: inputs that one output sums over, outputs that one input reaches; 0 for none.</summary>
    public long Fan(Shape shape, int axis) =>
        axis < 0 ? 0 : shape.Extents.Skip(2).Aggregate((long)shape.Extents[axis] / (axis == 0 ? Groups : 1), (product, extent) => product * extent);
}

/// <summary>An operation on single elements: statements that an operator struct is made of.</summary>
internal interface IElementwiseTerm
{
    /// <summary>C# that leaves each of the node's results in its local, for one vector.</summary>
    IReadOnlyList<string> Statements(ElementCode code);

    /// <summary>How the elements of its input must be arranged.</summary>
    Channels ChannelsOf(Shape x);
}

/// <summary>An operation on single elements that gives one for one, so that it can be fused into its neighbours.</summary>
internal interface IElementwise : IElementwiseTerm;

/// <summary>An operation on single elements whose operands can change places, so that it can be fused behind any of them.</summary>
internal interface ICommutative : IElementwise;

/// <summary>C# of a parameter's initialiser.</summary>
internal static class Initializer
{
    /// <summary>That of weights, as the attribute says.</summary>
    public static string OfWeights(LayerArguments arguments)
    {
        var scheme = arguments.EnumMember("Weights", "Default");
        if (NeedsValue(scheme) is { } missing && !arguments.Has("WeightsValue"))
            arguments.Report(Rules.OutOfRange, "Weights", arguments.Label("Weights"), scheme, $"nothing says {missing}: set WeightsValue");
        var value = scheme is "Normal" or "Uniform"
            ? arguments.AtLeast("WeightsValue", 0, 0, "the spread of the weights")
            : arguments.Finite("WeightsValue", 0, "the initialiser's value");
        return Code(scheme, value);
    }

    private static string? NeedsValue(string scheme) => scheme switch
    {
        "Constant" => "which number",
        "Normal" => "the standard deviation",
        "Uniform" => "the bound",
        "HeNormalLeaky" => "the slope of the leaky ReLU",
        _ => null,
    };

    public static string Code(string scheme, double value) =>
        value == 0 ? $"Runtime::Initializer.From(Runtime::Initialization.{scheme})" : $"Runtime::Initializer.From(Runtime::Initialization.{scheme}, {Text.RoundTrip(value)})";
}
