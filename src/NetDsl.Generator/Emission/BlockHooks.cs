using System.Collections.Generic;
using System.Linq;

namespace NetDsl.Generator.Emission;

/// <summary>Methods that find a block's OnGradient hook by the block's number, for steps that several blocks share.</summary>
internal sealed class BlockHooks
{
    private readonly List<(string Name, string Variable, string Cases)> _methods = [];

    /// <summary>A method for a gradient; equal ones are one.</summary>
    /// <param name="variable">The gradient's name.</param>
    /// <param name="hooks">The hook of each block, or null where it has none.</param>
    /// <returns>The method's name.</returns>
    public string Add(string stem, string variable, IEnumerable<string?> hooks)
    {
        var cases = string.Join("\n", hooks.Select((hook, block) => hook is null ? "" : $"case {Model.Text.Invariant(block)}: {hook}({variable}); break;").Where(line => line.Length > 0));
        var name = stem;
        for (var number = 2; _methods.FirstOrDefault(method => method.Name == name) is { Name: not null } known; number++)
        {
            if (known.Cases == cases)
                return name;
            name = stem + "_" + Model.Text.Invariant(number);
        }

        _methods.Add((name, variable, cases));
        return name;
    }

    public void Write(CodeWriter writer, string span)
    {
        foreach (var (name, variable, cases) in _methods)
        {
            writer.Line();
            writer.Open($"private void {name}(int block, {span} {variable})");
            writer.Open("switch (block)");
            writer.Lines(cases.Split('\n'));
            writer.Close();
            writer.Close();
        }
    }
}
