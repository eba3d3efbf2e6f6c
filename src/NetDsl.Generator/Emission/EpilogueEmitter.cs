using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Graph;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Emission;

/// <summary>A struct that a kernel applies to its results, and the values that its construction takes.</summary>
internal sealed record Operator(string Type, IReadOnlyList<int> Arguments);

/// <summary>Writes the operator structs of a network: chains of elementwise operations, composed so that values between them stay in registers.</summary>
internal sealed class EpilogueEmitter(NetworkGraph graph, Names names, OperatorFile file)
{
    private const string Backward = "backward";

    /// <summary>The operator of a product or a pass.</summary>
    /// <param name="start">Value that the kernel hands over; with a bias, the sum of both.</param>
    /// <param name="bias">Parameter that is added first, or −1.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="local">The local that the result is in, where no value has it.</param>
    /// <param name="biasAlong">What has an element of the bias each: columns, or rows over and over.</param>
    public Operator Epilogue(int start, int bias, IReadOnlyList<Node> nodes, IReadOnlyCollection<int> stores, int columns, string? local = null, ChannelKind biasAlong = ChannelKind.Columns)
    {
        if (nodes.Count == 0 && bias < 0)
            return new Operator($"Kernels::Store<{names.Type}>", []);

        nodes = Chain(start, nodes);
        var roles = Roles.Of(graph, start, bias >= 0 ? "z" : null, bias, nodes);
        var result = local ?? roles.Variable(nodes.Count > 0 ? nodes[nodes.Count - 1].Outputs[0] : start);
        var fields = new Fields(graph, names, roles, columns);
        var body = new CodeWriter();
        fields.Local(start);
        if (bias >= 0)
            body.Line($"var {roles.Variable(start)} = product + {fields.Operand(bias, new Channels(biasAlong, columns))};");
        Store(start, stores, fields, body);
        foreach (var node in nodes)
            Compute(node, stores, fields, body);

        var (name, formulas) = bias >= 0 ? ("Bias", new[] { $"{roles.Symbols([start])[0]} = product + {roles.Variable(bias)}" }) : ("", []);
        var type = Declare(name + NameOf(nodes), string.Join(", ", formulas.Concat(Formulas(nodes, roles))), "IEpilogue", fields, writer =>
            Apply(writer, bias >= 0 ? "product" : roles.Variable(start), body, result));
        return new Operator(type, fields.Ids);
    }

    /// <summary>The operator of a gate: the kernel hands over the first piece of a row, the others lie behind it.</summary>
    public Operator Gate(GateFormula gate, Node root, IReadOnlyList<Node> nodes, IReadOnlyCollection<int> stores, int columns)
    {
        var (x, y) = (root.Inputs[0], root.Outputs[0]);
        nodes = Chain(y, nodes);
        var roles = Roles.Of(graph, root, nodes);
        var fields = new Fields(graph, names, roles, columns);
        var body = new CodeWriter();
        var parts = Parts(gate, roles.Variable(x), columns, fields, body, x, from: 1);
        body.Lines([.. gate.Print([(roles.Variable(y), gate.Value)], part => parts[part], "", fields.Taken)]);
        fields.Local(y);
        Store(y, stores, fields, body);
        foreach (var node in nodes)
            Compute(node, stores, fields, body);
        var result = nodes.Count > 0 ? nodes[nodes.Count - 1].Outputs[0] : y;
        var type = Declare(NameOf([root, .. nodes]), string.Join(", ", Formulas([root, .. nodes], roles)), "IEpilogue", fields, writer =>
            Apply(writer, parts[0], body, roles.Variable(result)));
        return new Operator(type, fields.Ids);
    }

    /// <summary>The operator of a gate's backward pass: it returns the gradient of the first piece and stores the others behind it.</summary>
    public Operator GateBackward(GateFormula gate, Node root, int columns)
    {
        var (dy, x, dx) = (root.Inputs[0], root.Inputs[1], root.Outputs[0]);
        var roles = Roles.Of(graph, root, []);
        var fields = new Fields(graph, names, roles, columns);
        fields.Local(dy);
        var body = new CodeWriter();
        var parts = Parts(gate, roles.Variable(x), columns, fields, body, x, from: 0);
        var gradient = gate.Algebra.Variable(GateFormula.Gradient);
        var results = gate.Derivatives.Select((derivative, i) => ($"{roles.Variable(dx)}Part{Text.Invariant(i + 1)}", gate.Algebra.Multiply(gradient, derivative))).ToList();
        body.Lines([.. gate.Print(results, part => parts[part], roles.Variable(dy), fields.Taken)]);
        for (var i = 1; i < gate.Pieces; i++)
            body.Line($"{results[i].Item1}.Store({fields.Write(dx)}, {Place(gate, columns, i)});");
        var type = Declare(NameOf([root]), string.Join(", ", Formulas([root], roles)), "IEpilogue", fields, writer =>
            Apply(writer, roles.Variable(dy), body, results[0].Item1));
        return new Operator(type, fields.Ids);
    }

