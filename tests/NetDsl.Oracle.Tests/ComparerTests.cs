using NetDsl.Oracle.Format;

namespace NetDsl.Oracle.Tests;

public class ComparerTests
{
    [Theory]
    [InlineData(1.01, 1, true)]
    [InlineData(1.03, 1, false)]
    [InlineData(-0.0, 0, true)]
    [InlineData(10.109, 10, true)]
    [InlineData(10.13, 10, false)]
    [InlineData(double.NaN, double.NaN, true)]
    [InlineData(double.NaN, 1, false)]
    [InlineData(1, double.NaN, false)]
    [InlineData(double.NaN, double.PositiveInfinity, false)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, true)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity, false)]
    [InlineData(1e300, double.PositiveInfinity, false)]
    [InlineData(double.PositiveInfinity, 1e300, false)]
    public void NumbersAgreeWithinTheTolerance(double got, double expected, bool agrees) =>
        Comparer.Agrees(got, expected, new Tolerance(Relative: 0.01, Absolute: 0.01)).ShouldBe(agrees);
}
