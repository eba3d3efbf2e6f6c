namespace NetDsl.Tests.Initializers;

public sealed class InitializerTests
{
    public static TheoryData<string> Cases => [.. Case.Names("init_")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Draws_have_the_moments_of_the_reference(string name)
    {
        var reference = Case.Load(name);
        var initializer = ByScheme(reference.Config["scheme"]!.GetValue<string>());
        var values = new float[(int)reference.Setting("samples")];

        initializer.Fill<float>(values, (int)reference.Setting("fan_in"), (int)reference.Setting("fan_out"), seed: 1, stream: 0);

        var mean = values.Average(value => (double)value);
        var variance = values.Average(value => Math.Pow(value - mean, 2));
        Math.Abs(mean).ShouldBeLessThanOrEqualTo(reference.Number("acceptance", "mean_abs"));
        Math.Abs(variance / reference.Scalar("variance") - 1).ShouldBeLessThanOrEqualTo(reference.Number("acceptance", "variance_rel"));
        var largest = (double)values.Max(MathF.Abs);
        switch (reference.Config["distribution"]!.GetValue<string>())
        {
            case "normal":
                var kurtosis = values.Average(value => Math.Pow(value - mean, 4)) / (variance * variance);
                kurtosis.ShouldBe(3, reference.Number("acceptance", "kurtosis_abs"));
                break;
            case "uniform":
                largest.ShouldBeLessThanOrEqualTo(reference.Scalar("bound") * (1 + 1e-6));
                largest.ShouldBeGreaterThanOrEqualTo(reference.Scalar("bound") * (1 - reference.Number("acceptance", "max_gap_rel")));
                break;
            default:
                largest.ShouldBeLessThanOrEqualTo(reference.Scalar("bound") * (1 + 1e-6));
                break;
        }
    }

    [Fact]
    public void Seed_and_stream_decide_the_draws()
    {
        Draw(1, 0).ShouldBe(Draw(1, 0));
        Draw(1, 0).ShouldNotBe(Draw(2, 0));
        Draw(1, 0).ShouldNotBe(Draw(1, 1));

        static double[] Draw(ulong seed, ulong stream)
        {
            var values = new double[100];
            Initializer.HeNormal.Fill<double>(values, 10, 10, seed, stream);
            return values;
        }
    }

    [Fact]
    public void Float_draws_are_rounded_double_draws()
    {
        var (single, @double) = (new float[100], new double[100]);
        Initializer.GlorotUniform.Fill<float>(single, 3, 4, 1, 0);
        Initializer.GlorotUniform.Fill<double>(@double, 3, 4, 1, 0);
        single.ShouldBe(@double.Select(value => (float)value));
    }

    [Fact]
    public void Every_name_of_the_enumeration_gives_an_initializer()
    {
        foreach (var scheme in Enum.GetValues<Initialization>())
        {
            var values = new float[8];
            Initializer.From(scheme, 0.5).Fill<float>(values, 2, 4, 1, 0);
            values.ShouldAllBe(value => float.IsFinite(value));
        }

        Initializer.From(Initialization.Default).ShouldBe(Initializer.GlorotUniform);
        Initializer.From(Initialization.Constant, 3).ShouldBe(Initializer.Constant(3));
        Should.Throw<ArgumentOutOfRangeException>(() => Initializer.From((Initialization)99)).Message.ShouldContain("GlorotUniform");
    }

    [Fact]
    public void Equal_settings_are_equal_and_text_is_the_formula()
    {
        Initializer.HeNormalLeaky(0.2).ShouldBe(Initializer.HeNormalLeaky(0.2));
        Initializer.HeNormalLeaky(0.2).ShouldNotBe(Initializer.HeNormalLeaky(0.3));
        Initializer.HeNormalLeaky(0).ShouldBe(Initializer.HeNormal);
        Initializer.GlorotUniform.ToString().ShouldBe("U(±√(6 / (fanIn + fanOut)))");
        Initializer.HeNormalFanOut.ToString().ShouldBe("N(0, 2 / fanOut)");
        Initializer.LeCunTruncatedNormal.ToString().ShouldBe("N(0, 1 / fanIn) within ±2σ");
        Initializer.Uniform(0.25).ToString().ShouldBe("U(±0.25)");
        Initializer.Normal(0.5).ToString().ShouldBe("N(0, 0.25)");
        Initializer.Constant(0.1).ToString().ShouldBe("0.1");
    }

    [Fact]
    public void Bad_arguments_are_told()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Initializer.Constant(double.NaN)).Message.ShouldContain("finite");
        Should.Throw<ArgumentOutOfRangeException>(() => Initializer.Normal(-1)).Message.ShouldContain("isn't negative");
        Should.Throw<ArgumentOutOfRangeException>(() => Initializer.HeNormalLeaky(double.PositiveInfinity));
        Should.Throw<ArgumentOutOfRangeException>(() => Initializer.HeNormal.Fill<float>(new float[1], 0, 1, 1, 0));
    }

    private static Initializer ByScheme(string scheme) => scheme switch
    {
        "glorot_uniform" => Initializer.GlorotUniform,
        "glorot_normal" => Initializer.GlorotNormal,
        "glorot_truncated_normal" => Initializer.GlorotTruncatedNormal,
        "he_uniform" => Initializer.HeUniform,
        "he_normal" => Initializer.HeNormal,
        "he_truncated_normal" => Initializer.HeTruncatedNormal,
        "he_normal_fan_out" => Initializer.HeNormalFanOut,
        "he_normal_leaky_0p2" => Initializer.HeNormalLeaky(0.2),
        "lecun_uniform" => Initializer.LeCunUniform,
        "lecun_normal" => Initializer.LeCunNormal,
        "lecun_truncated_normal" => Initializer.LeCunTruncatedNormal,
        "one_over_sqrt_n_normal" => Initializer.OneOverSqrtNNormal,
        "sqrt3_over_sqrt_n_uniform" => Initializer.Sqrt3OverSqrtNUniform,
        _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme, null),
    };
}
