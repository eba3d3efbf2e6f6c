using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>Operations from attribute classes whose functions the compiler reads, NetDsl's own and the user's alike.</summary>
internal static class FormulaLayers
{
    public static LayerOp Parse(LayerSpec layer, LayerArguments arguments)
    {
        var binding = new Binding(layer, arguments);
        return layer.Formula!.Kind switch
        {
            FormulaKind.Activation => Activation(binding, arguments),
            FormulaKind.Gate => Gate(binding, arguments),
            FormulaKind.ElementwiseLoss => ElementwiseLoss(binding, arguments),
            FormulaKind.SampleLoss => SampleLoss(binding, arguments),
            _ => Penalty(binding),
        };
    }

    private static LayerOp Activation(Binding binding, LayerArguments arguments)
    {
        var value = binding.Read(binding.Value, ActivationFormula.Input);
        var supplied = binding.Derivatives(ActivationFormula.Input);
        var formula = new ActivationFormula(binding.Algebra, value, binding.Learnables, binding.Settings, supplied);
        if (binding.Learnables.Count == 0)
            arguments.RejectIdle("PerChannel", "no parameter of the formula is [Learnable], so it has no effect: leave it out");
        if (!binding.Learnables.Any(learnable => learnable.IsPerChannel))
            arguments.RejectIdle("ChannelAxis", "no channel learns a number of its own, so it has no effect: " + (binding.Learnables.Count == 0 ? "leave it out" : "leave it out, or set PerChannel = true"));
        return new ActivationOp(binding.Name, formula, formula.Derivation.Saved == Saved.Derivative, arguments.Integer("ChannelAxis", 0));
    }

    private static LayerOp Gate(Binding binding, LayerArguments arguments)
    {
        var pieces = binding.Value.Parameters.Where(binding.IsData).Select((_, i) => GateFormula.Piece(i)).ToArray();
        return new GateOp(binding.Name, new GateFormula(binding.Algebra, binding.Read(binding.Value, pieces), pieces.Length, binding.Settings, binding.Derivatives(pieces)), arguments.Integer("Axis", 0));
    }

    private static LayerOp ElementwiseLoss(Binding binding, LayerArguments arguments)
    {
        var value = binding.Read(binding.Value, LossFormula.Prediction, LossFormula.Target);
        var supplied = binding.Derivative(value, LossFormula.Prediction, LossFormula.Target);
        return new ElementwiseLossOp(binding.Name, LossOp.ReadReduction(arguments), LossFormula.Of(binding.Algebra, value, supplied, binding.Arrays, binding.Settings, binding.Value.Parameters[0].Range), binding.Value.Parameters[1]);
    }

    private static LayerOp SampleLoss(Binding binding, LayerArguments arguments)
    {
        var terms = binding.Terms.Select(term => binding.Read(term, LossFormula.Prediction, LossFormula.Target)).ToList();
        string[] sums = [.. binding.Value.Parameters.Where(binding.IsTerm).Select(parameter => SampleLossFormula.Sum(binding.TermIndex(parameter.Name)))];
        var value = binding.Read(binding.Value, sums);
        return new SampleLossOp(binding.Name, LossOp.ReadReduction(arguments), SampleLossFormula.Of(binding.Algebra, terms, [.. binding.Terms.Select(term => term.Name)], value, binding.Derivatives(sums), binding.Settings));
    }

    private static LayerOp Penalty(Binding binding)
    {
        var value = binding.Read(binding.Value, PenaltyFormula.Weight);
        return new PenaltyOp(binding.Name, PenaltyFormula.Of(binding.Algebra, value, binding.Derivative(value, PenaltyFormula.Weight), binding.Settings));
    }

    /// <summary>The parameters of a layer's methods and what the attribute gives for them.</summary>
    private sealed class Binding
    {
        private readonly LayerSpec _layer;
        private readonly Dictionary<string, Expr> _constants = new(StringComparer.OrdinalIgnoreCase);
        private readonly List<Learnable> _learnables = [];
        private readonly List<OutputConstants> _arrays = [];
        private readonly List<string> _settings = [];

        public Binding(LayerSpec layer, LayerArguments arguments)
        {
            _layer = layer;
            foreach (var parameter in layer.Formula!.Methods.SelectMany(method => method.Parameters))
                Bind(parameter, arguments);
            foreach (var parameter in Value.Parameters.Where(parameter => parameter.Above.Length > 0))
                CheckAbove(parameter, arguments);
        }

        public Algebra Algebra { get; } = new();

        public string Name => Text.Snake(_layer.Kind);

        public FormulaMethod Value => _layer.Formula!.Value;

        public IReadOnlyList<FormulaMethod> Terms => [.. _layer.Formula!.Methods.Where(method => method != Value && method.DerivativeOf.Length == 0)];

        public IReadOnlyList<Learnable> Learnables => _learnables;

        public IReadOnlyList<OutputConstants> Arrays => _arrays;

        public string Settings => string.Join(", ", _settings);

        /// <summary>Whether the layer's input fills the parameter, and not an argument.</summary>
        public bool IsData(FormulaParameter parameter) => !_constants.ContainsKey(parameter.Name) && _learnables.All(learnable => learnable.Name != parameter.Name);

