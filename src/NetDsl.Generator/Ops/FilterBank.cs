using System;
using System.Collections.Generic;
using System.Linq;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Ops;

/// <summary>The filters of a layer whose weights are given.</summary>
/// <param name="Kernel">Their extents.</param>
/// <param name="Constants">Numbers in all of them.</param>
/// <param name="IsOwn">Whether they are constants of the user's own, which tell channels apart where those are summed.</param>
/// <param name="Code">C# of the numbers, as elements of a collection expression.</param>
/// <param name="Label">The names: <c>SobelX, SobelY</c>.</param>
internal sealed record FilterBank(EquatableArray<int> Kernel, int Constants, bool IsOwn, string Code, string Label)
{
    private static readonly string[] Sized = ["Box", "Gaussian", "LaplacianOfGaussian", "Gabor"];

    private static readonly string[] WithSigma = ["Gaussian", "LaplacianOfGaussian", "Gabor"];

    // What the filters of any number of axes are.
    private static readonly string[] OfAnyRank = ["Box", "Gaussian"];

    /// <summary>Elements of a filter for one channel.</summary>
    private int Taps => Kernel.Aggregate(1, (product, extent) => product * extent);

    /// <summary>Filters, each for every channel.</summary>
    public int Count => Constants / Taps;

    /// <summary>Filters where the channels' answers are summed.</summary>
    public int CountOf(int channels) => IsOwn ? Constants / (Taps * channels) : Count;

    public static FilterBank Parse(LayerArguments arguments)
    {
        var names = arguments.EnumMembers("filters");
        var weights = arguments.Finites("Weights", "a weight");
        if (names.Count > 0 && weights.Count > 0)
            arguments.Report(Rules.OutOfRange, "Weights", arguments.Label("Weights"), "set", $"the weights are those of {string.Join(", ", names)}: leave one of them out");
        if (names.Count == 0 && weights.Count == 0)
            arguments.Report(Rules.OutOfRange, "", "The number of filters of [Filter]", "0", "it needs one: name it, such as Filter.SobelX, or set Weights and Size");
        RejectStray(arguments, names, "Sigma", WithSigma);
        foreach (var argument in new[] { "Wavelength", "Orientation", "Aspect", "Phase" })
            RejectStray(arguments, names, argument, ["Gabor"]);

        var wavelength = arguments.Above("Wavelength", 4, "the wavelength");
        var sigma = arguments.Has("Sigma") ? arguments.Above("Sigma", 1, "σ") : names.Contains("Gabor") ? 0.56 * wavelength : 1;
        var kernel = Size(arguments, names, sigma, isOwn: names.Count == 0 && weights.Count > 0);
        if (names.Count == 0)
            return new(kernel, weights.Count, IsOwn: true, string.Join(", ", weights.Select(Text.RoundTrip)), "own");

        var extents = string.Join(", ", kernel.Select(extent => Text.Invariant(extent)));
        string[] gabor = [Text.RoundTrip(wavelength), "", Text.RoundTrip(sigma), Text.RoundTrip(arguments.Above("Aspect", 0.5, "the aspect")), Text.RoundTrip(arguments.Finite("Phase", 0, "the phase"))];
        var orientations = arguments.Finites("Orientation", "an orientation") is { Count: > 0 } given ? given : EquatableArray.Of(0.0);
        var filters = names.SelectMany(name => name switch
        {
            "Box" => [$"Box({extents})"],
            "Gaussian" or "LaplacianOfGaussian" => [$"{name}({Text.RoundTrip(sigma)}, {extents})"],
            "Gabor" => orientations.Select(orientation => $"Gabor({extents}, {gabor[0]}, {Text.RoundTrip(orientation)}, {gabor[2]}, {gabor[3]}, {gabor[4]})"),
            _ => new[] { name },
        }).ToList();
        var code = string.Join(", ", filters.Select(filter => ".. Runtime::Filters." + filter));
        return new(kernel, filters.Count * kernel.Aggregate(1, (product, extent) => product * extent), IsOwn: false, code, string.Join(", ", filters));
    }

