namespace NetDsl;

/// <summary>An activation of your own, y = f(x) element by element: derive a class and write f as a plain C# method called <c>Value</c>.</summary>
/// <remarks>
/// <para>
/// The compiler reads the method, differentiates it, simplifies both and fuses them into the loops of the layers around them. All of NetDsl's own
/// activations are written this way:
/// </para>
/// <code>
/// public sealed class SwishAttribute : ActivationAttribute            // used as [Swish]
/// {
///     public static float Value(float x) => x / (1 + MathF.Exp(-x));
/// }
/// </code>
/// <para>The first parameter is x. The others take the attribute's argument of the same name, a constructor parameter or a property:</para>
/// <code>
/// public sealed class LeakyReLUAttribute([Range(0, double.MaxValue)] double slope = 0.01) : ActivationAttribute
/// {
///     public static double Value(double x, double slope) => x > 0 ? x : slope * x;
/// }
/// </code>
/// <para>A <see cref="LearnableAttribute"/> parameter is learnt, and the argument is its start:</para>
/// <code>
/// public sealed class PReLUAttribute(double slope = 0.25) : ActivationAttribute
/// {
///     public static double Value(double x, [Learnable(PerChannel = true)] double slope) => x > 0 ? x : slope * x;
/// }
/// </code>
/// <para>
/// What a formula is made of: <c>float</c>, <c>double</c> or a <c>T</c> that is constrained to <c>IFloatingPointIeee754&lt;T&gt;</c> or its like (the
/// network's precision decides in any case); arithmetic, comparisons, <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>, <c>?:</c>, <c>if</c>, <c>switch</c>
/// expressions and local variables; constants; functions of <see cref="Math"/>, <see cref="MathF"/> and <see cref="Functions"/>; and calls of other
/// methods made of the same. No loops, no recursion. Anything else is an error at the expression, which says what is allowed.
/// </para>
/// <para>
/// Where the two sides of a kink differ, the branch that the condition takes is the one that is differentiated; |x|′ = 0 at 0 and max(x, 0)′ = 0 at 0.
/// <see cref="DerivativeAttribute"/> supplies a derivative of your own.
/// </para>
/// </remarks>
public abstract class ActivationAttribute : LayerAttribute
{
    /// <summary>The axis along which a learnt parameter has one number for each channel, batch left out: 0 unless set, which are the channels of an image; negative axes count from the end.</summary>
    public int ChannelAxis { get; set; }

    /// <summary>Whether each channel learns a number of its own, instead of what the formula's <see cref="LearnableAttribute"/> says.</summary>
    public bool PerChannel { get; set; }

    /// <summary>Whether training leaves the numbers that the formula would learn as they are.</summary>
    public bool Frozen { get; set; }
}

/// <summary>An activation that joins equal pieces of the channels, y = f(a, b): derive a class with a static method <c>Value</c> that takes one parameter for each piece.</summary>
/// <remarks>
/// <para>With two parameters the first half of the channels is a and the second half is b, so that the output has half as many:</para>
/// <code>
/// public sealed class SwiGLUAttribute : GateAttribute
/// {
///     public static double Value(double a, double b) => a * b / (1 + Math.Exp(-b));
/// }
/// </code>
/// <para>Parameters that have the name of an argument of the attribute take it, as in an <see cref="ActivationAttribute"/>, which also says what a formula is made of.</para>
/// </remarks>
public abstract class GateAttribute : LayerAttribute
{
    /// <summary>The axis of the channels, batch left out: 0 unless set; negative axes count from the end, as −1 does for sequences [time, features].</summary>
    public int Axis { get; set; }
}

/// <summary>A penalty on weights, the sum of f(weight): derive a class and write f as a plain C# method called <c>Value</c>.</summary>
/// <remarks>
/// <para>
/// Behind a layer it penalises that layer's weights, as in <c>[Dense(100), L2(0.001), ReLU]</c>; before the first layer with weights, those of all layers.
/// Biases are left alone. The penalty is part of the loss, once for each call of Loss, and of the gradients, once for each call of Backward.
/// </para>
/// <code>
/// public sealed class LassoAttribute(double lambda) : RegularizerAttribute
/// {
///     public static double Value(double weight, double lambda) => lambda * Math.Abs(weight);
/// }
/// </code>
/// <para><see cref="ActivationAttribute"/> says what a formula is made of.</para>
/// </remarks>
public abstract class RegularizerAttribute : LayerAttribute;

