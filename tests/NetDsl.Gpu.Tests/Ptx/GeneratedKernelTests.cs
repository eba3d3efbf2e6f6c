using NetDsl.Gpu.Tests.Networks;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu.Device;

namespace NetDsl.Gpu.Tests.Ptx;

/// <summary>What the generator writes, as PTX.</summary>
public class GeneratedKernelTests
{
    [Fact]
    public void Every_kernel_of_generated_networks_compiles_without_doubles_calls_or_memory_of_its_own()
    {
        using var device = Devices.Open(Devices.Default);
        var labels = new[] { 0, 1 };
        Step(new Classifier().On(device), labels);
        Step(new Laboratory().On(device), new float[2 * 4]);
        Step(new Joined().On(device), new float[2 * 8]);
        Step(new Convolutional().On(device), labels);
        Step(new Inception().On(device), labels);
        Step(new Decoder().On(device), new float[2 * Decoder.Description.OutputSize]);
        Step(new Residual().On(device), labels);
        Step(new Plain().On(device), new float[2 * 3]);
        Step(new LogProbabilities().On(device), labels);
        Step(new Hinged().On(device), labels);
        Step(new Overlapping().On(device), new float[2 * 4]);
        Step(new ByOutput().On(device), new float[2 * 4]);
        var kernels = device.Core.Kernels.Where(kernel => IsGenerated(kernel.Method.GetParameters()[0].ParameterType)).ToList();
        kernels.Count.ShouldBeGreaterThan(80);
        foreach (var kernel in kernels)
        {
            var name = KernelName.Of(kernel.Method.GetParameters()[0].ParameterType);
            var summary = PtxCompiler.Summary(PtxCompiler.Compile(kernel));
            summary.ShouldContain("f64 0,", customMessage: name);
            summary.ShouldContain("calls 0,", customMessage: name);
            summary.ShouldEndWith("local 0", customMessage: name);
        }
    }

    private static void Step<TTarget>(INetwork<float, TTarget> network, TTarget[] target)
        where TTarget : unmanaged
    {
        var (parameters, gradients, workspace) = (network.CreateParameters(1), network.CreateGradients(), network.CreateWorkspace(2));
        var x = Numbers.Random<float>(2 * network.Description.InputSize, 1);
        network.Forward(parameters, x, workspace, training: true);
        network.Loss(workspace, target);
        network.Backward(parameters, x, workspace, gradients, accumulate: false);
        network.BackwardInput(parameters, workspace, new float[x.Length]);
        network.Predict(parameters, x, new float[2 * network.Description.OutputSize], workspace);
    }

    // Types that are local to a file have its name in front.
    private static bool IsGenerated(Type type) => type.Name.StartsWith('<') || type.IsGenericType && Array.Exists(type.GetGenericArguments(), IsGenerated);
}
