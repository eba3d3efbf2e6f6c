namespace NetDsl.Runtime.Tests.Attributes;

public class FunctionsTests
{
    private const double UnitsInTheLastPlace = 6;

    /// <summary>Computed with 400 digits by mpmath.</summary>
    private static readonly (string Function, double X, double Y)[] Values =
    [
        ("Sigmoid", -700.0, 9.85967654375977e-305),
        ("Sigmoid", -36.5, 1.4068617124461467e-16),
        ("Sigmoid", -20.0, 2.0611536181902037e-09),
        ("Sigmoid", -8.25, 0.0002611903190957194),
        ("Sigmoid", -3.3, 0.03557118927263618),
        ("Sigmoid", -2.1, 0.10909682119561293),
        ("Sigmoid", -1.2, 0.23147521650098238),
        ("Sigmoid", -1.05, 0.259225100817846),
        ("Sigmoid", -0.7, 0.3318122278318339),
        ("Sigmoid", -1e-17, 0.5),
        ("Sigmoid", 1e-09, 0.50000000025),
        ("Sigmoid", 0.02, 0.5049998333399998),
        ("Sigmoid", 0.45, 0.610639233949222),
        ("Sigmoid", 0.75, 0.679178699175393),
        ("Sigmoid", 1.1, 0.7502601055951176),
        ("Sigmoid", 1.95, 0.8754466418125836),
        ("Sigmoid", 2.05, 0.8859476187202091),
        ("Sigmoid", 4.5, 0.9890130573694068),
        ("Sigmoid", 33.0, 0.9999999999999953),
        ("Sigmoid", 600.0, 1.0),
        ("Softplus", -700.0, 9.85967654375977e-305),
        ("Softplus", -36.5, 1.4068617124461467e-16),
        ("Softplus", -20.0, 2.061153620314381e-09),
        ("Softplus", -8.25, 0.000261224435227779),
        ("Softplus", -3.3, 0.036219258870659285),
        ("Softplus", -2.1, 0.11551952317975496),
        ("Softplus", -1.2, 0.2632824673380312),
        ("Softplus", -1.05, 0.3000584796176432),
        ("Softplus", -0.7, 0.4031860488854579),
        ("Softplus", -1e-17, 0.6931471805599453),
        ("Softplus", 1e-09, 0.6931471810599453),
        ("Softplus", 0.02, 0.7031971797266342),
        ("Softplus", 0.45, 0.9432489459974549),
        ("Softplus", 0.75, 1.1368710061148999),
        ("Softplus", 1.1, 1.3873353251154308),
        ("Softplus", 1.95, 2.083021075072867),
        ("Softplus", 2.05, 2.1710974512080616),
        ("Softplus", 4.5, 4.511047744848594),
        ("Softplus", 33.0, 33.00000000000001),
        ("Softplus", 600.0, 600.0),
        ("LogSigmoid", -700.0, -700.0),
        ("LogSigmoid", -36.5, -36.5),
        ("LogSigmoid", -20.0, -20.000000002061153),
        ("LogSigmoid", -8.25, -8.250261224435228),
        ("LogSigmoid", -3.3, -3.336219258870659),
        ("LogSigmoid", -2.1, -2.215519523179755),
        ("LogSigmoid", -1.2, -1.4632824673380311),
        ("LogSigmoid", -1.05, -1.3500584796176431),
        ("LogSigmoid", -0.7, -1.103186048885458),
        ("LogSigmoid", -1e-17, -0.6931471805599453),
        ("LogSigmoid", 1e-09, -0.6931471800599454),
        ("LogSigmoid", 0.02, -0.6831971797266342),
        ("LogSigmoid", 0.45, -0.4932489459974549),
        ("LogSigmoid", 0.75, -0.38687100611489994),
        ("LogSigmoid", 1.1, -0.2873353251154308),
        ("LogSigmoid", 1.95, -0.13302107507286723),
        ("LogSigmoid", 2.05, -0.12109745120806165),
        ("LogSigmoid", 4.5, -0.011047744848593817),
        ("LogSigmoid", 33.0, -4.658886145103387e-15),
        ("LogSigmoid", 600.0, -2.6503965530043108e-261),
        ("Erf", -700.0, -1.0),
        ("Erf", -36.5, -1.0),
        ("Erf", -20.0, -1.0),
        ("Erf", -8.25, -1.0),
        ("Erf", -3.3, -0.9999969422902035),
        ("Erf", -2.1, -0.997020533343667),
        ("Erf", -1.2, -0.9103139782296353),
        ("Erf", -1.05, -0.8624361060900967),
        ("Erf", -0.7, -0.6778011938374184),
        ("Erf", -1e-17, -1.1283791670955127e-17),
        ("Erf", 1e-09, 1.1283791670955127e-09),
        ("Erf", 0.02, 0.022564574691844946),
        ("Erf", 0.45, 0.47548171978692366),
        ("Erf", 0.75, 0.7111556336535151),
        ("Erf", 1.1, 0.8802050695740817),
        ("Erf", 1.95, 0.9941793335921891),
        ("Erf", 2.05, 0.9962580960444569),
        ("Erf", 4.5, 0.9999999998033839),
        ("Erf", 33.0, 1.0),
        ("Erf", 600.0, 1.0),
        ("NormalCdf", -36.5, 5.544725713074845e-292),
        ("NormalCdf", -20.0, 2.7536241186062337e-89),
        ("NormalCdf", -8.25, 7.919726314642477e-17),
        ("NormalCdf", -3.3, 0.0004834241423837775),
        ("NormalCdf", -2.1, 0.017864420562816553),
        ("NormalCdf", -1.2, 0.11506967022170828),
        ("NormalCdf", -1.05, 0.14685905637589594),
        ("NormalCdf", -0.7, 0.24196365222307303),
        ("NormalCdf", -1e-17, 0.5),
        ("NormalCdf", 1e-09, 0.5000000003989423),
        ("NormalCdf", 0.02, 0.5079783137169019),
        ("NormalCdf", 0.45, 0.67364477971208),
        ("NormalCdf", 0.75, 0.7733726476231318),
        ("NormalCdf", 1.1, 0.8643339390536173),
        ("NormalCdf", 1.95, 0.9744119404783613),
        ("NormalCdf", 2.05, 0.9798177845942956),
        ("NormalCdf", 4.5, 0.9999966023268753),
        ("NormalCdf", 33.0, 1.0),
        ("NormalCdf", 600.0, 1.0),
        ("NormalPdf", -36.5, 2.025341716211746e-290),
        ("NormalPdf", -20.0, 5.520948362159764e-88),
        ("NormalPdf", -8.25, 6.627137455968751e-16),
        ("NormalPdf", -3.3, 0.0017225689390536812),
        ("NormalPdf", -2.1, 0.043983595980427184),
        ("NormalPdf", -1.2, 0.19418605498321295),
        ("NormalPdf", -1.05, 0.22988214068423302),
        ("NormalPdf", -0.7, 0.31225393336676127),
        ("NormalPdf", -1e-17, 0.3989422804014327),
        ("NormalPdf", 1e-09, 0.3989422804014327),
        ("NormalPdf", 0.02, 0.3988624999236661),
        ("NormalPdf", 0.45, 0.36052696246164795),
        ("NormalPdf", 0.75, 0.30113743215480443),
        ("NormalPdf", 1.1, 0.2178521770325505),
        ("NormalPdf", 1.95, 0.059594706068816075),
        ("NormalPdf", 2.05, 0.04879201857918277),
        ("NormalPdf", 4.5, 1.5983741106905475e-05),
        ("NormalPdf", 33.0, 1.341419667349436e-237),
        ("NormalPdf", 600.0, 0.0),
        ("ExpM1", -700.0, -1.0),
        ("ExpM1", -36.5, -0.9999999999999999),
        ("ExpM1", -20.0, -0.9999999979388464),
        ("ExpM1", -8.25, -0.9997387414426984),
        ("ExpM1", -3.3, -0.96311683259876),
        ("ExpM1", -2.1, -0.8775435717470181),
        ("ExpM1", -1.2, -0.6988057880877979),
        ("ExpM1", -1.05, -0.6500622508888446),
        ("ExpM1", -0.7, -0.5034146962085905),
        ("ExpM1", -1e-17, -1e-17),
        ("ExpM1", 1e-09, 1.0000000005000001e-09),
        ("ExpM1", 0.02, 0.02020134002675581),
        ("ExpM1", 0.45, 0.5683121854901688),
        ("ExpM1", 0.75, 1.1170000166126746),
        ("ExpM1", 1.1, 2.0041660239464334),
        ("ExpM1", 1.95, 6.028687580589293),
        ("ExpM1", 2.05, 6.767901106306771),
        ("ExpM1", 4.5, 89.01713130052181),
        ("ExpM1", 33.0, 214643579785915.06),
        ("ExpM1", 600.0, 3.7730203009299397e+260),
        ("Log1P", -0.999, -6.907755278982136),
        ("Log1P", -0.6, -0.916290731874155),
        ("Log1P", -0.3, -0.35667494393873234),
        ("Log1P", -1e-05, -1.0000050000333337e-05),
        ("Log1P", -1e-300, -1e-300),
        ("Log1P", 1e-18, 1e-18),
        ("Log1P", 1e-09, 9.999999995e-10),
        ("Log1P", 0.01, 0.009950330853168083),
        ("Log1P", 0.4, 0.33647223662121295),
        ("Log1P", 1.5, 0.9162907318741551),
        ("Log1P", 30.0, 3.4339872044851463),
        ("Log1P", 1e+300, 690.7755278982137),
    ];

