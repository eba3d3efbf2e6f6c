namespace NetDsl;

/// <summary>a·σ(b), a and b being the halves of the channels.</summary>
/// <remarks>Dauphin, Fan, Auli, Grangier, "Language modeling with gated convolutional networks", 2017.</remarks>
public sealed class GLUAttribute : GateAttribute
{
    /// <summary>a·σ(b).</summary>
    public static double Value(double a, double b) => a * Functions.Sigmoid(b);
}

/// <summary>a·b·σ(b), a and b being the halves of the channels.</summary>
/// <remarks>Shazeer, "GLU variants improve transformer", 2020.</remarks>
public sealed class SwiGLUAttribute : GateAttribute
{
    /// <summary>a·b·σ(b).</summary>
    public static double Value(double a, double b) => a * SiLUAttribute.Value(b);
}

/// <summary>a·b·Φ(b), a and b being the halves of the channels, with the normal distribution function Φ.</summary>
/// <remarks>Shazeer, "GLU variants improve transformer", 2020.</remarks>
public sealed class GEGLUAttribute : GateAttribute
{
    /// <summary>a·b·Φ(b).</summary>
    public static double Value(double a, double b) => a * GELUAttribute.Value(b, tanhApproximation: false);
}
