using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Networks;

/// <summary>Double precision: convolutions, pooling, normalisations, dropout, a learnable slope.</summary>
[Network(Precision = Precision.Double), Input(2, 8, 8)]
[Conv(4, 3, Padding = Padding.Same, Bias = false), BatchNorm, PReLU, MaxPool(2), LocalResponseNorm(3, Beta = 0.5f)]
[Sum, Branch, Conv(4, 3, Padding = Padding.Same), Branch, End, GELU, ChannelDropout(0.25), Flatten]
[Dense(8), L2(0.001f), LayerNorm, Tanh, Dense(5), SoftmaxCrossEntropy(LabelSmoothing = 0.1)]
public partial class Precise;

/// <summary>Double precision: a gate, elementary functions, the user's own loss of sums.</summary>
[Network(Precision = Precision.Double), Input(6)]
[Dense(8), Bent, Dense(8), SwiGLU, Dropout(0.2), Dense(9), Maxout(3), Softplus, Dense(4), Sigmoid, Overlap(0.3, 0.7)]
public partial class PreciseOverlap;

/// <summary>Generated networks of double precision: the CPU half's numbers to nearly all digits.</summary>
public class DoubleTrainingTests
{
    private const int Batch = 7;

    public static TheoryData<GpuDeviceKind> Real => Devices.Large;

    [Theory]
    [MemberData(nameof(Real))]
    public void Networks_of_doubles_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var labels = Enumerable.Range(0, Batch).Select(i => i * 3 % 5).ToArray();
        Training.Compare(new Precise(), new Precise().On(device), labels, new Adam<double>(0.01), new Adam<double>(0.01), 1e-9);
        var targets = Numbers.Random<double>(Batch * 4, 8).Select(x => x > 0 ? 1.0 : 0).ToArray();
        Training.Compare(new PreciseOverlap(), new PreciseOverlap().On(device), targets, new Nesterov<double>(0.05), new Nesterov<double>(0.05), 1e-9);
    }
}
