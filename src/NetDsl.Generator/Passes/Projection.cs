using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Frontend;
using NetDsl.Generator.Model;
using NetDsl.Generator.Ops;

namespace NetDsl.Generator.Passes;

/// <summary>What [Projection] stands for: nothing where channels and places agree, else the layers that make them.</summary>
internal static class Projection
{
    /// <summary>Reads the arguments, and gives the layers for an input's shape; none where that is unknown.</summary>
    /// <param name="projection">The attribute.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="shape">Of the input.</param>
    /// <param name="isOwn">Whether the attribute stands on the network's class, so that its arguments are where problems go.</param>
    public static IReadOnlyList<LayerSpec> Layers(LayerSpec projection, LayerArguments arguments, Shape? shape, bool isOwn)
    {
        var width = arguments.Positive("width", "the number of channels");
        var stride = Windows.Read(arguments, "Stride", 1, "the step", Windows.One);
        var kind = arguments.EnumMember("Kind", "Convolution");
        var isNormalized = arguments.Flag("Normalize", true);
        var isStrided = stride.Any(step => step != 1);
        if (shape is not { } x || x.Extents[0] == width && !isStrided)
            return [];

        Constant Given(string name, Constant otherwise) =>
            projection.Find(name) is not { } constant ? otherwise : isOwn ? constant with { Origin = name } : constant;
        LayerSpec Layer(string name, params Argument[] given) => new(name, projection.Attribute, IsKnown: true, given.ToEquatableArray());
        var (channels, steps) = (Given("width", Constant.Of(width)), new Argument("Stride", Given("Stride", Constant.Of(1))));
        if (kind == "ZeroPadding")
            return [.. isStrided ? [Layer("AveragePool", new Argument("size", Constant.Of(1)), steps, new Argument("Padding", Constant.Of("Valid")))] : new LayerSpec[0], Layer("PadChannels", new Argument("width", channels))];
        var bias = new Argument("Bias", Constant.Of(false));
        var product = x.Rank == 1 && !isStrided ? Layer("Dense", new Argument("units", channels), bias) : Layer("Conv", new Argument("filters", channels), new Argument("kernel", Constant.Of(1)), steps, new Argument("Padding", Constant.Of("Valid")), bias);
        return isNormalized ? [product, Layer("BatchNorm")] : [product];
    }
}