    /// <summary>Reports a kernel of other axes than the input's, and constants that don't fill whole filters.</summary>
    public bool Check(Shape x, bool sumChannels, Action<Rule, string, string[]> report)
    {
        var rank = x.Rank - 1;
        if (Kernel.Count != rank)
        {
            var mend = IsOwn || Label.Split('(')[0] is "Box" or "Gaussian"
                ? $"set Size = new[] {{ {string.Join(", ", Enumerable.Repeat(Text.Invariant(Kernel[0]), rank))} }}"
                : "it is a filter of images; Filter.Box, Filter.Gaussian and Weights are for any axes";
            report(Rules.AxisCount, "Size", ["The kernel", "Filter", Text.Plural(Kernel.Count, "axis", "axes"), x.ToString(), Text.Plural(rank, "axis", "axes"), mend]);
            return false;
        }

        var (channels, taps) = (x.Extents[0], Taps);
        var needed = IsOwn && sumChannels ? taps * (long)channels : taps;
        if (Constants % needed == 0)
            return true;
        var size = string.Join("×", Kernel.Select(extent => Text.Invariant(extent)));
        report(Rules.FilterWeights, "Weights",
        [
            Text.Plural(Constants, "number"),
            sumChannels ? $"each filter takes {size} for each of {Text.Plural(channels, "channel")}" : $"each filter takes {size}",
            Text.Grouped(needed),
            Text.Grouped(Math.Max(1, (Constants + needed / 2) / needed) * needed),
        ]);
        return false;
    }

    private static void RejectStray(LayerArguments arguments, IReadOnlyList<string> names, string argument, string[] owners)
    {
        if (arguments.Has(argument) && !names.Any(owners.Contains))
            arguments.Report(Rules.OutOfRange, argument, arguments.Label(argument), "set", $"only {string.Join(", ", owners.Select(owner => "Filter." + owner))} {(owners.Length == 1 ? "has" : "have")} one: leave it out");
    }

    // A number is that of an image's both axes.
    private static EquatableArray<int> Size(LayerArguments arguments, IReadOnlyList<string> names, double sigma, bool isOwn)
    {
        var given = arguments.Integers("Size", 1, "an extent of the kernel");
        if (given.Count == 1 && !arguments.IsArray("Size"))
            given = EquatableArray.Of(given[0], given[0]);
        var three = EquatableArray.Of(3, 3);
        if (isOwn && given.Count == 0 && !arguments.Has("Size"))
            arguments.Report(Rules.OutOfRange, "Weights", arguments.Label("Weights"), "set", "without the kernel's extent nobody knows how they lie: set Size, 3 for 3×3");
        if (names.FirstOrDefault(name => !Sized.Contains(name)) is { } fixedSize)
        {
            if (given.Count > 0 && !given.Equals(three))
                arguments.Report(Rules.OutOfRange, "Size", arguments.Label("Size"), string.Join("×", given.Select(extent => Text.Invariant(extent))), $"{fixedSize} is 3×3: leave it out, or put the other filters on a layer of their own");
            return three;
        }

        if (names.FirstOrDefault(name => !OfAnyRank.Contains(name)) is { } ofImages && given.Count is not (0 or 2))
        {
            arguments.Report(Rules.OutOfRange, "Size", arguments.Label("Size"), Text.Plural(given.Count, "number"), $"{ofImages} is a filter of images: give one number, or two");
            return three;
        }

        if (given.Count > 0)
            return given;
        var reach = names.Any(WithSigma.Contains) ? (int)Math.Min(Math.Ceiling(3 * sigma), 1 << 14) : 1;
        return EquatableArray.Of(2 * reach + 1, 2 * reach + 1);
    }
}