    private static string[] Parts(GateFormula gate, string name, int columns, Fields fields, CodeWriter body, int x, int from)
    {
        var parts = Enumerable.Range(1, gate.Pieces).Select(number => $"{name}Part{Text.Invariant(number)}").ToArray();
        fields.Taken.UnionWith(parts);
        for (var i = from; i < gate.Pieces; i++)
            body.Line($"var {parts[i]} = V.Load({fields.Read(x)}, {Place(gate, columns, i)});");
        return parts;
    }

    private static string Place(GateFormula gate, int columns, int part) => $"row * {Text.Invariant(gate.Pieces * columns)}{(part == 0 ? "" : $" + {Text.Invariant(part * columns)}")} + column";

    private void Apply(CodeWriter writer, string value, CodeWriter body, string result)
    {
        Method(writer, $"public {names.Lane} Apply{names.Lanes}({names.Lane} {value}, int row, int column)");
        writer.Block(body.ToString(), $"return {result};");
    }

    private void Method(CodeWriter writer, string signature)
    {
        writer.Lines("[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]", signature);
        if (names.OnDevice)
            return;
        writer.Indent();
        writer.Line($"where V : struct, Kernels::Simd.ISimd<V, {names.Type}>");
        writer.Outdent();
    }

    /// <summary>The terms of a loss of sums, and its derivatives.</summary>
    public Operator SampleTerm(Node loss)
    {
        var op = (SampleLossOp)loss.Op;
        var formula = op.Loss;
        var writer = new CodeWriter();
        string[] Body(Expr root)
        {
            var taken = new HashSet<string> { "sum", "sums", "prediction", "target", "row", "column" };
            var code = new VectorCode(variable => variable switch
            {
                LossFormula.Prediction => "prediction",
                LossFormula.Target => "target",
                _ => $"sums[{Text.Invariant(SampleLossFormula.Index(variable))}]",
            }, taken);
            return [.. code.Write([("result", Stability.Finish(formula.Algebra, [root])[0])])];
        }

        void Cases(string signature, IReadOnlyList<Expr> roots)
        {
            Method(writer, signature);
            writer.Open();
            if (roots.Count == 1)
            {
                writer.Lines(Body(roots[0]));
                writer.Line("return result;");
                writer.Close();
                return;
            }

            writer.Open("switch (sum)");
            for (var i = 0; i < roots.Count; i++)
            {
                writer.Line(i < roots.Count - 1 ? $"case {Text.Invariant(i)}:" : "default:");
                writer.Indent();
                writer.Open();
                writer.Lines(Body(roots[i]));
                writer.Line("return result;");
                writer.Close();
                writer.Outdent();
            }

            writer.Close();
            writer.Close();
        }

        writer.Open($" : Kernels::Losses.ISampleLossTerm<{names.Type}>");
        writer.Lines($"public static int Sums => {Text.Invariant(formula.Terms.Count)};", "");
        var (lane, lanes, sums) = (names.Lane, names.Lanes, names.OnDevice ? names.ReadOnlySpan : "global::System.ReadOnlySpan<V>");
        Cases($"public {lane} Term{lanes}(int sum, {lane} prediction, {lane} target, int row, int column)", formula.Terms);
        writer.Line();
        Method(writer, $"public {lane} Value{lanes}({sums} sums)");
        writer.Open();
        writer.Lines(Body(formula.Value));
        writer.Line("return result;");
        writer.Close();
        writer.Line();
        Cases($"public {lane} Slope{lanes}(int sum, {sums} sums)", formula.Slopes);
        writer.Line();
        Cases($"public {lane} Gradient{lanes}(int sum, {lane} prediction, {lane} target, int row, int column)", formula.Gradients);
        writer.Close();
        return new Operator(file.Add("LossTerm", op.Term("p", "t"), writer.ToString()), []);
    }

