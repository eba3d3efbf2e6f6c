using System.Text.RegularExpressions;

namespace NetDsl.Gpu.Tests.Ptx;

/// <summary>What the code of a kernel depends on beside its extents, which are constants in the same places: a convolution takes a second or two to compile, and ResNet-152 has hundreds.</summary>
internal static partial class KernelForm
{
    private static readonly string[] Steps = ["Kernel", "Stride", "Pad", "Dilation", "Group", "Factor"];

    /// <summary>Whether kernels are told apart by their extents, too: with NETDSL_PTX=all, for some minutes of compiling.</summary>
    public static bool IsExact { get; } = Environment.GetEnvironmentVariable("NETDSL_PTX") == "all";

    /// <summary>The form of a kernel.</summary>
    public static string Of(Type kernel) => IsExact ? kernel.ToString() + kernel.Assembly : Name(kernel, HasWindows(kernel));

    // Reading windows is what takes long, and is the same whatever is done with the result and however large the tile.
    private static string Name(Type type, bool isWindowed)
    {
        var name = Digits().Replace(type.Name[(type.Name.LastIndexOf('_') + 1)..], "#");
        var arguments = type.GetGenericArguments().Where(argument => !isWindowed || IsWindow(argument) || HasWindows(argument)).Select(argument => Name(argument, isWindowed));
        return IsWindow(type) ? string.Join(",", Constants(type)) : $"{name}<{string.Join(",", arguments)}>";
    }

    private static bool HasWindows(Type type) => Array.Exists(type.GetGenericArguments(), argument => IsWindow(argument) || HasWindows(argument));

    private static bool IsWindow(Type type) => type.IsValueType && Constants(type).Any();

    private static IEnumerable<string> Constants(Type type) =>
        type.GetProperties().Where(property => property.GetMethod!.IsStatic && property.PropertyType == typeof(int) && Array.Exists(Steps, step => property.Name.StartsWith(step, StringComparison.Ordinal)))
            .Select(property => property.Name + property.GetValue(null)).Order();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
