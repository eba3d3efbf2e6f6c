using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Ptx;

/// <summary>
/// What the code of a kernel depends on beside its extents, which are constants in the same places: its form, which is the kernel with its product, its tile and its precision; the operators in
/// it; and the kind of its window. A convolution takes a second or two to compile, and the networks of samples and reference cases have thousands of kernels.
/// </summary>
internal static class KernelForm
{
    private static readonly string[] Steps = ["Kernel", "Stride", "Pad", "Dilation", "Factor"];

    /// <summary>Whether kernels are told apart by all that they are made of, extents included: with NETDSL_PTX=all, for many minutes of compiling.</summary>
    public static bool IsExact { get; } = Environment.GetEnvironmentVariable("NETDSL_PTX") == "all";

    /// <summary>
    /// What there is to a kernel: its form, each of its operators in that form, the kind of its windows in that product. Of convolutions, which take longest, each operator in a product, whatever the
    /// tile; of doubles each form and each operator, not each pair. Numbers in operators count as little as extents do.
    /// </summary>
    public static IEnumerable<string> Features(Type kernel)
    {
        if (IsExact)
            return [kernel.ToString() + kernel.Assembly];
        var (form, ways) = (Form(kernel), Parts(kernel).SelectMany(Ways).ToList());
        var operators = Parts(kernel).SelectMany(owner => owner.GetGenericArguments().Where(IsOperator).Select(part => $"{(IsDouble(kernel) ? "double" : ways.Count > 0 ? owner.Name : form)}: {OperatorCode.Of(part)}"));
        return [.. operators, .. ways, form];
    }

    /// <summary>Whether a kernel computes doubles.</summary>
    public static bool IsDouble(Type kernel) => Parts(kernel).Contains(typeof(double));

    private static IEnumerable<Type> Parts(Type type) => type.GetGenericArguments().SelectMany(Parts).Append(type);

    private static string Form(Type type) => IsShape(type) || IsOperator(type) ? "·" : type.IsGenericType ? $"{type.Name}<{string.Join(",", type.GetGenericArguments().Select(Form))}>" : type.Name;

    // The kind of a window beside the name of what goes by it.
    private static IEnumerable<string> Ways(Type type) => type.GetGenericArguments().Where(argument => Constants(argument).Any()).Select(shape => string.Join(",", Constants(shape).Prepend(type.Name)));

    private static bool IsShape(Type type) => typeof(NetDsl.Kernels.IDenseShape).IsAssignableFrom(type) || Constants(type).Any();

    // What isn't the library's own is a network's.
    private static bool IsOperator(Type type) => !IsShape(type) && !type.IsPrimitive && type.Assembly != typeof(GpuDevice).Assembly && type.Assembly != typeof(NetDsl.Kernels.IDenseShape).Assembly;

    // Whether there are taps, strides, dilations and pads at all: that leaves out code, more of them don't.
    private static IEnumerable<string> Constants(Type type) =>
        type.GetProperties().Where(property => property.GetMethod!.IsStatic && property.PropertyType == typeof(int) && Array.Exists(Steps, step => property.Name.StartsWith(step, StringComparison.Ordinal)))
            .Select(property => property.Name + Math.Min((int)property.GetValue(null)!, property.Name.StartsWith("Pad", StringComparison.Ordinal) ? 1 : 2)).Order();
}
