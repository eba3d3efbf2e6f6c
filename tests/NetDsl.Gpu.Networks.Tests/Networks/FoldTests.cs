using NetDsl.Gpu.Tests.Support;

namespace NetDsl.Gpu.Tests.Networks;

/// <summary>What is left of batch normalisations at inference is worked out when the parameters have changed, and then always.</summary>
public class FoldTests
{
    private const int Batch = 5;

    [Fact]
    public void Answers_follow_the_parameters_and_else_take_fewer_launches()
    {
        using var device = Devices.Open(Devices.Default);
        var (network, onDevice) = (new Plain(), new Plain().On(device));
        using var workspace = new Plain.Gpu.Workspace(device, Batch);
        var (hostWorkspace, x) = (new Plain.Workspace(Batch), Numbers.Random<float>(Batch * 10, 1));
        var (parameters, others, gradients) = (new Plain.Parameters(1), new Plain.Parameters(2), new Plain.Gradients());
        float[] answer = new float[Batch * 3], expected = new float[Batch * 3];

        var all = Launches(parameters);
        var rest = all - 3;
        Launches(parameters).ShouldBe(rest);
        Compare(parameters);

        parameters.BatchNorm1.RunningVariance.Fill(0.3f);
        Launches(parameters).ShouldBe(all, "written by the host");
        Launches(parameters).ShouldBe(rest);
        Launches(others).ShouldBe(all, "other parameters");
        Launches(others).ShouldBe(rest);
        Launches(parameters).ShouldBe(all, "the first ones again");
        onDevice.Forward(parameters, x, workspace, training: false);
        Launches(parameters).ShouldBe(all, "after a pass that keeps its statistics in their place");
        Compare(parameters);

        onDevice.Forward(parameters, x, workspace);
        onDevice.Evaluate(workspace, new float[Batch * 3]);
        onDevice.Backward(parameters, x, workspace, gradients);
        Launches(parameters).ShouldBe(all, "after the running statistics have moved");
        new Sgd<float>(0.1).Step(parameters, gradients);
        Launches(parameters).ShouldBe(all, "after a step");
        Launches(parameters).ShouldBe(rest);
        Compare(parameters);

        long Launches(Plain.Parameters those)
        {
            var before = device.Launches;
            onDevice.Predict(those, x, answer, workspace);
            return device.Launches - before;
        }

        // Reading the parameters would have them copied, and all made anew.
        void Compare(Plain.Parameters those)
        {
            var copy = new Plain.Parameters(3);
            copy.CopyFrom(those);
            network.Predict(copy, x, expected, hostWorkspace);
            answer.ShouldAgree(expected, 1e-5);
        }
    }
}
