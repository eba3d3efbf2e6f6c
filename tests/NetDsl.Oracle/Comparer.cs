using System.Globalization;
using NetDsl.Oracle.Format;

namespace NetDsl.Oracle;

/// <summary>Holds results against a case's reference values and collects what disagrees.</summary>
/// <param name="case">The case.</param>
/// <param name="precision">Element type of the run, for messages.</param>
internal sealed class Comparer(Case @case, string precision)
{
    private const string Limit = "_limit";

    private readonly List<string> _failures = [];
    private readonly HashSet<string> _outputs = [];
    private readonly HashSet<string> _gradients = [];

    /// <summary>One line for each tensor or property that disagrees.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Compares an output. Where the case gives a limit as well, each element may be either.</summary>
    public void Output(string name, Tensor got)
    {
        _outputs.Add(name);
        Compare(name, got, @case.Output(name), @case.Outputs.GetValueOrDefault(name + Limit), @case.OutputTolerance);
    }

    /// <summary>Compares the gradient with respect to an input or a parameter.</summary>
    public void Gradient(string name, Tensor got)
    {
        _gradients.Add(name);
        if (@case.Gradients.TryGetValue(name, out var expected))
            Compare(name, got, expected, null, @case.GradientTolerance, "grad ");
        else
            Fail($"grad {name}: the case has no gradient of that name");
    }

    /// <summary>Compares a statistic with an output of the case, within a band.</summary>
    public void Statistic(string name, double got, double band)
    {
        _outputs.Add(name);
        var expected = @case.Output(name).Values[0];
        Require(Math.Abs(got - expected) <= band, $"{name}: got {Number(got)}, expected {Number(expected)} ± {Number(band)}");
    }

    /// <summary>Fails with a message unless a property holds.</summary>
    public void Require(bool holds, string message)
    {
        if (!holds)
            Fail(message);
    }

    /// <summary>Fails for each reference value that was never compared: what a plan forgets is no success.</summary>
    public void RequireAllCompared()
    {
        foreach (var name in @case.Outputs.Keys.Where(name => !_outputs.Contains(name) && !(name.EndsWith(Limit, StringComparison.Ordinal) && _outputs.Contains(name[..^Limit.Length]))))
            Fail($"{name}: never compared");
        foreach (var name in @case.Gradients.Keys.Where(name => !_gradients.Contains(name)))
            Fail($"grad {name}: never compared");
    }

    /// <summary>The rule of agreement: NaN agrees with NaN only, an infinity with itself only, −0 with 0.</summary>
    public static bool Agrees(double got, double expected, Tolerance tolerance) =>
        double.IsNaN(expected) ? double.IsNaN(got)
        : double.IsInfinity(expected) || double.IsInfinity(got) ? got == expected
        : Math.Abs(got - expected) <= tolerance.Absolute + tolerance.Relative * Math.Abs(expected);

    private void Compare(string name, Tensor got, Tensor expected, Tensor? limit, Tolerance tolerance, string prefix = "")
    {
        if (!got.Shape.SequenceEqual(expected.Shape))
        {
            Fail($"{prefix}{name}: got the shape {Tensor.Text(got.Shape)}, expected {Tensor.Text(expected.Shape)}");
            return;
        }

        var skipped = @case.ConventionPoints.GetValueOrDefault(name, []);
        var wrong = Enumerable.Range(0, expected.Values.Length)
            .Where(i => !skipped.Contains(i) && !Agrees(got.Values[i], expected.Values[i], tolerance) && !(limit is not null && Agrees(got.Values[i], limit.Values[i], tolerance)))
            .ToList();
        if (wrong.Count == 0)
            return;
        var (a, b) = (got.Values[wrong[0]], expected.Values[wrong[0]]);
        Fail($"{prefix}{name}[{wrong[0]}]: got {Number(a)}, expected {Number(b)}, off by {Number(Math.Abs(a - b))}, tolerance {Number(tolerance.Absolute + tolerance.Relative * Math.Abs(b))}; {wrong.Count} of {expected.Values.Length} elements disagree");
    }

    // Two ways to the same wrong number are one failure.
    private void Fail(string message)
    {
        var line = $"{@case.Name} ({precision}): {message}";
        if (!_failures.Contains(line))
            _failures.Add(line);
    }

    private static string Number(double value) => value.ToString("G9", CultureInfo.InvariantCulture);
}
