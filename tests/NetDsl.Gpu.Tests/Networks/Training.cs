using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Networks;

/// <summary>A network's two halves, step after step.</summary>
internal static class Training
{
    private const int Samples = 7;

    /// <summary>Several steps with everything that can be compared on the way.</summary>
    public static void Compare<TTarget>(INetwork<float, TTarget> cpu, INetwork<float, TTarget> gpu, TTarget[] target, Optimizer<float> optimizer, Optimizer<float> onGpu)
        where TTarget : unmanaged
    {
        var (parameters, copy) = (cpu.CreateParameters(5), gpu.CreateParameters(5));
        var (gradients, copies) = (cpu.CreateGradients(), gpu.CreateGradients());
        var (workspace, onDevice) = (cpu.CreateWorkspace(Samples + 2), gpu.CreateWorkspace(Samples + 2));
        (workspace.Seed, onDevice.Seed) = (11, 11);
        var x = Numbers.Random<float>(Samples * cpu.Description.InputSize, 6);
        var (answer, answerOnGpu) = (new float[Samples * cpu.Description.OutputSize], new float[Samples * cpu.Description.OutputSize]);
        var (dx, dxOnGpu) = (new float[x.Length], new float[x.Length]);
        for (var step = 0; step < 4; step++)
        {
            cpu.Forward(parameters, x, workspace, training: true);
            gpu.Forward(copy, x, onDevice, training: true);
            var loss = cpu.Loss(workspace, target);
            gpu.Loss(onDevice, target).ShouldBe(loss, 1e-5 * Math.Abs(loss), $"loss of step {step}");
            cpu.Backward(parameters, x, workspace, gradients, accumulate: false);
            gpu.Backward(copy, x, onDevice, copies, accumulate: false);
            // Reading brings the gradients home; the step after it takes them back.
            if (step % 2 == 0)
                copies.Values.ToArray().ShouldAgree(gradients.Values, 2e-5, $"gradients of step {step}");
            cpu.BackwardInput(parameters, workspace, dx);
            gpu.BackwardInput(copy, onDevice, dxOnGpu);
            dxOnGpu.ShouldAgree(dx, 2e-5, $"dX of step {step}");
            optimizer.Step(parameters, gradients);
            onGpu.Step(copy, copies);
        }

        copy.Values.ToArray().ShouldAgree(parameters.Values, 1e-4, "parameters");
        cpu.Predict(parameters, x, answer, workspace);
        gpu.Predict(copy, x, answerOnGpu, onDevice);
        answerOnGpu.ShouldAgree(answer, 1e-4, "answer");

        // Without Backward before it.
        cpu.Forward(parameters, x, workspace, training: false);
        gpu.Forward(copy, x, onDevice, training: false);
        cpu.Loss(workspace, target);
        gpu.Loss(onDevice, target);
        cpu.BackwardInput(parameters, workspace, dx);
        gpu.BackwardInput(copy, onDevice, dxOnGpu);
        dxOnGpu.ShouldAgree(dx, 1e-3, "dX alone");

        // Parameters and the optimiser's state go on where they are left: here back on the host.
        copy.LeaveDevice();
        optimizer.Step(parameters, gradients);
        onGpu.Step(copy, copies);
        copy.Values.ToArray().ShouldAgree(parameters.Values, 1e-4, "parameters, back on the host");
    }
}
