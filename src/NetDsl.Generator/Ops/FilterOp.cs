using System;
using System.Collections.Generic;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Ops;

/// <summary>z = x ∗ w: a convolution whose weights are given, each filter for each channel or summed over them.</summary>
/// <param name="Bank">The filters.</param>
/// <param name="SumChannels">Whether the channels' answers to a filter are added up.</param>
internal sealed record FilterOp(FilterBank Bank, Windows Windows, bool SumChannels, bool Bias) : LayerOp
{
    public override string Name => "filter";

    public override string Symbol => "z";

    public override bool IsProduct => true;

    public override string Settings => $"{Bank.Label}, kernel {Windows.Settings}{(SumChannels ? ", channels summed" : "")}";

    public override string Summary => $"{Name} {Settings}";

    public override bool HasEpilogue => true;

    public override IReadOnlyList<ParameterSpec> Parameters
    {
        get
        {
            // Each channel of the input has all filters, or each filter has them all.
            var rows = SumChannels && !Bank.IsOwn ? $", {Text.Invariant(Bank.Count)}" : "";
            var weight = new ParameterSpec("weight", "w", $"Runtime::Initializer.Given([{Bank.Code}]{rows})", FanIn: -1, FanOut: -1, IsWeight: true);
            return Bias ? [weight, new("bias", "b", Initializer.Code("Zeros", 0), FanIn: -1, FanOut: -1)] : [weight];
        }
    }

    public override bool HasChannelBias(Shape y) => Bias;

    public override int EpilogueColumns(IReadOnlyList<Shape> inputs, Shape result) => result.Plane;

    public static FilterOp Parse(LayerArguments arguments)
    {
        var (frozen, bias) = (arguments.Flag("Frozen", true), arguments.Flag("Bias", false));
        if (frozen && bias)
            arguments.Report(Rules.OutOfRange, "Bias", arguments.Label("Bias"), "true", "a frozen layer learns nothing: set Frozen = false, or leave it out");
        var bank = FilterBank.Parse(arguments);
        return new(bank, Windows.Parse(arguments, "kernel", stridesByKernel: false) with { Kernel = bank.Kernel }, arguments.Flag("SumChannels", false), bias && !frozen) { IsFrozen = frozen };
    }

    public override Inference Infer(Shape x, Action<Rule, string, string[]> report)
    {
        if (!Windows.HasSpatialAxes(x, "Filter", report) || !Bank.Check(x, SumChannels, report) || !Windows.Check(x, "Filter", "Size", needsInput: false, report))
            return Ops.Inference.Same(x);
        return ConvOf(x).Infer(x, report);
    }

    public override long Flops(Shape x, Shape y) => ConvOf(x).Flops(x, y);

    public override string Formula(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) =>
        $"{outputs[0]} = {inputs[0]} ∗ {inputs[1]}{(inputs.Count > 2 ? " + " + inputs[2] : "")}, {inputs[1]} = {Bank.Label}{(Windows.Way.Length == 0 ? "" : ", " + Windows.Way)}";

    public override string Extents(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) => $"{inputs[0]} ∗ {inputs[1]} → {outputs[0]}";

    public override string Call(StepCode code) => ConvOf(code.Shape(code.Root.Inputs[0])).Call(code);

    public override void Differentiate(GradientTape tape, Node node)
    {
        var x = node.Inputs[0];
        var conv = ConvOf(tape.ShapeOf(x));
        if (!IsFrozen)
            conv.Differentiate(tape, node);
        else if (tape.NeedsGradient(x))
            tape.Add(new ConvBackwardInputOp(conv), node, [tape.GradientOf(node.Outputs[0]), node.Inputs[1]], [tape.MakeGradient(x)]);
    }

    /// <summary>The convolution that it is for an input.</summary>
    public ConvOp ConvOf(Shape x)
    {
        var channels = x.Extents[0];
        return new(
            SumChannels ? Bank.CountOf(channels) : (int)Math.Min((long)Bank.Count * channels, int.MaxValue), Windows, SumChannels ? 1 : channels, Bias, Initializer.Code("Zeros", 0));
    }
}
