using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission;

/// <summary>Writes the statements of steps: a formula and the shapes above each.</summary>
/// <param name="within">The block that all steps are in, with a dot behind; nothing where it is the network.</param>
/// <param name="prepares">Whether what a step needs before it stands there, or elsewhere.</param>
internal sealed class StepWriter(CodeWriter writer, NetworkCode code, string within = "", bool prepares = true)
{
    private readonly HashSet<int> _sums = [];

    /// <summary>Columns of a formula, before the shapes.</summary>
    public const int FormulaWidth = 56;

    public NetworkCode Code => code;

    private Names Names => code.Names;

    /// <summary>A heading where the steps go on in another block.</summary>
    public void Heading(Step step, Step? before)
    {
        var block = BlockOf(step.Root.Layer);
        if (block.Length > 0 && (before is null || BlockOf(before.Root.Layer) != block))
            writer.Line($"// ———— {block} ————");
    }

    /// <summary>Statements that a step needs before it.</summary>
    public IEnumerable<string> Preparations(Step step) => step.Nodes.SelectMany(node => node.Op.Prepare(new StepCode(code, step), node));

    public void Write(Step step)
    {
        var stepCode = new StepCode(code, step);
        if (prepares)
            writer.Lines([.. Preparations(step)]);
        foreach (var id in step.Nodes.SelectMany(node => node.Inputs).Distinct())
            SumComment(id);
        foreach (var node in step.Nodes)
            Comment(node, BlockOf(node.Layer) == BlockOf(step.Root.Layer) ? "" : OwnerOf(node));
        ClearFresh(step.Root);
        if (step.Root.Op is not IView)
            writer.Lines(((step.Root.Op is IElementwise ? stepCode.Pass() : step.Root.Op.Call(stepCode)) + ";").Split('\n'));
    }

    /// <param name="remark">What is said behind the shapes.</param>
    public void Comment(Node node, string remark = "")
    {
        var extents = node.Op.Extents([.. node.Inputs.Select(Names.Extents)], [.. node.Outputs.Select(Names.Extents)]) + remark;
        // Two formulas stand side by side where they fit.
        var formula = node.Op.Formula(Names.Symbols(node.Inputs), Names.Symbols(node.Outputs));
        foreach (var symbol in node.Outputs.Where(id => code.Graph.Values[id].IsFurther).Select(Names.Symbol))
            formula = formula.Replace(symbol + " = ", symbol + " += ");
        var lines = formula.Length <= FormulaWidth ? [formula] : formula.Split(["     "], StringSplitOptions.RemoveEmptyEntries);
        var leftOut = node.Outputs.Where(id => code.LeavesOutParameters && code.Graph.Values[id].Kind == ValueKind.ParameterGradient).Select(id => Names.Symbol(id) + " = ").ToList();
        foreach (var (line, i) in lines.Where(line => !leftOut.Any(start => line.StartsWith(start, StringComparison.Ordinal))).Select((line, i) => (line, i)))
            Line(line, i == 0 ? extents : "");
    }

    /// <summary>A local for a value in the workspace.</summary>
    public void Buffer(int id, bool isFixed, string offset, int size) =>
        writer.Line($"{$"var {Names.Variable(id)} = workspace.{(isFixed ? "Fixed" : "Buffer")}({offset}, {Model.Text.Invariant(size)});".PadRight(FormulaWidth + 3)}  // {Names.Symbol(id)} {Names.Extents(id)}");

    // A sum has no step of its own in the backward pass: its branches read its gradient.
    private void SumComment(int gradient)
    {
        var sum = code.Graph.Values[gradient] is { Kind: ValueKind.Gradient } value
            ? code.Graph.Nodes.FirstOrDefault(node => node.Op is SumOp && node.Outputs[0] == value.Of && node.Layer.StartsWith(within, StringComparison.Ordinal)) : null;
        if (sum is null || !_sums.Add(gradient))
            return;
        var (symbols, symbol) = (Names.Symbols(sum.Inputs), Names.Symbol(gradient));
        var parts = sum.Inputs.Select((id, i) => $"d{symbols[i]} = {symbol}{(code.Graph.Nodes.Count(node => node.Phase == Phase.Forward && node.Inputs.Contains(id)) > 1 ? " + …" : "")}");
        Line($"{string.Join(", ", parts)}, since {sum.Op.Formula(symbols, Names.Symbols(sum.Outputs))}", $"{Names.Extents(gradient)}, the gradient of the sum is that of each branch");
    }

    private void Line(string formula, string extents) => writer.Line($"// {formula.PadRight(FormulaWidth)}  {extents}".TrimEnd());

    private string BlockOf(string layer)
    {
        var end = layer.LastIndexOf('.');
        return !layer.StartsWith(within, StringComparison.Ordinal) ? "outside" : end < within.Length ? "" : layer.Substring(within.Length, end - within.Length);
    }

    // Where an epilogue reaches into the next block.
    private string OwnerOf(Node node) =>
        node.Layer.StartsWith(within, StringComparison.Ordinal) ? ", of " + node.Layer.Substring(within.Length)
        : $", of the layer {(node.Phase == Phase.Forward ? "behind" : "before")} the block";

    // A kernel that adds one of its gradients to what another layer left adds them all.
    private void ClearFresh(Node node)
    {
        var fresh = node.Outputs.Where(id => code.Graph.Values[id] is { Kind: ValueKind.ParameterGradient, IsFurther: false }).ToList();
        if (code.LeavesOutParameters || fresh.Count == 0 || !node.Outputs.Any(id => code.Graph.Values[id].IsFurther))
            return;
        writer.Open("if (!accumulate)");
        foreach (var id in fresh)
            writer.Line($"{code.Variable(id)}.Clear();");
        writer.Close();
    }
}
