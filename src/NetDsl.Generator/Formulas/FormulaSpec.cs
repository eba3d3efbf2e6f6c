using System.Linq;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Formulas;

internal enum FormulaKind
{
    /// <summary>y = f(x), element by element.</summary>
    Activation,

    /// <summary>y = f(x₁, x₂, …) of equal pieces of the channels.</summary>
    Gate,

    /// <summary>A loss that is a sum of f(prediction, target) over the elements.</summary>
    ElementwiseLoss,

    /// <summary>A loss whose value for a sample is a function of sums over the sample's elements.</summary>
    SampleLoss,

    /// <summary>A penalty on weights: a sum of f(weight).</summary>
    Regularizer,
}

/// <summary>A parameter of a method that is a formula.</summary>
/// <param name="IsLearnable">Whether it is learnt, the attribute's argument being its start.</param>
/// <param name="IsPerChannel">Whether each channel learns its own.</param>
/// <param name="Default">The parameter's default value, or NaN for none.</param>
/// <param name="Range">What the attribute's argument of this name must lie in, or what the layer's input does.</param>
/// <param name="Above">The parameter that this one's argument must be above; empty for none.</param>
/// <param name="IsEnd">Of a loss's target: whether the ends of the range are all that it may be.</param>
internal sealed record FormulaParameter(string Name, bool IsLearnable, bool IsPerChannel, double Default, Interval Range, string Above = "", bool IsEnd = false);

/// <summary>A method that is a formula.</summary>
/// <param name="DerivativeOf">For a derivative that the user supplies: the parameter of Value that it belongs to; else empty.</param>
/// <param name="Text">The result as <see cref="FormulaText"/> over the parameters' names.</param>
internal sealed record FormulaMethod(string Name, EquatableArray<FormulaParameter> Parameters, string DerivativeOf, string Text);

/// <summary>What a constructor of the attribute gives a parameter of its formula, other than its own parameter of that name.</summary>
/// <param name="Constructor">Its parameters with their types, as in C#.</param>
/// <param name="Text">The value as <see cref="FormulaText"/> over their names; NaN where it isn't known.</param>
internal sealed record FormulaAssignment(string Constructor, string Parameter, string Text);

/// <summary>All that an attribute class declares: Value, the terms that a sample's loss sums, derivatives of the user's own, and what its constructors make of their arguments.</summary>
internal sealed record FormulaSpec(FormulaKind Kind, string Type, EquatableArray<FormulaMethod> Methods, EquatableArray<FormulaAssignment> Assignments = default)
{
    public FormulaMethod Value => Methods.First(method => method.Name == "Value");
}
