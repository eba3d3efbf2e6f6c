using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace NetDsl;

/// <summary>Parameters, gradients and workspaces, which code for all networks hands over by their bases, as those of one network; for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Part
{
    /// <summary>The part as what the network itself takes.</summary>
    /// <exception cref="ArgumentException">It belongs to another network.</exception>
    public static T Of<T>(object part, [CallerArgumentExpression(nameof(part))] string name = "")
        where T : class
    {
        ArgumentNullException.ThrowIfNull(part, name);
        return part as T ?? throw new ArgumentException($"This is a {part.GetType().FullName}; expected a {typeof(T).FullName}: each network has parameters, gradients and workspaces of its own.", name);
    }
}