/// <summary>A loss of your own whose terms are the elements: derive a class and write the term as a plain C# method <c>Value</c> of a prediction and its target.</summary>
/// <remarks>
/// <code>
/// public sealed class MyHuberAttribute(double delta = 1) : ElementwiseLossAttribute
/// {
///     public static float Value(float prediction, float target, float delta)
///     {
///         var d = MathF.Abs(prediction - target);
///         if (d &lt;= delta)
///             return 0.5f * d * d;
///         return delta * (d - 0.5f * delta);
///     }
/// }
/// </code>
/// <para><see cref="ActivationAttribute"/> says what a formula is made of.</para>
/// </remarks>
public abstract class ElementwiseLossAttribute : LossAttribute;

/// <summary>A loss of your own whose value for a sample is a function of sums over the sample's elements, such as a distance or a ratio of overlaps.</summary>
/// <remarks>
/// <para>
/// The parameters of <c>Value</c> have the names of other static methods, the terms: each is a function of a prediction and its target that is summed
/// over the elements of the sample.
/// </para>
/// <code>
/// public sealed class EuclideanAttribute : SampleLossAttribute
/// {
///     public static double Squares(double prediction, double target) => (prediction - target) * (prediction - target);
///
///     public static double Value(double squares) => Math.Sqrt(squares);
/// }
/// </code>
/// <para><see cref="ActivationAttribute"/> says what a formula is made of.</para>
/// </remarks>
public abstract class SampleLossAttribute : LossAttribute;

/// <summary>A parameter of an activation's <c>Value</c> that is learnt with the weights; the attribute's argument of its name is where it starts.</summary>
/// <remarks>
/// <code>
/// public sealed class PReLUAttribute(double slope = 0.25) : ActivationAttribute
/// {
///     public static double Value(double x, [Learnable(PerChannel = true)] double slope) => x > 0 ? x : slope * x;
/// }
/// </code>
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class LearnableAttribute : Attribute
{
    /// <summary>Whether each channel learns its own number; one serves all unless set.</summary>
    public bool PerChannel { get; set; }
}

/// <summary>An argument of a formula's attribute that must be above another one, checked where the attribute is used, as a <c>[Range]</c> is.</summary>
/// <remarks>
/// <code>
/// public sealed class HardTanhAttribute(double min = -1, [Above(nameof(min))] double max = 1) : ActivationAttribute
/// {
///     public static double Value(double x, double min, double max) => Math.Clamp(x, min, max);
/// }
/// </code>
/// </remarks>
/// <param name="argument">The name of the other argument.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class AboveAttribute(string argument) : Attribute
{
    /// <summary>The name of the other argument.</summary>
    public string Argument { get; } = argument;
}

/// <summary>Marks a static method that supplies the derivative of <c>Value</c>, in place of the one that NetDsl would find.</summary>
/// <remarks>
/// <para>
/// Its parameters are named like those of <c>Value</c>; one more called <c>value</c> is Value's result. It may leave out what it doesn't need.
/// <c>CheckGradients</c> compares it with finite differences.
/// </para>
/// <code>
/// public sealed class SigmoidAttribute : ActivationAttribute
/// {
///     public static double Value(double x) => 1 / (1 + Math.Exp(-x));
///
///     [Derivative]
///     public static double Slope(double value) => value * (1 - value);
/// }
/// </code>
/// </remarks>
/// <param name="parameter">The parameter of <c>Value</c> by which it is the derivative; the first unless given.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DerivativeAttribute(string? parameter = null) : Attribute
{
    /// <summary>The parameter by which it is the derivative; null for the first.</summary>
    public string? Parameter { get; } = parameter;
}
