namespace NetDsl.Tests.Networks;

internal sealed class Parameters<T>(IReadOnlyList<TensorInfo> tensors, int length) : ParameterArena<T>(tensors, length)
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>;

internal sealed class Gradients<T>(IReadOnlyList<TensorInfo> tensors, int length) : GradientArena<T>(tensors, length)
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>;
