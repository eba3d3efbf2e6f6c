namespace NetDsl.Kernels.Ilgpu;

/// <inheritdoc cref="NetDsl.Kernels.IDenseShape"/>
public interface IDenseShape : NetDsl.Kernels.IDenseShape;

/// <inheritdoc cref="NetDsl.Kernels.IConvolutionShape"/>
public interface IConvolutionShape : NetDsl.Kernels.IConvolutionShape;

/// <inheritdoc cref="NetDsl.Kernels.IPoolingShape"/>
public interface IPoolingShape : NetDsl.Kernels.IPoolingShape;

/// <inheritdoc cref="NetDsl.Kernels.IUpsamplingShape"/>
public interface IUpsamplingShape : NetDsl.Kernels.IUpsamplingShape;
