using NetDsl.Kernels.Losses;
using NetDsl.Oracle.Format;

namespace NetDsl.Oracle.Plans;

/// <summary>A loss of pairs or triplets of embeddings: as a network of inputs alone, and as a kernel that users call from their own loop.</summary>
internal sealed class EmbeddingLossPlan : GraphPlan
{
    private readonly string _function;
    private readonly LossReduction _reduction;
    private readonly double _margin;
    private readonly double _epsilon;
    private readonly bool _swap;
    private readonly bool _oneMeansSimilar;

    public EmbeddingLossPlan(Case @case, Settings settings)
        : base(@case, @case.Settings.Without("op"), @case.Inputs.Keys.ToDictionary(name => name))
    {
        settings.Ignore("op");
        _function = settings.Text("function");
        _reduction = ReductionOf(settings);
        _margin = settings.Number("margin");
        switch (_function)
        {
            case "contrastive":
                _oneMeansSimilar = settings.Text("one_means") == "similar";
                break;
            case "triplet_margin":
                (_epsilon, _swap) = (settings.Number("eps"), settings.Flag("swap", false));
                break;
        }

        settings.RequireAllRead(_function);
    }

    /// <summary>Whether a loss is one of these.</summary>
    public static bool Covers(string function) => function is "contrastive" or "cosine_embedding" or "triplet_margin";

    public override void Run<T>(Platform platform, IReadOnlyList<INetwork<T>> networks, Comparer comparer)
    {
        base.Run(platform, networks, comparer);
        if (platform is not Cpu)
            return;
        string[] names = _function == "triplet_margin" ? ["anchor", "positive", "negative"] : ["a", "b"];
        var shape = Case.Input(names[0]).Shape;
        var (rows, columns) = (shape[0], shape[1]);
        T[][] x = [.. names.Select(name => Case.Input(name).As<T>())];
        T[][] gradients = [.. x.Select(input => new T[input.Length])];
        T[] Target() => Case.Input("target").As<T>();

        var loss = _function switch
        {
            "contrastive" => Contrastive.Evaluate<T>(x[0], x[1], Target(), gradients[0], gradients[1], default, rows, columns, _reduction, _margin, _oneMeansSimilar),
            "cosine_embedding" => CosineEmbedding.Evaluate<T>(x[0], x[1], Target(), gradients[0], gradients[1], default, rows, columns, _reduction, _margin),
            _ => TripletMargin.Evaluate<T>(x[0], x[1], x[2], gradients[0], gradients[1], gradients[2], default, rows, columns, _reduction, _margin, _epsilon, _swap),
        };
        comparer.Output("loss", Tensor.Scalar(double.CreateChecked(loss)));
        foreach (var (name, gradient) in names.Zip(gradients))
            comparer.Gradient(name, Tensor.From<T>(gradient, shape));
    }
}
