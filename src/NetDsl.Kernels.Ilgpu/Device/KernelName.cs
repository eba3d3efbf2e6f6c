namespace NetDsl.Kernels.Ilgpu.Device;

/// <summary>Types as they are written, for messages.</summary>
internal static class KernelName
{
    public static string Of(Type type)
    {
        // Types local to a generated file have its name in front.
        var name = type.Name[(type.Name.LastIndexOf("__", StringComparison.Ordinal) is var at && type.Name.StartsWith('<') && at >= 0 ? at + 2 : 0)..].Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>" : name;
    }
}