        public bool IsTerm(FormulaParameter parameter) => TermIndex(parameter.Name) >= 0;

        public int TermIndex(string name) => Terms.ToList().FindIndex(term => string.Equals(term.Name, name, StringComparison.OrdinalIgnoreCase));

        /// <summary>A method's expression, its data parameters called as given, in their order.</summary>
        public Expr Read(FormulaMethod method, params string[] data)
        {
            var replacements = new Dictionary<Expr, Expr>();
            var next = 0;
            foreach (var parameter in method.Parameters)
            {
                var variable = Algebra.Variable(parameter.Name);
                if (_constants.TryGetValue(parameter.Name, out var constant))
                    replacements[variable] = constant;
                else if (method.DerivativeOf.Length > 0 && parameter.Name == "value" && Index("value") < 0)
                    replacements[variable] = Algebra.Variable(ActivationFormula.Output);
                else if (IsData(parameter))
                    replacements[variable] = Algebra.Variable(method.DerivativeOf.Length > 0 ? data[Index(parameter.Name)] : data[next++]);
            }

            var expression = FormulaText.Read(Algebra, method.Text) ?? throw new InvalidOperationException($"the formula of {_layer.Formula!.Type}.{method.Name} can't be read: {method.Text}");
            return Algebra.Substitute(expression, replacements);
        }

        /// <summary>Derivatives that the user supplies, by the variable that they are by.</summary>
        public IReadOnlyDictionary<string, Expr> Derivatives(params string[] data) =>
            _layer.Formula!.Methods.Where(method => method.DerivativeOf.Length > 0)
                .ToDictionary(method => _learnables.Any(learnable => learnable.Name == method.DerivativeOf) ? method.DerivativeOf : data[Index(method.DerivativeOf)], method => Read(method, data));

        /// <summary>The user's own derivative by the first of the data, the method's value put in; null for none.</summary>
        public Expr? Derivative(Expr value, params string[] data) =>
            Derivatives(data).TryGetValue(data[0], out var supplied) ? Algebra.Substitute(supplied, new Dictionary<Expr, Expr> { [Algebra.Variable(ActivationFormula.Output)] = value }) : null;

        private int Index(string parameter) => Value.Parameters.Where(IsData).ToList().FindIndex(candidate => candidate.Name == parameter);

        private void CheckAbove(FormulaParameter parameter, LayerArguments arguments)
        {
            var (high, low) = (_layer.FindArgument(parameter.Name), _layer.FindArgument(parameter.Above));
            var (number, least) = (high?.Value.Number ?? parameter.Default, low?.Value.Number ?? Value.Parameters.FirstOrDefault(other => string.Equals(other.Name, parameter.Above, StringComparison.OrdinalIgnoreCase))?.Default ?? double.NaN);
            if (number <= least)
                arguments.RejectBelow(high?.Name ?? parameter.Name, number, low?.Name ?? parameter.Above, least);
        }

        private void Bind(FormulaParameter parameter, LayerArguments arguments)
        {
            if (_constants.ContainsKey(parameter.Name) || _learnables.Any(learnable => learnable.Name == parameter.Name) || IsTerm(parameter))
                return;
            var argument = _layer.FindArgument(parameter.Name);
            if (argument is null && double.IsNaN(parameter.Default))
                return;
            if (parameter.IsLearnable && argument is not { Value.IsArray: true })
            {
                var start = argument is null ? parameter.Default : arguments.Within(argument.Name, parameter.Range);
                _learnables.Add(new Learnable(parameter.Name, start, parameter.IsPerChannel));
            }
            else if (argument is { Value.IsArray: true } && _layer.Formula!.Kind != FormulaKind.ElementwiseLoss)
            {
                arguments.RejectArray(argument.Name);
                _constants[parameter.Name] = Algebra.Zero;
            }
            else if (argument is { Value: { IsArray: true, Numbers.Count: > 0 } })
            {
                var numbers = arguments.Weights(argument.Name);
                var variable = Algebra.Variable(parameter.Name);
                _constants[parameter.Name] = numbers.Count == 1 ? Algebra.Constant(numbers[0]) : argument.IsFlag ? Algebra.Not(Algebra.Equal(variable, Algebra.Zero)) : variable;
                if (numbers.Count > 1)
                    _arrays.Add(new OutputConstants(parameter.Name, argument.Name, numbers));
            }
            else if (argument is { Value.IsArray: true })
            {
                _constants[parameter.Name] = Algebra.Constant(double.IsNaN(parameter.Default) ? 1 : parameter.Default);
            }
            else
            {
                var number = argument is null ? parameter.Default : arguments.Within(argument.Name, parameter.Range);
                _constants[parameter.Name] = Algebra.Constant(number);
                if (argument is { IsFlag: true })
                    _settings.AddRange(number == 0 ? [] : new[] { parameter.Name });
                else if (argument is not null)
                    _settings.Add($"{parameter.Name} = {Text.RoundTrip(number)}");
            }
        }
    }
}
