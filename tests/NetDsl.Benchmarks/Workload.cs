namespace NetDsl.Benchmarks;

/// <summary>One of the workloads that the peers run too: a network, its optimiser and a synthetic batch, the same in every step.</summary>
/// <typeparam name="TTarget">Type of the targets.</typeparam>
internal sealed class Workload<TTarget>(INetwork<float, TTarget> network, Func<Optimizer<float>> optimizer, int batch, Func<int, TTarget> target, bool gaussianInput) : IWorkload
    where TTarget : unmanaged
{
    public int Batch => batch;

    public Action Create(string mode)
    {
        var size = mode == "infer1" ? 1 : batch;
        var isTraining = mode is "train" or "apart";
        var parameters = network.CreateParameters(seed: 1);
        var workspace = network.CreateWorkspace(size, training: isTraining);
        var random = new Random(1);
        var x = new float[size * network.Description.InputSize];
        for (var i = 0; i < x.Length; i++)
            x[i] = gaussianInput ? Gaussian(random) : random.NextSingle();
        if (!isTraining)
        {
            var y = new float[size * network.Description.OutputSize];
            return () => network.Predict(parameters, x, y, workspace);
        }

        var targets = new TTarget[size * network.TargetSize];
        for (var i = 0; i < targets.Length; i++)
            targets[i] = target(random.Next());
        var gradients = network.CreateGradients();
        var rule = optimizer();
        return () =>
        {
            network.Forward(parameters, x, workspace, training: true);
            network.Loss(workspace, targets);
            if (mode == "train")
            {
                rule.BackwardStep(network, parameters, x, workspace, gradients);
                return;
            }

            network.Backward(parameters, x, workspace, gradients, accumulate: false);
            rule.Step(parameters, gradients);
        };
    }

    private static float Gaussian(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}

internal interface IWorkload
{
    /// <summary>Samples of a training step.</summary>
    int Batch { get; }

    /// <summary>One call of a mode: <c>train</c>, <c>apart</c> (training, with the optimiser's step behind the backward pass), <c>infer</c> (the training batch) or <c>infer1</c> (one sample).</summary>
    Action Create(string mode);
}
