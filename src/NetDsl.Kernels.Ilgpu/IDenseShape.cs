namespace NetDsl.Kernels.Ilgpu;

/// <inheritdoc cref="NetDsl.Kernels.IDenseShape"/>
public interface IDenseShape : NetDsl.Kernels.IDenseShape;
