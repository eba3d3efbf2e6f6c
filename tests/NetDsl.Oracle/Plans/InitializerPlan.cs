using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle.Plans;

/// <summary>A random draw against the moments and bounds of its distribution. Weights of dense layers and convolutions are drawn by a network, others by the initializer.</summary>
internal sealed partial class InitializerPlan : Plan
{
    // A normal variable lies beyond two standard deviations with this probability.
    private const double BeyondTwo = 0.0455002639;

    private static readonly Dictionary<string, Initialization> Schemes = new()
    {
        ["glorot_uniform"] = Initialization.GlorotUniform,
        ["glorot_normal"] = Initialization.GlorotNormal,
        ["glorot_truncated_normal"] = Initialization.GlorotTruncatedNormal,
        ["he_uniform"] = Initialization.HeUniform,
        ["he_normal"] = Initialization.HeNormal,
        ["he_truncated_normal"] = Initialization.HeTruncatedNormal,
        ["he_normal_fan_out"] = Initialization.HeNormalFanOut,
        ["he_normal_leaky"] = Initialization.HeNormalLeaky,
        ["lecun_uniform"] = Initialization.LeCunUniform,
        ["lecun_normal"] = Initialization.LeCunNormal,
        ["lecun_truncated_normal"] = Initialization.LeCunTruncatedNormal,
        ["one_over_sqrt_n_normal"] = Initialization.OneOverSqrtNNormal,
        ["sqrt3_over_sqrt_n_uniform"] = Initialization.Sqrt3OverSqrtNUniform,
    };

    private readonly Initialization _scheme;
    private readonly double _value;
    private readonly string _distribution;
    private readonly int[] _shape;
    private readonly int _fanIn;
    private readonly int _fanOut;

    public InitializerPlan(Case @case, Settings settings)
        : base(@case)
    {
        settings.Ignore("op", "samples");
        // he_normal_leaky_0p2 has its slope in its name.
        var parts = Scheme().Match(settings.Text("scheme")).Groups;
        _scheme = Schemes.TryGetValue(parts["name"].Value, out var scheme) ? scheme : throw new UnsupportedException($"no initialization '{parts["name"].Value}'");
        _value = parts["value"].Success ? double.Parse(parts["value"].Value.Replace('p', '.'), CultureInfo.InvariantCulture) : 0;
        _distribution = settings.Text("distribution");
        _shape = [.. settings.Numbers("shape")!.Select(extent => (int)extent)];
        (_fanIn, _fanOut) = (settings.Integer("fan_in"), settings.Integer("fan_out"));
        settings.RequireAllRead($"initialization '{parts["name"].Value}'");
    }

    // A convolution's kernel fits an image of its own size.
    public override IReadOnlyList<Stack> Networks => Case.Layout.StartsWith("OI", StringComparison.Ordinal)
        ? [new Stack(_shape[1..], [new Layer(_shape.Length == 2 ? "Dense" : "Conv", [$"{_shape[0]}", .. _shape[2..].Select(extent => $"{extent}"), $"Weights = Initialization.{_scheme}", $"WeightsValue = {Code.Of(_value)}"])], Loss.None)]
        : [];

    public override void Run<T>(Platform platform, IReadOnlyList<INetwork<T>> networks, Comparer comparer)
    {
        Tensor Draw(ulong seed) => networks.Count > 0 ? FromNetwork(networks[0], seed) : FromInitializer<T>(seed);

        var values = Draw(seed: 1).Values;
        comparer.Require(values.SequenceEqual(Draw(seed: 1).Values), "the same seed gave two draws");
        comparer.Require(!values.SequenceEqual(Draw(seed: 2).Values), "two seeds gave the same draw");

        var statistics = new Statistics(values);
        var variance = Case.Output("variance").Values[0];
        var deviation = Case.Output("standard_deviation").Values[0];
        comparer.Statistic("mean", statistics.Mean, Case.Band("mean_abs"));
        comparer.Statistic("variance", statistics.Variance, Case.Band("variance_rel") * variance);
        comparer.Statistic("standard_deviation", Math.Sqrt(statistics.Variance), Case.Band("variance_rel") * deviation);
        if (_distribution == "normal")
        {
            comparer.Statistic("kurtosis", statistics.Kurtosis, Case.Band("kurtosis_abs"));
            var beyond = statistics.Share(value => Math.Abs(value) > 2 * deviation);
            comparer.Require(Math.Abs(beyond - BeyondTwo) <= 5 * Math.Sqrt(BeyondTwo * (1 - BeyondTwo) / values.Length), $"{beyond:P2} of the values lie beyond two standard deviations; expected about {BeyondTwo:P2}");
        }
        else
        {
            var bound = Case.Output("bound").Values[0];
            comparer.Require(statistics.Largest <= bound * (1 + Case.OutputTolerance.Relative), $"a value of {statistics.Largest} lies outside ±{bound}");
            comparer.Statistic("bound", statistics.Largest, _distribution == "uniform" ? bound * Case.Band("max_gap_rel") : bound);
        }
    }

    private static Tensor FromNetwork<T>(INetwork<T> network, ulong seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var parameters = network.CreateParameters(seed);
        return Tensor.From<T>(parameters[parameters.Tensors[0].Name], parameters.Tensors[0].Shape);
    }

    private Tensor FromInitializer<T>(ulong seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[Tensor.SizeOf(_shape)];
        Initializer.From(_scheme, _value).Fill<T>(values, _fanIn, _fanOut, seed, stream: 0);
        return Tensor.From<T>(values, _shape);
    }

    [GeneratedRegex(@"^(?<name>.*?)(_(?<value>\d+p\d+))?$")]
    private static partial Regex Scheme();
}
