using NetDsl.Gpu.Oracle;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Oracle;
using NetDsl.Oracle.Format;
using Case = NetDsl.Oracle.Format.Case;

namespace NetDsl.Gpu.Tests.Oracle;

/// <summary>The repository's reference cases on devices, with the reference's own tolerances. docs/gpu.md says what the whole folder gives.</summary>
public class OracleTests
{
    // One of each kind of layer, loss and network: PoCL takes seconds to compile a case's kernels.
    private static readonly string[] Selection =
    [
        "layer_conv1d_causal_d2", "layer_conv2d_depthwise_mult2", "layer_conv3d_k3_same_s2", "layer_conv_transpose2d_groups2", "layer_max_pool2d_k3_s2_ceil", "layer_avg_pool2d_k3_pad1_exclude",
        "layer_dropout_given_mask", "layer_batch_norm2d_train", "layer_group_norm_g2", "layer_lrn_alexnet", "activation_maxout_k3", "activation_prelu_channels_2d", "activation_softmax_nchw_axis1",
        "loss_huber_delta_2p5", "loss_cosine_embedding_margin", "loss_softmax_cross_entropy_class_weights", "optimizer_adam", "network_inception", "network_train_momentum",
    ];

    // Of few threads' work.
    private static readonly string[] Tiny = ["layer_dense_basic", "layer_conv1d_depthwise", "activation_tanh", "loss_mse_sum", "optimizer_momentum"];

    public static TheoryData<GpuDeviceKind> Kinds => Devices.Small;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reference_cases_agree(GpuDeviceKind kind)
    {
        using var device = Devices.Open(kind);
        var names = Devices.Simulates(kind) ? Tiny : Selection;

        var report = OracleRun.Cases([.. names.Select(name => (name, (Func<Case>)(() => CaseFile.Read(Path.Combine(AppContext.BaseDirectory, "Cases", name + ".json")))))], new DevicePlatform(device, [Precision.Single]));

        report.Outcomes.Where(outcome => outcome.Verdict != Verdict.Passed).SelectMany(outcome => outcome.Messages).ShouldBeEmpty();
    }

    [Fact]
    public void A_case_off_the_reference_fails_on_a_device()
    {
        using var device = Devices.Open(GpuDeviceKind.Cpu);
        var @case = CaseFile.Read(Path.Combine(AppContext.BaseDirectory, "Cases", "layer_dense_basic.json"));
        @case.Output("y").Values[2] += 0.01;

        var report = OracleRun.Cases([(@case.Name, () => @case)], new DevicePlatform(device, [Precision.Single]));

        report.Outcomes[0].Messages.ShouldHaveSingleItem().ShouldStartWith("layer_dense_basic (float): y[2]: got");
    }
}
