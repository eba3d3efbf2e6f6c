namespace NetDsl.Benchmarks;

/// <summary>The workloads by name.</summary>
internal static class Workloads
{
    public static readonly IReadOnlyDictionary<string, Func<IWorkload>> All = new Dictionary<string, Func<IWorkload>>
    {
        ["xor"] = () => new Workload<float>(new XorNet(), Momentum, 4, number => number % 2, gaussianInput: false),
        ["alvinn"] = () => new Workload<float>(new AlvinnNet(), Momentum, 16, number => number % 1000 / 1000f, gaussianInput: false),
        ["mlp"] = () => new Workload<int>(new MlpNet(), Momentum, 64, number => number % 10, gaussianInput: true),
        ["mlp_adam"] = () => new Workload<int>(new MlpNet(), () => new Adam<float>(learningRate: 1e-4), 64, number => number % 10, gaussianInput: true),
        ["lenet10"] = () => new Workload<int>(new LenetNet(), Momentum, 10, number => number % 10, gaussianInput: true),
        ["lenet64"] = () => new Workload<int>(new LenetNet(), Momentum, 64, number => number % 10, gaussianInput: true),
        ["vggish"] = () => new Workload<int>(new VggishNet(), Momentum, 32, number => number % 10, gaussianInput: true),
        ["resnet20"] = () => new Workload<int>(new Resnet20Net(), Momentum, 32, number => number % 10, gaussianInput: true),
        ["resnet20b"] = () => new Workload<int>(new Resnet20bNet(), Momentum, 32, number => number % 10, gaussianInput: true),
        ["ciresan"] = () => new Workload<int>(new CiresanNet(), Momentum, 64, number => number % 10, gaussianInput: true),
    };

    private static Momentum<float> Momentum() => new(learningRate: 1e-3, momentum: 0.9);
}
