using System.Globalization;

namespace NetDsl;

/// <summary>What the check of one tensor's gradient gave.</summary>
/// <param name="Name">The tensor; <c>input</c> for the batch.</param>
/// <param name="Length">Elements of the tensor.</param>
/// <param name="Checked">Elements checked; those at a kink, as ReLU has, aren't counted.</param>
/// <param name="LargestGradient">Largest magnitude in the backward pass, which errors are relative to.</param>
/// <param name="MaxRelativeError">Largest |backward − difference| / <paramref name="LargestGradient"/>. Where all gradients are so small that the loss's rounding hides them, the divisor is larger, so that rounding alone stays within the tolerance.</param>
/// <param name="WorstElement">Row-major index of the element with that error.</param>
/// <param name="Backward">Its gradient in the backward pass.</param>
/// <param name="Difference">Its gradient by differences.</param>
public sealed record TensorGradientCheck(
    string Name, int Length, int Checked, double LargestGradient, double MaxRelativeError, int WorstElement, double Backward, double Difference);

/// <summary>Whether the backward pass gives the gradients that differences of the loss give.</summary>
/// <param name="Tensors">One entry a tensor, the batch last.</param>
/// <param name="Loss">The loss at the point of the check.</param>
/// <param name="Tolerance">Largest relative error that passes.</param>
public sealed record GradientCheckReport(IReadOnlyList<TensorGradientCheck> Tensors, double Loss, double Tolerance)
{
    /// <summary>Whether the check ran in double precision, where steps are narrower.</summary>
    public bool IsDouble { get; init; }

    /// <summary>Largest relative error of all tensors.</summary>
    public double MaxRelativeError => Tensors.Max(tensor => tensor.MaxRelativeError);

    /// <summary>Whether no error exceeds the tolerance.</summary>
    public bool Passed => Tensors.All(tensor => tensor.MaxRelativeError <= Tolerance);

    /// <summary>One line a tensor, failures marked.</summary>
    public override string ToString() => TextTable.Format(
    [
        ["tensor", "", "checked", "largest gradient", "max relative error", "worst element", "backward", "difference"],
        .. Tensors.Select(tensor => (string[])
        [
            tensor.Name, tensor.MaxRelativeError <= Tolerance ? "ok" : "WRONG", string.Create(CultureInfo.InvariantCulture, $"{tensor.Checked}/{tensor.Length}"),
            Text(tensor.LargestGradient), Text(tensor.MaxRelativeError), tensor.WorstElement.ToString(CultureInfo.InvariantCulture), Text(tensor.Backward), Text(tensor.Difference),
        ]),
    ], left: 2) + string.Create(CultureInfo.InvariantCulture, $"{(Passed ? "passed" : "FAILED")}: tolerance {Tolerance:G3}, loss {Loss:G6}{(Passed ? "" : "; before you doubt the gradients, repeat with fewer samples or " + (IsDouble ? "a smaller Step, which crosses fewer kinks" : "Precision.Double: in float, steps are wide and may cross kinks"))}\n");

    private static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
