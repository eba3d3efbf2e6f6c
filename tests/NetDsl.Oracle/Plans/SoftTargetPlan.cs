using NetDsl.Kernels.Losses;
using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle.Plans;

/// <summary>A loss whose targets are made Gaussian beforehand: users call the kernel, and hand what it gives to a network's loss.</summary>
internal sealed class SoftTargetPlan : Plan
{
    private readonly string _function;
    private readonly double _sigma;
    private readonly int _radius;
    private readonly Stack _stack;

    public SoftTargetPlan(Case @case, Settings settings)
        : base(@case)
    {
        settings.Ignore("op");
        _function = settings.Text("function");
        _sigma = settings.Number("sigma");
        _radius = settings.OptionalInteger("radius") ?? 0;
        var loss = _function == "gaussian_labels_cross_entropy" ? new Loss("SoftmaxCrossEntropy") { IsPerRow = true } : new Loss("MeanSquaredError");
        _stack = new Stack(@case.Input("prediction").Shape[1..], [], loss);
        if (settings.Text("reduction") is var reduction and not "mean")
            throw new UnsupportedException($"no {_function} with the reduction '{reduction}'");
        settings.RequireAllRead(_function);
    }

    public override IReadOnlyList<Stack> Networks => [_stack];

    /// <summary>Whether a loss is one of these.</summary>
    public static bool Covers(string function) => function is "gaussian_labels_cross_entropy" or "gaussian_heatmap_mse" or "gaussian_blur_target_mse";

    public override void Run<T>(Platform platform, IReadOnlyList<INetwork<T>> networks, Comparer comparer)
    {
        var prediction = Case.Input("prediction");
        var shape = prediction.Shape;
        var soft = new T[prediction.Values.Length];
        var target = Case.Input("target");
        switch (_function)
        {
            case "gaussian_labels_cross_entropy":
                Targets.GaussianLabels<T>(target.As<int>(), soft, shape[^1], _sigma);
                break;
            case "gaussian_heatmap_mse":
                Targets.GaussianHeatmap<T>(target.As<T>(), soft, shape[^2], shape[^1], _sigma);
                break;
            default:
                Targets.GaussianBlur<T>(target.As<T>(), soft, Tensor.SizeOf(shape[..^2]), shape[^2], shape[^1], _sigma, _radius);
                break;
        }

        var blurred = Tensor.From<T>(soft, shape);
        comparer.Output("blurred_target", blurred);
        var run = new Execution<T>(platform, networks[0], _stack, Case, shape[0]);
        run.Forward(prediction);
        comparer.Output("loss", run.Loss(blurred));
        comparer.Gradient("prediction", run.Backward());
    }
}
