using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>What the derivative of an activation is computed from.</summary>
internal enum DerivativeFrom
{
    /// <summary>The activation's input x, which is then kept for the backward pass.</summary>
    Input,

    /// <summary>Its output y, which the next layer keeps anyway.</summary>
    Output,

    /// <summary>The sign of its output, which survives a dropout behind it.</summary>
    OutputSign,
}

/// <summary>A named constant of a formula, also an argument of its kernel.</summary>
internal sealed record FormulaConstant(string Name, double Value);

/// <summary>y = f(x), element by element.</summary>
/// <param name="Function">f with {0} for x and the constants' names in braces.</param>
/// <param name="Derivative">f′ with {0} for what the derivative reads.</param>
/// <param name="Kernel">The static class with Value and Derivative.</param>
/// <param name="From">What the derivative reads.</param>
/// <param name="ActivationName">In dumps and default layer names.</param>
/// <param name="Constants">Constants of the function, in the order of the kernel's arguments.</param>
internal sealed record ActivationOp(string Function, string Derivative, string Kernel, DerivativeFrom From, string ActivationName, EquatableArray<FormulaConstant> Constants) : LayerOp, IElementwise
{
    public override string Name => ActivationName;

    public override string Symbol => "a";

    public override string Settings => string.Join(", ", Constants.Select(constant => $"{constant.Name} = {Text.RoundTrip(constant.Value)}"));

    public override string Summary => Constants.Count == 0 ? Name : $"{Name}, {Settings}";

    public override bool HasEpilogue => true;

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report) => Ops.Inference.Same(x);

    public override long Flops(Shape x, Shape y) => y.LongSize;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{outputs[0]} = {Fill(Function, inputs[0])}";

    public string Code(string type, IReadOnlyList<string> operands) => Call("Value", type, operands[0]);

    public override void Differentiate(GradientTape tape, Node node)
    {
        if (!tape.NeedsGradient(node.Inputs[0]))
            return;
        var saved = From switch
        {
            DerivativeFrom.Input => node.Inputs[0],
            DerivativeFrom.OutputSign => tape.BehindMask(node.Outputs[0]),
            _ => node.Outputs[0],
        };
        tape.Add(new ActivationBackwardOp(this), node, [tape.GradientOf(node.Outputs[0]), saved], [tape.MakeGradient(node.Inputs[0])]);
    }

    public string Call(string method, string type, string argument) =>
        $"Kernels::Activations.{Kernel}.{method}<V, {type}>({string.Join(", ", new[] { argument }.Concat(Constants.Select(constant => Text.RoundTrip(constant.Value))))})";

    public string Fill(string formula, string variable) =>
        Constants.Aggregate(formula.Replace("{0}", variable), (text, constant) => text.Replace("{" + constant.Name + "}", Text.RoundTrip(constant.Value)));
}

/// <summary>dx = dy ⊙ f′.</summary>
internal sealed record ActivationBackwardOp(ActivationOp Activation) : Op, IElementwise
{
    public override string Name => Activation.Name + ".backward";

    public override string Settings => Activation.Settings;

    public override bool HasEpilogue => true;

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{outputs[0]} = {inputs[0]} ⊙ {Activation.Fill(Activation.Derivative, inputs[1])}";

    public string Code(string type, IReadOnlyList<string> operands) => $"{operands[0]} * {Activation.Call("Derivative", type, operands[1])}";
}
