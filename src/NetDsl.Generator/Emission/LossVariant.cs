using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Ops;
using NetDsl.Generator.Passes;

namespace NetDsl.Generator.Emission;

/// <summary>An overload of Loss: what each loss is compared with.</summary>
/// <param name="Heads">The losses, and whether the targets of each are class labels.</param>
internal sealed record LossVariant(IReadOnlyList<(Head Head, bool TakesLabels)> Heads)
{
    /// <summary>Those with targets.</summary>
    public IEnumerable<(Head Head, bool TakesLabels)> Targets => Heads.Where(pair => pair.Head.Op.HasTarget);

    /// <summary>Labels wherever there are classes; and where a loss takes distributions over them, those.</summary>
    public static IReadOnlyList<LossVariant> Of(IReadOnlyList<Head> heads)
    {
        var labels = new LossVariant([.. heads.Select(head => (head, head.Op is ClassLossOp))]);
        return heads.Any(head => head.Op is ClassLossOp { TakesDistributions: true })
            ? [labels, new LossVariant([.. heads.Select(head => (head, head.Op is ClassLossOp { TakesDistributions: false }))])]
            : [labels];
    }
}
