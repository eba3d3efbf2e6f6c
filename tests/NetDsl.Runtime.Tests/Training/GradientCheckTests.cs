using System.Numerics;
using NetDsl.Tests.Networks;

namespace NetDsl.Tests.Training;

public sealed class GradientCheckTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Right_gradients_pass_in_double(double dropout)
    {
        for (var seed = 1UL; seed <= 10; seed++)
        {
            var report = Check(new HandMlp<double>(2, 20, 3, dropout), seed);
            report.Passed.ShouldBeTrue(report.ToString());
            report.Tensors.Select(tensor => tensor.Name).ShouldBe(["hidden.weight", "hidden.bias", "output.weight", "output.bias", "input"]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Right_gradients_pass_in_float(double dropout)
    {
        for (var seed = 1UL; seed <= 10; seed++)
        {
            var report = Check(new HandMlp<float>(2, 20, 3, dropout), seed);
            report.Passed.ShouldBeTrue(report.ToString());
        }
    }

    [Fact]
    public void Networks_with_number_targets_are_checked()
    {
        var network = new SigmoidLayer<double>(4);
        var report = GradientCheck.Run(network, network.CreateParameters(1), [1, -2, 3, 0.5], (ReadOnlySpan<double>)[0, 1, 0, 1]);
        report.Passed.ShouldBeTrue(report.ToString());
        report.MaxRelativeError.ShouldBeLessThan(1e-8);
    }

    [Fact]
    public void State_is_neither_checked_nor_changed()
    {
        var network = new SigmoidLayer<double>(4, countsPasses: true);
        var parameters = network.CreateParameters(1);
        var report = GradientCheck.Run(network, parameters, [1, -2, 3, 0.5], (ReadOnlySpan<double>)[0, 1, 0, 1]);
        report.Passed.ShouldBeTrue(report.ToString());
        report.Tensors.Select(tensor => tensor.Name).ShouldBe(["weight", "input"]);
        parameters["passes"].ToArray().ShouldBe([40]);
    }

    [Theory]
    [InlineData(1.0001)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_wrong_gradient_is_found_in_double(double mistake)
    {
        var report = Check(new HandMlp<double>(2, 20, 3) { Mistake = mistake }, 1);
        report.Passed.ShouldBeFalse();
        report.Tensors.Where(tensor => !(tensor.MaxRelativeError <= report.Tolerance)).Select(tensor => tensor.Name).ShouldBe(["hidden.weight"]);
        report.ToString().ShouldContain("WRONG");
        report.ToString().ShouldContain("FAILED");
        report.ToString().ShouldContain("repeat with fewer samples or a smaller Step");
    }

    [Theory]
    [InlineData(1.1)]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_wrong_gradient_is_found_in_float(double mistake)
    {
        var report = Check(new HandMlp<float>(2, 20, 3) { Mistake = mistake }, 1);
        report.Passed.ShouldBeFalse();
        report.ToString().ShouldContain("repeat with fewer samples or Precision.Double");
    }

    [Fact]
    public void At_a_kink_the_one_sided_derivative_of_the_convention_passes()
    {
        var network = new HandMlp<double>(2, 20, 3);
        var parameters = network.CreateParameters(1);
        // With bias 0 and input 0, every unit of the hidden layer stands on the kink of ReLU; the input moves them to both sides at once.
        var report = GradientCheck.Run(network, parameters, [0, 0], (ReadOnlySpan<int>)[1], new GradientCheckOptions { CheckInput = false });
        report.Passed.ShouldBeTrue(report.ToString());
    }

    [Fact]
    public void Parameters_are_restored_to_the_bit()
    {
        var network = new HandMlp<float>(2, 20, 3);
        var parameters = network.CreateParameters(1);
        parameters["hidden.bias"][0] = -0.0f;
        parameters["hidden.bias"][1] = float.Epsilon;
        var before = Array.ConvertAll(parameters.Values.ToArray(), BitConverter.SingleToInt32Bits);
        GradientCheck.Run(network, parameters, [1, 2], (ReadOnlySpan<int>)[1]);
        Array.ConvertAll(parameters.Values.ToArray(), BitConverter.SingleToInt32Bits).ShouldBe(before);
    }

    [Fact]
    public void Large_tensors_are_sampled()
    {
        var report = Check(new HandMlp<double>(2, 200, 3), 1, new GradientCheckOptions { MaxElements = 10, CheckInput = false });
        report.Tensors.Select(tensor => (tensor.Checked, tensor.Length)).ShouldBe([(10, 400), (10, 200), (10, 600), (3, 3)]);
        report.ToString().ShouldContain("10/400");
        report.ToString().ShouldContain("passed: tolerance 1E-06");
    }

    [Fact]
    public void Bad_arguments_are_told()
    {
        var network = new HandMlp<double>(2, 4, 3);
        var parameters = network.CreateParameters(1);
        Should.Throw<ArgumentException>(() => GradientCheck.Run(network, parameters, new double[3], new int[1])).Message.ShouldContain("multiple of 2");
        Should.Throw<ArgumentException>(() => GradientCheck.Run(network, parameters, new double[4], new int[1])).Message.ShouldContain("2 samples need 2 targets");
        Should.Throw<ArgumentOutOfRangeException>(() => GradientCheck.Run(network, parameters, new double[2], new int[1], new() { MaxElements = 0 }));
        Should.Throw<ArgumentOutOfRangeException>(() => GradientCheck.Run(network, parameters, new double[2], new int[1], new() { Step = 0 }));
        Should.Throw<ArgumentOutOfRangeException>(() => GradientCheck.Run(network, parameters, new double[2], new int[1], new() { Tolerance = double.NaN }));
    }

    private static GradientCheckReport Check<T>(HandMlp<T> network, ulong seed, GradientCheckOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var data = Blobs.Make<T>(6);
        data.TryGetRange(0, 6, out var x, out var target);
        return GradientCheck.Run(network, network.CreateParameters(seed), x, target, options);
    }
}
