using System;
using System.Collections.Generic;
using System.Linq;

namespace NetDsl.Generator.Ops;

/// <summary>All operations with code of their own by the attribute that declares them, one line each; functions of single elements declare themselves.</summary>
internal static class Catalogue
{
    private static readonly Dictionary<string, Func<LayerArguments, LayerOp>> Operations = new(StringComparer.Ordinal)
    {
        ["AveragePool"] = PoolOp.Parse(PoolKind.Average),
        ["BatchNorm"] = BatchNormOp.Parse,
        ["ChannelDropout"] = DropoutOp.ParseByChannel,
        ["Concat"] = ConcatOp.Parse,
        ["Conv"] = ConvOp.Parse,
        ["Dense"] = DenseOp.Parse,
        ["Dropout"] = DropoutOp.Parse,
        ["Filter"] = FilterOp.Parse,
        ["Flatten"] = ViewOp.ParseFlatten,
        ["GlobalAveragePool"] = PoolOp.ParseGlobal(PoolKind.Average),
        ["GlobalMaxPool"] = PoolOp.ParseGlobal(PoolKind.Max),
        ["GroupNorm"] = GroupNormOp.Parse,
        ["InstanceNorm"] = GroupNormOp.ParseInstance,
        ["L2Pool"] = PoolOp.Parse(PoolKind.L2),
        ["LayerNorm"] = LayerNormOp.Parse,
        ["LocalResponseNorm"] = LocalResponseNormOp.Parse,
        ["LogSoftmax"] = LogSoftmaxOp.Parse,
        ["MaxPool"] = PoolOp.Parse(PoolKind.Max),
        ["Maxout"] = MaxoutOp.Parse,
        ["PadChannels"] = PadChannelsOp.Parse,
        ["Product"] = ProductOp.Parse,
        ["Reshape"] = ViewOp.ParseReshape,
        ["RmsNorm"] = LayerNormOp.ParseRms,
        ["Softmax"] = SoftmaxOp.Parse,
        ["Sum"] = SumOp.Parse,
        ["TransposedConv"] = TransposedConvOp.Parse,
        ["Upsample"] = UpsampleOp.Parse,

        ["Contrastive"] = ContrastiveOp.Parse,
        ["CosineEmbedding"] = CosineEmbeddingOp.Parse,
        ["TripletMargin"] = TripletMarginOp.Parse,
        ["SoftmaxCrossEntropy"] = SoftmaxCrossEntropyOp.Parse,
        ["MulticlassHinge"] = MulticlassHingeOp.Parse,
        ["NegativeLogLikelihood"] = NegativeLogLikelihoodOp.Parse,
    };

    /// <summary>The names of all layer attributes, without their ending.</summary>
    public static IEnumerable<string> Kinds => Operations.Keys.OrderBy(kind => kind, StringComparer.Ordinal);

    public static bool Contains(string kind) => Operations.ContainsKey(kind);

    /// <summary>Reads an attribute's arguments; problems go to them.</summary>
    public static LayerOp Parse(string kind, LayerArguments arguments) => Operations[kind](arguments);
}
