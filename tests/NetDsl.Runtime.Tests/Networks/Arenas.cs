namespace NetDsl.Tests.Networks;

internal sealed class Parameters<T>(IReadOnlyList<TensorInfo> tensors, int length) : ParameterArena<T>(tensors, length)
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>;

internal sealed class Gradients<T>(IReadOnlyList<TensorInfo> tensors, int length) : GradientArena<T>(tensors, length)
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>;

/// <summary>Parameters without a network.</summary>
internal static class Arenas
{
    /// <summary>Tensors side by side, all zero.</summary>
    public static Parameters<float> Make(params (string Name, int[] Shape, bool IsLearnable)[] tensors)
    {
        var offset = 0;
        var infos = tensors.Select(tensor =>
        {
            var info = new TensorInfo(tensor.Name, tensor.Shape, offset, Initializer.Zeros, 1, 1, tensor.IsLearnable);
            offset += info.Length;
            return info;
        }).ToList();
        return new Parameters<float>(infos, offset);
    }
}
