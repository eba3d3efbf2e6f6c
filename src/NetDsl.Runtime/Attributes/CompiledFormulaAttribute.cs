using System.ComponentModel;

namespace NetDsl;

/// <summary>A formula of this assembly, written by NetDsl so that networks of other projects can read it; nothing to write by hand.</summary>
/// <param name="type">The attribute class by its metadata name: <c>Layers.Outer+SwishAttribute</c>.</param>
/// <param name="method">The method's name.</param>
/// <param name="text">Its parameters and result.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class CompiledFormulaAttribute(string type, string method, string text) : Attribute
{
    /// <summary>The attribute class by its metadata name.</summary>
    public string Type { get; } = type;

    /// <summary>The method's name.</summary>
    public string Method { get; } = method;

    /// <summary>Its parameters and result.</summary>
    public string Text { get; } = text;
}
