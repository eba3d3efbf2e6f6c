using System.Numerics;
using NetDsl.Oracle.Format;
using NetDsl.Oracle.Language;

namespace NetDsl.Oracle.Plans;

/// <summary>How a case is run: the networks that it needs, and what to do with them.</summary>
internal abstract class Plan(Case @case)
{
    public Case Case { get; } = @case;

    /// <summary>The networks to compile.</summary>
    public virtual IReadOnlyList<Stack> Networks => [];

    /// <summary>Runs the case and compares everything that it has reference values for.</summary>
    /// <param name="platform">Where they run.</param>
    /// <param name="networks">Instances of <see cref="Networks"/>.</param>
    /// <param name="comparer">Takes the results.</param>
    public abstract void Run<T>(Platform platform, IReadOnlyList<INetwork<T>> networks, Comparer comparer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
