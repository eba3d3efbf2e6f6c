using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Networks;

/// <summary>Batch normalisation behind convolutions, in a residual sum and at inference in the convolution's epilogue; the other ones by channel.</summary>
[Network, Input(3, 8, 8)]
[Conv(6, 3, Padding = Padding.Same, Bias = false), BatchNorm, ReLU]
[Sum, Branch, Conv(6, 3, Padding = Padding.Same, Bias = false), BatchNorm(Momentum = 0.3), Branch, End, ReLU]
[GroupNorm(3), GELU, Conv(4, 3, Bias = false), InstanceNorm, Conv(4, 2), LocalResponseNorm(3), Tanh, LocalResponseNorm(2, Beta = 0.5f), Flatten]
[Dense(5), SoftmaxCrossEntropy]
public partial class Residual;

/// <summary>Normalisations of plain features, with and without what is learnt, one frozen.</summary>
[Network, Input(10)]
[BatchNorm, Softplus, Dense(12, Bias = false), BatchNorm(Affine = false), ReLU, Dense(9), LayerNorm, Tanh]
[Dense(8), BatchNorm(Frozen = true), ReLU, Dense(7), RmsNorm, Sigmoid, LayerNorm(Affine = false)]
[Dense(3), SquaredError]
public partial class Plain;

/// <summary>Generated networks with normalisations: losses, gradients, running statistics and predictions are those of the CPU half.</summary>
public class NormalizationTrainingTests
{
    private const int Batch = 7;

    public static TheoryData<GpuDeviceKind> Real => Devices.Large;

    [Theory]
    [MemberData(nameof(Real))]
    public void Normalised_channels_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var labels = Enumerable.Range(0, Batch).Select(i => i * 3 % 5).ToArray();
        Training.Compare(new Residual(), new Residual().On(device), labels, new Nesterov<float>(0.05), new Nesterov<float>(0.05));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Normalised_features_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        Training.Compare(new Plain(), new Plain().On(device), Numbers.Random<float>(Batch * 3, 8), new Adam<float>(0.01), new Adam<float>(0.01));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Running_statistics_come_home_with_the_parameters(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var (parameters, gpu) = (new Plain.Parameters(1), new Plain().On(device));
        using var workspace = new Plain.Gpu.Workspace(device, Batch);
        var x = Numbers.Random<float>(Batch * 10, 1);
        gpu.Forward(parameters, x, workspace);
        var once = parameters.BatchNorm1.RunningMean.ToArray();
        once.ShouldNotBe(new float[10]);
        // At inference they stay.
        gpu.Forward(parameters, x, workspace, training: false);
        parameters.BatchNorm1.RunningMean.ToArray().ShouldBe(once);
        // What the host has written is what the device goes by.
        parameters.BatchNorm1.RunningMean.Clear();
        gpu.Forward(parameters, x, workspace);
        parameters.BatchNorm1.RunningMean.ToArray().ShouldBe(once);
    }
}
