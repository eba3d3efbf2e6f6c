using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Emission;

/// <summary>A struct that a kernel applies to its results, and the values that its construction takes.</summary>
internal sealed record Operator(string Type, IReadOnlyList<int> Arguments);

/// <summary>Writes the operator structs of a network: chains of elementwise operations, composed so that values between them stay in registers.</summary>
internal sealed class EpilogueEmitter(NetworkGraph graph, Names names, OperatorFile file)
{
    /// <summary>The operator of a product or a pass.</summary>
    /// <param name="name">Name of the struct.</param>
    /// <param name="formula">Formula of the product, for the summary; empty for a pass.</param>
    /// <param name="start">Value that the kernel hands over, or −1 for a product before its bias.</param>
    /// <param name="bias">Parameter that is added first, or −1.</param>
    public Operator Epilogue(string name, string formula, int start, int bias, IReadOnlyList<Node> nodes, IReadOnlyCollection<int> stores, int columns)
    {
        var result = nodes.Count > 0 ? nodes[nodes.Count - 1].Outputs[0] : start;
        if (nodes.Count == 0 && bias < 0)
            return new Operator($"Kernels::Store<{names.Type}>", []);

        var fields = new Fields(graph, names, columns);
        var body = new CodeWriter();
        fields.Local(start);
        if (bias >= 0)
            body.Line($"var {names.Variable(start)} = product + V.Load(_{names.Variable(bias)}, column);");
        Store(start, stores, fields, body);
        foreach (var node in nodes)
            Compute(node, stores, fields, body);
        if (bias >= 0)
            fields.Read(bias);

        var summary = string.Join(", ", Formulas(bias >= 0 ? formula : "", nodes));
        var type = Declare(name, summary, "IEpilogue", fields, writer =>
        {
            writer.Lines(
                "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]",
                $"public V Apply<V>(V {(bias >= 0 ? "product" : names.Variable(start))}, int row, int column)");
            writer.Indent();
            writer.Line($"where V : struct, Kernels::Simd.ISimd<V, {names.Type}>");
            writer.Outdent();
            writer.Block(body.ToString(), $"return {names.Variable(result)};");
        });
        return new Operator(type, fields.Ids);
    }

    /// <summary>The term of an elementwise loss with its derivative, taken through the operations below it.</summary>
    public Operator LossTerm(string name, Node loss, IReadOnlyList<Node> nodes, int columns)
    {
        var op = (ElementwiseLossOp)loss.Op;
        var fields = new Fields(graph, names, columns);
        fields.Local(loss.Inputs[0], "prediction");
        var gradient = loss.Outputs[0];
        fields.Local(gradient);
        var weight = op.PositiveWeights.Count switch
        {
            0 => null,
            1 => $"V.Create({Text.RoundTrip(op.PositiveWeights[0])})",
            _ => "V.Load(PositiveWeights, column)",
        };
        var body = new CodeWriter();
        body.Line($"var {names.Variable(gradient)} = {op.TermCode("Gradient", names.Type, "prediction", "target", weight)};");
        foreach (var node in nodes)
            Compute(node, [], fields, body);
        var result = nodes.Count > 0 ? nodes[nodes.Count - 1].Outputs[0] : gradient;
        var type = Declare(name, $"{string.Format(op.Function, "p", "t")} and its derivative", "Losses.ILossTerm", fields, writer =>
        {
            void Method(string method, string text, string returned)
            {
                writer.Lines(
                    "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]",
                    $"public V {method}<V>(V prediction, V target, int row, int column)");
                writer.Indent();
                writer.Line($"where V : struct, Kernels::Simd.ISimd<V, {names.Type}>");
                writer.Outdent();
                writer.Block(text, returned);
            }

            if (op.PositiveWeights.Count > 1)
                writer.Lines($"private static {names.ReadOnlySpan} PositiveWeights => [{names.Literals(op.PositiveWeights)}];", "");
            Method("Value", "", $"return {op.TermCode("Value", names.Type, "prediction", "target", weight)};");
            writer.Line();
            Method("Gradient", body.ToString(), $"return {names.Variable(result)};");
        });
        return new Operator(type, fields.Ids);
    }

    private IEnumerable<string> Formulas(string first, IReadOnlyList<Node> nodes) =>
        (first.Length == 0 ? [] : new[] { first }).Concat(nodes.Select(node => node.Op.Formula(names.Symbols(node.Inputs), names.Symbols(node.Outputs))));

    private void Compute(Node node, IReadOnlyCollection<int> stores, Fields fields, CodeWriter body)
    {
        var masks = node.Outputs.Where(id => graph.Values[id].Kind == ValueKind.Mask);
        var operands = node.Inputs.Concat(masks).Select(fields.Operand).ToList();
        body.Line($"var {names.Variable(node.Outputs[0])} = {((IElementwise)node.Op).Code(names.Type, operands)};");
        fields.Local(node.Outputs[0]);
        Store(node.Outputs[0], stores, fields, body);
    }

    private void Store(int value, IReadOnlyCollection<int> stores, Fields fields, CodeWriter body)
    {
        if (stores.Contains(value))
            body.Line($"{names.Variable(value)}.Store({fields.Write(value)}, row * {fields.Columns} + column);");
    }

    private string Declare(string name, string summary, string contract, Fields fields, Action<CodeWriter> members)
    {
        var writer = new CodeWriter();
        writer.Open($"{(fields.Ids.Count == 0 ? "" : $"({fields.Parameters})")} : Kernels::{contract}<{names.Type}>");
        foreach (var declaration in fields.Declarations)
            writer.Line(declaration);
        if (fields.Ids.Count > 0)
            writer.Line();
        members(writer);
        writer.Close();
        return file.Add(name, summary, writer.ToString());
    }

    /// <summary>The spans that a struct holds, in the order in which its body meets them.</summary>
    private sealed class Fields(NetworkGraph graph, Names names, int columns)
    {
        private readonly Dictionary<int, string> _locals = [];
        private readonly HashSet<int> _written = [];

        public List<int> Ids { get; } = [];

        public string Columns => Text.Invariant(columns);

        public string Parameters => string.Join(", ", Ids.Select(id => $"{SpanType(id)} {names.Variable(id)}"));

        public IEnumerable<string> Declarations => Ids.Select(id => $"private readonly {SpanType(id)} _{names.Variable(id)} = {names.Variable(id)};");

        public void Local(int id, string? name = null) => _locals[id] = name ?? names.Variable(id);

        public void Read(int id)
        {
            if (!Ids.Contains(id))
                Ids.Insert(graph.Values[id].Kind == ValueKind.Parameter ? 0 : Ids.Count, id);
        }

        public string Write(int id)
        {
            _written.Add(id);
            Read(id);
            return "_" + names.Variable(id);
        }

        public string Operand(int id)
        {
            if (_locals.TryGetValue(id, out var local))
                return local;
            Read(id);
            return $"V.Load(_{names.Variable(id)}, row * {Columns} + column)";
        }

        private string SpanType(int id) => _written.Contains(id) ? names.Span : names.ReadOnlySpan;
    }
}