    private static readonly Dictionary<string, (Func<double, double> Double, Func<float, float> Single, Func<double, double> Generic, Func<Half, Half> Half)> All = new()
    {
        ["Sigmoid"] = (Functions.Sigmoid, Functions.Sigmoid, Functions.Sigmoid<double>, Functions.Sigmoid),
        ["Softplus"] = (Functions.Softplus, Functions.Softplus, Functions.Softplus<double>, Functions.Softplus),
        ["LogSigmoid"] = (Functions.LogSigmoid, Functions.LogSigmoid, Functions.LogSigmoid<double>, Functions.LogSigmoid),
        ["Erf"] = (Functions.Erf, Functions.Erf, Functions.Erf<double>, Functions.Erf),
        ["NormalCdf"] = (Functions.NormalCdf, Functions.NormalCdf, Functions.NormalCdf<double>, Functions.NormalCdf),
        ["NormalPdf"] = (Functions.NormalPdf, Functions.NormalPdf, Functions.NormalPdf<double>, Functions.NormalPdf),
        ["ExpM1"] = (Functions.ExpM1, Functions.ExpM1, Functions.ExpM1<double>, Functions.ExpM1),
        ["Log1P"] = (Functions.Log1P, Functions.Log1P, Functions.Log1P<double>, Functions.Log1P),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_is_right_to_six_units_in_the_last_place(string name)
    {
        foreach (var (_, x, y) in Values.Where(value => value.Function == name))
        {
            var unit = Math.BitIncrement(Math.Abs(y)) - Math.Abs(y);
            (Math.Abs(All[name].Double(x) - y) / unit).ShouldBeLessThanOrEqualTo(UnitsInTheLastPlace, $"{name}({x:R})");
            All[name].Generic(x).ShouldBe(All[name].Double(x));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Other_precisions_round_what_double_gives(string name)
    {
        foreach (var x in new[] { -3.5f, -0.5f, 0f, 1e-4f, 0.75f, 5f })
        {
            All[name].Single(x).ShouldBe((float)All[name].Double(x));
            All[name].Half((Half)x).ShouldBe((Half)All[name].Double((double)(Half)x));
        }
    }

    [Theory]
    [InlineData("Sigmoid", 0, 1, 0.5)]
    [InlineData("Softplus", 0, double.PositiveInfinity, 0.6931471805599453)]
    [InlineData("LogSigmoid", double.NegativeInfinity, 0, -0.6931471805599453)]
    [InlineData("Erf", -1, 1, 0)]
    [InlineData("NormalCdf", 0, 1, 0.5)]
    [InlineData("NormalPdf", 0, 0, 0.3989422804014327)]
    [InlineData("ExpM1", -1, double.PositiveInfinity, 0)]
    [InlineData("Log1P", double.NaN, double.PositiveInfinity, 0)]
    public void A_function_has_its_limits(string name, double below, double above, double atZero)
    {
        var function = All[name].Double;
        function(double.NegativeInfinity).ShouldBe(below);
        function(double.PositiveInfinity).ShouldBe(above);
        function(0).ShouldBe(atZero);
        double.IsNaN(function(double.NaN)).ShouldBeTrue();
    }

    [Fact]
    public void The_logarithm_ends_at_minus_one()
    {
        Functions.Log1P(-1.0).ShouldBe(double.NegativeInfinity);
        double.IsNaN(Functions.Log1P(-1.5)).ShouldBeTrue();
    }
}
