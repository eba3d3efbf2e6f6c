using System.Collections.Generic;
using NetDsl.Generator.Emission;

namespace NetDsl.Generator.Passes;

/// <summary>Names of members as names of the generated methods' parameters.</summary>
internal static class ArgumentNames
{
    // What those methods call their other parameters and locals.
    private static readonly HashSet<string> Taken = ["n", "x", "y", "dx", "dy", "t", "labels", "weights", "terms", "loss", "parameters", "gradients", "workspace", "training", "accumulate"];

    /// <summary>The name, or with an ending where it means something else.</summary>
    public static string Of(string name, string ending) => Taken.Contains(name) || Names.Identifier(name) != name ? name + ending : name;
}
