using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Frontend;

/// <summary>What the frontend reads off one class: the model, the problems of the class itself, and where everything stands.</summary>
/// <param name="Spec">Null where the declaration alone makes the network impossible, or where C# itself reports an error in it.</param>
internal sealed record ParsedNetwork(NetworkSpec? Spec, EquatableArray<Problem> Problems, SourceMap Locations)
{
    /// <summary>Whether C# or another class reports an error, so that there is nothing to say here.</summary>
    public bool IsBroken { get; init; }

    /// <summary>The part that is compared between compilations: no location in it.</summary>
    public NetworkInput Input => new(Spec, Problems);
}

/// <summary>All that the compiler's output depends on.</summary>
internal sealed record NetworkInput(NetworkSpec? Spec, EquatableArray<Problem> Problems);

/// <summary>Real locations by site; only the diagnostics' output sees them.</summary>
internal sealed class SourceMap(IReadOnlyDictionary<Site, Location> locations) : IEquatable<SourceMap>
{
    /// <summary>The span of the argument, or of the first that is written of several, else that of the array it is in, else its attribute's, else the class's name.</summary>
    public Location Find(Site site) =>
        site.Argument.Split('|').SelectMany(argument => new[] { argument, argument.Split('[')[0] }).Append("")
            .Select(argument => locations.TryGetValue(site with { Argument = argument }, out var found) ? found : null)
            .FirstOrDefault(found => found is not null) ?? locations[Site.Class];

    public bool Equals(SourceMap? other)
    {
        if (other is null || locations.Count != other.Locations.Count)
            return false;
        foreach (var pair in locations)
        {
            if (!other.Locations.TryGetValue(pair.Key, out var location) || !pair.Value.Equals(location))
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as SourceMap);

    public override int GetHashCode() => locations.Count;

    private IReadOnlyDictionary<Site, Location> Locations => locations;
}