    /// <summary>The term of an elementwise loss with its derivative, taken through the operations below it.</summary>
    public Operator LossTerm(Node loss, IReadOnlyList<Node> nodes, int columns)
    {
        var op = (ElementwiseLossOp)loss.Op;
        var gradient = loss.Outputs[0];
        nodes = Chain(gradient, nodes);
        var roles = Roles.Of(graph, gradient, nodes.Count > 0 ? null : "dp", -1, nodes);
        var fields = new Fields(graph, names, roles, columns);
        fields.Local(loss.Inputs[0], "prediction");
        fields.Local(gradient);
        var body = new CodeWriter();
        var roots = Stability.Finish(op.Loss.Algebra, [op.Loss.Value, op.Loss.Derivative]);
        var code = new VectorCode(variable => variable switch
        {
            LossFormula.Prediction => "prediction",
            LossFormula.Target => "target",
            _ => $"V.Load({(names.OnDevice ? FieldOf(OutputConstants.MemberOf(variable)) : OutputConstants.MemberOf(variable))}, column)",
        }, fields.Taken);
        body.Lines([.. code.Write([("term", roots[0]), (roles.Variable(gradient), roots[1])])]);
        foreach (var node in nodes)
            Compute(node, [], fields, body);
        var result = nodes.Count > 0 ? nodes[nodes.Count - 1].Outputs[0] : gradient;
        body.Line($"gradient = {roles.Variable(result)};");
        // A kernel for devices can't read the assembly: it holds a view of the numbers.
        if (names.OnDevice)
            fields.Views.AddRange(op.Loss.Arrays.Select(array => ParameterOf(array.Member)));
        var type = Declare("LossTerm", $"{op.Term("p", "t")} and its derivative", "Losses.ILossTerm", fields, writer =>
        {
            foreach (var array in op.Loss.Arrays.Where(_ => !names.OnDevice))
                writer.Lines($"private static {names.ReadOnlySpan} {array.Member} => [{names.Literals(array.Numbers)}];", "");
            Method(writer, $"public {names.Lane} Evaluate{names.Lanes}({names.Lane} prediction, {names.Lane} target, int row, int column, out {names.Lane} gradient)");
            writer.Block(body.ToString(), "return term;");
        });
        return new Operator(type, fields.Ids);
    }

    private static string ParameterOf(string member) => char.ToLowerInvariant(member[0]) + member.Substring(1);

    private static string FieldOf(string member) => "_" + ParameterOf(member);

    // Of two operands that can change places, the one that the kernel hands over comes first, so that equal operators look equal; of more, that would be another sum.
    private static IReadOnlyList<Node> Chain(int start, IReadOnlyList<Node> nodes)
    {
        var value = start;
        var chain = new List<Node>();
        foreach (var node in nodes)
        {
            chain.Add(node.Op is ICommutative && node.Inputs.Count == 2 && node.Inputs[1] == value ? node with { Inputs = EquatableArray.Of(value, node.Inputs[0]) } : node);
            value = node.Outputs.Count > 0 ? node.Outputs[0] : value;
        }

        return chain;
    }

    private static IEnumerable<string> Formulas(IReadOnlyList<Node> nodes, Roles roles) => nodes.Select(node => node.Op.OperatorFormula(roles.Symbols(node.Inputs), roles.Symbols(node.Outputs)));

    // dropout.backward, relu.backward → DropoutReluBackward.
    private static string NameOf(IReadOnlyList<Node> nodes) => string.Concat(nodes.Select((node, i) =>
    {
        var parts = node.Op.OperatorName.Split('.');
        var isFollowed = i + 1 < nodes.Count && nodes[i + 1].Op.OperatorName.EndsWith(Backward, StringComparison.Ordinal);
        return string.Concat(parts.Where(part => part != Backward || !isFollowed).SelectMany(part => part.Split(['_'], StringSplitOptions.RemoveEmptyEntries)).Select(Text.Pascal));
    }));

