using System.Runtime.CompilerServices;
using System.Text;
using NetDsl.Gpu.Tests.Kernels;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Kernels.Ilgpu.Device;
using NetDsl.Kernels.Ilgpu.Gemm;
using NetDsl.Kernels.Ilgpu.Losses;
using NetDsl.Kernels.Ilgpu.Normalization;
using NetDsl.Kernels.Ilgpu.Optimizers;
using NetDsl.Kernels.Ilgpu.Windows;
using NetDsl.Kernels.Optimizers;

namespace NetDsl.Gpu.Tests.Ptx;

/// <summary>The library's kernels as PTX.</summary>
public class PtxTests
{
    [Fact]
    public void The_main_kernels_take_the_registers_and_instructions_that_were_reviewed()
    {
        var text = new StringBuilder();
        Add<ProductKernel<float, DenseForward<float, Layer, DeviceMix>, Block8<float>, Side16>>(text);
        Add<ProductKernel<float, DenseForward<float, Layer, DeviceMix>, Block4<float>, Side16>>(text);
        Add<ProductKernel<float, DenseForward<float, Layer, DeviceMix>, Block4<float>, Side8>>(text);
        Add<ProductKernel<float, DenseBackwardInput<float, Layer, DeviceMix>, Block4<float>, Side16>>(text);
        Add<ProductKernel<float, DenseBackwardInput<float, Layer, DeviceMix>, Block8<float>, Side16>>(text);
        Add<ProductKernel<float, DenseBackwardParameters<float, Layer>, Block4<float>, Side16>>(text);
        Add<ProductKernel<float, DenseBackwardParameters<float, Layer>, Block8<float>, Side16>>(text);
        Add<ProductKernel<double, DenseForward<double, Layer, Store<double>>, Block4<double>, Side16>>(text);
        Add<PartSumKernel<float, DenseForward<float, Layer, DeviceMix>>>(text);
        Add<NarrowForwardKernel<float, WindowTests.Depthwise, DeviceMix>>(text);
        Add<NarrowBackwardInputKernel<float, WindowTests.Depthwise, DeviceMix>>(text);
        Add<NarrowBackwardParametersKernel<float, WindowTests.Depthwise>>(text);
        Add<ProductKernel<float, ConvolutionForward<float, WindowTests.Halves, DeviceMix>, Block4<float>, Side16>>(text);
        Add<ProductKernel<float, ConvolutionForward<float, WindowTests.Halves, DeviceMix>, Block8<float>, Side16>>(text);
        Add<ProductKernel<float, ConvolutionBackwardInput<float, WindowTests.Halves, DeviceMix>, Block8<float>, Side16>>(text);
        Add<ProductKernel<float, ConvolutionBackwardParameters<float, WindowTests.Halves>, Block8<float>, Side16>>(text);
        Add<InterpolationKernel<float, UpsamplingTests.Plane, SingleQuotient, DeviceMix>>(text);
        Add<InterpolationBackwardKernel<float, UpsamplingTests.Plane, SingleQuotient, DeviceMix>>(text);
        Add<PadKernel<float>>(text);
        Add<PassKernel<float, DeviceMix>>(text);
        Add<PassKernel<float, ElementaryTests.OnDevice<float, SingleMath, ElementaryTests.OfTanh>>>(text);
        Add<PassKernel<float, ElementaryTests.OnDevice<float, SingleMath, ElementaryTests.OfNormalCdf>>>(text);
        Add<SumKernel<float, LossTerm<float, LossTests.Cubed>>>(text);
        Add<ColumnsKernel<float, DeviceMix>>(text);
        Add<ChannelsKernel<float, DeviceMix>>(text);
        Add<SoftmaxKernel<float, SingleMath>>(text);
        Add<SoftmaxBackwardKernel<float>>(text);
        Add<LogSoftmaxKernel<float, SingleMath>>(text);
        Add<SoftmaxCrossEntropyKernel<float, SingleMath>>(text);
        Add<ContrastiveKernel<float>>(text);
        Add<CosineEmbeddingKernel<float>>(text);
        Add<TripletMarginKernel<float>>(text);
        Add<MulticlassHingeKernel<float>>(text);
        Add<SampleLossKernel<float, RowLossTests.Quotient>>(text);
        Add<MomentsKernel<float>>(text);
        Add<BatchNormKernel<float, DeviceMix>>(text);
        Add<GradientSumsKernel<float, Store<float>>>(text);
        Add<BatchNormBackwardKernel<float, Store<float>, DeviceMix>>(text);
        Add<GroupNormKernel<float, DeviceMix>>(text);
        Add<GroupNormBackwardKernel<float, Store<float>, DeviceMix>>(text);
        Add<LocalResponseNormKernel<float, SingleMath, DeviceMix>>(text);
        Add<MaskKernel<float>>(text);
        Add<ChannelMaskKernel<float>>(text);
        Add<UpdateKernel<float, AdamRule<float>>>(text);
        Add<UpdateKernel<float, MomentumRule<float>>>(text);
        Add<UpdateKernel<float, SgdRule<float>>>(text);
        Snapshot.Match(text.ToString());
    }

    [Fact]
    public void Kernels_for_floats_have_no_doubles_calls_or_memory_of_their_own()
    {
        var ptx = PtxCompiler.Compile(typeof(ProductKernel<float, DenseForward<float, Layer, ElementaryTests.OnDevice<float, SingleMath, ElementaryTests.OfNormalCdf>>, Block8<float>, Side16>));
        PtxCompiler.Summary(ptx).ShouldSatisfyAllConditions(
            summary => summary.ShouldContain("f64 0,"),
            summary => summary.ShouldContain("calls 0,"),
            summary => summary.ShouldEndWith("local 0"));
        ptx.ShouldNotContain("ex2.approx");
        ptx.ShouldNotContain("tanh.approx");
    }

    [Theory]
    [InlineData(typeof(float))]
    [InlineData(typeof(double))]
    public void Every_update_rule_compiles(Type element)
    {
        var rules = typeof(SgdRule<>).Assembly.GetTypes().Where(type => type.IsValueType && type.IsGenericTypeDefinition).Select(type => (Type: type, Contracts: type.GetInterfaces()))
            .Where(rule => Array.Exists(rule.Contracts, contract => contract.Name == typeof(IUpdateRule<>).Name)).Select(rule => rule.Type.MakeGenericType(element)).ToList();
        rules.Count.ShouldBeGreaterThan(3);
        PtxCompiler.ShouldBeLean(rules.Select(rule => typeof(UpdateKernel<,>).MakeGenericType(element, rule)));
    }

    private static void Add<TKernel>(StringBuilder text)
        where TKernel : struct, IKernel
        => text.Append(KernelName.Of(typeof(TKernel))).Append('\n').Append("    ").Append(PtxCompiler.Summary(PtxCompiler.Compile(typeof(TKernel)))).Append('\n');

    internal readonly struct Layer : NetDsl.Kernels.IDenseShape
    {
        public static int Inputs => 784;

        public static int Outputs => 512;
    }

    private static class Snapshot
    {
        public static void Match(string text, [CallerFilePath] string file = "")
        {
            var verified = Path.Combine(Path.GetDirectoryName(file)!, "PtxTests.verified.txt");
            if (File.Exists(verified) && File.ReadAllText(verified) == text)
                return;
            var received = Path.Combine(Path.GetDirectoryName(file)!, "PtxTests.received.txt");
            File.WriteAllText(received, text);
            throw new ShouldAssertException($"The kernels have changed: look at {received} and rename it to PtxTests.verified.txt if it is right.");
        }
    }
}
