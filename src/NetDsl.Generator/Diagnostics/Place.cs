using NetDsl.Generator.Model;

namespace NetDsl.Generator.Diagnostics;

/// <summary>Where a layer was written: an attribute of the network's class, and the layer's name where that attribute is a block with the layer inside.</summary>
/// <param name="attribute">Index among the class's attributes, or −1 for none.</param>
/// <param name="inside">Empty outside of blocks.</param>
/// <param name="layer">The layer's arguments, which within a block may stem from the block's; null for none.</param>
/// <param name="block">The block's attribute, or empty outside of blocks.</param>
internal sealed class Place(int attribute, string inside = "", Frontend.LayerSpec? layer = null, string block = "")
{
    public int Attribute => attribute;

    /// <summary>The same for all uses of a block: where in it the layer stands.</summary>
    public (string Block, int Attribute) Declared => (block, block.Length == 0 ? attribute : layer?.Attribute ?? -1);

    /// <summary>A problem with one of the layer's arguments, or with all of it.</summary>
    public Problem Problem(Rule rule, string argument, params string[] arguments) =>
        new(rule, new Site(attribute, inside.Length == 0 ? argument : layer?.OriginOf(argument) ?? ""), arguments.ToEquatableArray(), inside);
}
