using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Emission;
using NetDsl.Generator.Formulas;

namespace NetDsl.Generator.Ops;

/// <summary>A parameter of a function that training changes.</summary>
/// <param name="Start">Its value before training.</param>
internal sealed record Learnable(string Name, double Start, bool IsPerChannel);

/// <summary>An activation's function with its constants put in, and its derivatives.</summary>
internal sealed class ActivationFormula : IEquatable<ActivationFormula>
{
    /// <summary>The variables of the expressions, beside the learnable parameters; no C# parameter has such a name.</summary>
    public const string Input = "$x";

    public const string Output = "$y";

    public const string Gradient = "$dy";

    private readonly IReadOnlyList<Expr> _byLearnables;
    private readonly Lazy<string> _text;

    /// <summary>Differentiates a function.</summary>
    /// <param name="value">f over <see cref="Input"/> and the learnable parameters.</param>
    /// <param name="supplied">Derivatives of the user's own by variable, over those and <see cref="Output"/>.</param>
    public ActivationFormula(Algebra algebra, Expr value, IReadOnlyList<Learnable> learnables, string settings, IReadOnlyDictionary<string, Expr> supplied)
    {
        Algebra = algebra;
        Learnables = learnables;
        Settings = settings;
        IsSupplied = supplied.Count > 0;
        var (x, y) = (algebra.Variable(Input), algebra.Variable(Output));
        supplied.TryGetValue(Input, out var derivative);
        var derivation = Derivation.Of(algebra, value, x, y, derivative);
        // The gradients of learnable parameters read the input anyway.
        if (learnables.Count > 0 && derivation.Saved == Saved.Derivative)
            derivation = derivation with { Saved = Saved.Input };
        Derivation = derivation;
        _byLearnables = learnables.Select(learnable => Derivation.By(algebra, derivation.Value, algebra.Variable(learnable.Name), supplied, y)).ToList();
        _text = new(() => string.Join("|", new[] { Derivation.Value, Derivation.Derivative }.Concat(_byLearnables).Select(FormulaText.Write).Concat(Learnables.Select(learnable => learnable.ToString())).Append(Derivation.Saved.ToString())));
    }

    public Algebra Algebra { get; }

    /// <summary>Whether a derivative is the user's own.</summary>
    public bool IsSupplied { get; }

    public Derivation Derivation { get; }

    public IReadOnlyList<Learnable> Learnables { get; }

    /// <summary>The constants, as dumps and tables show them.</summary>
    public string Settings { get; }

    /// <summary>Operations on one element.</summary>
    public int Operations => Math.Max(1, Algebra.Nodes([Derivation.Value]).Count(node => node.Operands.Count > 0));

    /// <summary>Equal formulas give equal code, whichever layers they belong to.</summary>
    public bool Equals(ActivationFormula? other) => other is not null && _text.Value == other._text.Value;

    public override bool Equals(object? obj) => Equals(obj as ActivationFormula);

    public override int GetHashCode() => _text.Value.GetHashCode();

    public Expr DerivativeBy(int learnable) => _byLearnables[learnable];

    public int IndexOf(string learnable) => Learnables.ToList().FindIndex(candidate => candidate.Name == learnable);

    /// <summary>Statements in C# that leave expressions in locals.</summary>
    public IReadOnlyList<string> Print(IReadOnlyList<(string Local, Expr Root)> results, ElementCode code, string input, string output, Func<int, string> learnable, string gradient = "")
    {
        var finished = Stability.Finish(Algebra, results.Select(result => result.Root).ToList());
        return new VectorCode(name => name == Input ? input : name == Output ? output : name == Gradient ? gradient : learnable(IndexOf(name)), code.Taken)
            .Write([.. results.Zip(finished, (result, root) => (result.Local, root))]);
    }
}
