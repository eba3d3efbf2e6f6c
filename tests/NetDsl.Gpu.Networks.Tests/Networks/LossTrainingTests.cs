using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Networks;

/// <summary>1 − (hits + 1)/(hits + α·alarms + β·misses + 1): a loss of three sums.</summary>
public sealed class OverlapAttribute(double alpha = 0.5, double beta = 0.5) : SampleLossAttribute
{
    public static double Hits(double prediction, double target) => prediction * target;

    public static double Alarms(double prediction, double target) => prediction * (1 - target);

    public static double Misses(double prediction, double target) => (1 - prediction) * target;

    public static double Value(double hits, double alarms, double misses, double alpha, double beta) =>
        1 - (hits + 1) / (hits + alpha * alarms + beta * misses + 1);
}

/// <summary>Log-probabilities along the last axis, behind one of the channels' axis and a maxout.</summary>
[Network, Input(3, 4, 4)]
[Conv(6, 3, Padding = Padding.Same), Maxout(2), LogSoftmax(Axis = 0), Flatten]
[Dense(12), Maxout(3), Dense(5), LogSoftmax, NegativeLogLikelihood(ClassWeights = new[] { 1, 0.5, 2, 1, 1 })]
public partial class LogProbabilities;

/// <summary>A hinge over classes.</summary>
[Network, Input(6)]
[Dense(9), Tanh, Dense(5), MulticlassHinge(0.7f)]
public partial class Hinged;

/// <summary>A loss of sums of the user's, behind an activation.</summary>
[Network, Input(6)]
[Dense(9), Tanh, Dense(4), Sigmoid, Overlap(0.3, 0.7)]
public partial class Overlapping;

/// <summary>A loss with numbers by output.</summary>
[Network, Input(6)]
[Dense(9), Tanh, Dense(4), Sigmoid, BinaryCrossEntropy(PositiveWeights = new[] { 1, 0.5, 2, 3 })]
public partial class ByOutput;

/// <summary>Generated networks with the losses that aren't a sum over elements alone.</summary>
public class LossTrainingTests
{
    private const int Batch = 7;

    public static TheoryData<GpuDeviceKind> Real => Devices.Large;

    [Theory]
    [MemberData(nameof(Real))]
    public void Losses_of_labels_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var labels = Enumerable.Range(0, Batch).Select(i => i * 3 % 5).ToArray();
        Training.Compare(new LogProbabilities(), new LogProbabilities().On(device), labels, new Sgd<float>(0.1), new Sgd<float>(0.1));
        Training.Compare(new Hinged(), new Hinged().On(device), labels, new Sgd<float>(0.1), new Sgd<float>(0.1));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Losses_of_sums_and_by_output_train_as_on_the_CPU(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var targets = Numbers.Random<float>(Batch * 4, 8).Select(x => x > 0 ? 1f : 0).ToArray();
        Training.Compare(new Overlapping(), new Overlapping().On(device), targets, new Sgd<float>(0.1), new Sgd<float>(0.1));
        Training.Compare(new ByOutput(), new ByOutput().On(device), targets, new Sgd<float>(0.1), new Sgd<float>(0.1));
    }
}