    private void Compute(Node node, IReadOnlyCollection<int> stores, Fields fields, CodeWriter body)
    {
        var op = (IElementwiseTerm)node.Op;
        var channels = op.ChannelsOf(graph.Values[node.Inputs[0]].Shape);
        var code = new ElementCode(
            names.Type,
            node.Inputs.Count,
            index => fields.Operand(node.Inputs[index], channels),
            index => graph.Values[node.Outputs[index]].IsPrepared ? fields.Operand(node.Outputs[index], channels) : fields.Name(node.Outputs[index]),
            fields.Taken);
        body.Lines([.. op.Statements(code)]);
        foreach (var output in node.Outputs.Where(output => !graph.Values[output].IsPrepared))
        {
            fields.Local(output);
            Store(output, output == node.Outputs[0] ? stores : [output], fields, body);
        }
    }

    private void Store(int value, IReadOnlyCollection<int> stores, Fields fields, CodeWriter body)
    {
        if (stores.Contains(value))
            body.Line($"{fields.Name(value)}.Store({fields.Write(value)}, {fields.Place});");
    }

    private string Declare(string name, string summary, string contract, Fields fields, Action<CodeWriter> members)
    {
        var writer = new CodeWriter();
        var declarations = fields.Declarations.ToList();
        writer.Open($"{(declarations.Count == 0 ? "" : $"({fields.Parameters})")} : Kernels::{contract}<{names.Type}>");
        foreach (var declaration in declarations)
            writer.Line(declaration);
        if (declarations.Count > 0)
            writer.Line();
        members(writer);
        writer.Close();
        return file.Add(name + (name.Length > 0 && char.IsDigit(name[name.Length - 1]) && fields.Extents.Length > 0 ? "_" : "") + fields.Extents, summary, writer.ToString());
    }

    /// <summary>The spans that a struct holds, in the order in which its body meets them.</summary>
    private sealed class Fields(NetworkGraph graph, Names names, Roles roles, int columns)
    {
        private readonly Dictionary<int, string> _locals = [];
        private readonly HashSet<int> _written = [];
        private int _channels;
        private bool _readsPlaces;

        /// <summary>Names that a local can't have any more.</summary>
        public HashSet<string> Taken { get; } = ["row", "column", "product", "prediction", "target", "gradient", "value", "term"];

        public List<int> Ids { get; } = [];

        /// <summary>The extents that the body counts with: channels, columns.</summary>
        public string Extents => string.Join("x", new[] { _channels, _readsPlaces ? columns : 0 }.Where(extent => extent > 0).Select(extent => Text.Invariant(extent)));

        /// <summary>An element's place in a value of the result's shape.</summary>
        public string Place
        {
            get
            {
                _readsPlaces = true;
                return $"row * {Text.Invariant(columns)} + column";
            }
        }

        /// <summary>Parameters behind the values: views of numbers that belong to no value.</summary>
        public List<string> Views { get; } = [];

        public string Parameters => string.Join(", ", All.Select(view => $"{view.Type} {view.Name}"));

        public IEnumerable<string> Declarations => All.Select(view => $"private readonly {view.Type} _{view.Name} = {view.Name};");

        private IEnumerable<(string Type, string Name)> All => Ids.Select(id => (SpanType(id), Name(id))).Concat(Views.Select(view => (names.ReadOnlySpan, view)));

        public string Name(int id) => roles.Variable(id);

        public void Local(int id, string? name = null)
        {
            _locals[id] = name ?? Name(id);
            Taken.Add(_locals[id]);
        }

        /// <summary>The field of a value.</summary>
        public string Read(int id)
        {
            if (!Ids.Contains(id))
                Ids.Insert(graph.Values[id].IsParameter ? 0 : Ids.Count, id);
            return "_" + Name(id);
        }

        public string Write(int id)
        {
            _written.Add(id);
            return Read(id);
        }

        public string Operand(int id, Channels channels)
        {
            if (_locals.TryGetValue(id, out var local))
                return local;
            var value = graph.Values[id];
            if (!value.IsParameter && value.Kind != ValueKind.Fixed)
                return $"V.Load({Read(id)}, {Place})";
            if (value.Shape.Size == 1)
                return $"V.Create({Read(id)}[0])";
            if (channels.Kind == ChannelKind.Columns)
                return $"V.Load({Read(id)}, column)";
            _channels = value.Shape.Size;
            return $"V.Create({Read(id)}[row % {Text.Invariant(_channels)}])";
        }

        private string SpanType(int id) => _written.Contains(id) ? names.Span : names.ReadOnlySpan;
    }
}
