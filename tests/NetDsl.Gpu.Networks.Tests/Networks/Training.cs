using System.Numerics;
using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Networks;

/// <summary>A network's two halves, step after step.</summary>
internal static class Training
{
    private const int Samples = 7;

    /// <summary>Several steps with everything that can be compared on the way.</summary>
    /// <param name="cpu">The CPU half.</param>
    /// <param name="gpu">The GPU half.</param>
    /// <param name="target">Targets of the batch.</param>
    /// <param name="optimizer">The CPU half's.</param>
    /// <param name="onGpu">Its like for the GPU half.</param>
    /// <param name="share">What of the tolerances for floats is left to the precision.</param>
    public static void Compare<T, TTarget>(INetwork<T, TTarget> cpu, INetwork<T, TTarget> gpu, TTarget[] target, Optimizer<T> optimizer, Optimizer<T> onGpu, double share = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : unmanaged
    {
        var (parameters, copy) = (cpu.CreateParameters(5), gpu.CreateParameters(5));
        var (gradients, copies) = (cpu.CreateGradients(), gpu.CreateGradients());
        var (workspace, onDevice) = (cpu.CreateWorkspace(Samples + 2), gpu.CreateWorkspace(Samples + 2));
        (workspace.Seed, onDevice.Seed) = (11, 11);
        var x = Numbers.Random<T>(Samples * cpu.Description.InputSize, 6);
        var (answer, answerOnGpu) = (new T[Samples * cpu.Description.OutputSize], new T[Samples * cpu.Description.OutputSize]);
        var (dx, dxOnGpu) = (new T[x.Length], new T[x.Length]);
        for (var step = 0; step < 4; step++)
        {
            cpu.Forward(parameters, x, workspace, training: true);
            gpu.Forward(copy, x, onDevice, training: true);
            var loss = double.CreateChecked(cpu.Loss(workspace, target));
            double.CreateChecked(gpu.Loss(onDevice, target)).ShouldBe(loss, 1e-5 * share * Math.Abs(loss), $"loss of step {step}");
            cpu.Backward(parameters, x, workspace, gradients, accumulate: false);
            gpu.Backward(copy, x, onDevice, copies, accumulate: false);
            // Reading brings the gradients home; the step after it takes them back.
            if (step % 2 == 0)
                copies.Values.ToArray().ShouldAgree(gradients.Values, 2e-5 * share, $"gradients of step {step}");
            cpu.BackwardInput(parameters, workspace, dx);
            gpu.BackwardInput(copy, onDevice, dxOnGpu);
            dxOnGpu.ShouldAgree(dx, 2e-5 * share, $"dX of step {step}");
            optimizer.Step(parameters, gradients);
            onGpu.Step(copy, copies);
        }

        copy.Values.ToArray().ShouldAgree(parameters.Values, 1e-4 * share, "parameters");
        cpu.Predict(parameters, x, answer, workspace);
        gpu.Predict(copy, x, answerOnGpu, onDevice);
        answerOnGpu.ShouldAgree(answer, 1e-4 * share, "answer");

        // Without Backward before it.
        cpu.Forward(parameters, x, workspace, training: false);
        gpu.Forward(copy, x, onDevice, training: false);
        cpu.Loss(workspace, target);
        gpu.Loss(onDevice, target);
        cpu.BackwardInput(parameters, workspace, dx);
        gpu.BackwardInput(copy, onDevice, dxOnGpu);
        dxOnGpu.ShouldAgree(dx, 1e-3 * share, "dX alone");

        // Parameters and the optimiser's state go on where they are left: here back on the host.
        copy.LeaveDevice();
        optimizer.Step(parameters, gradients);
        onGpu.Step(copy, copies);
        copy.Values.ToArray().ShouldAgree(parameters.Values, 1e-4 * share, "parameters, back on the host");
    }
}
