using System;
using System.Collections.Generic;

namespace NetDsl.Generator.Emission;

/// <summary>What an operation on single elements prints its statements from.</summary>
/// <param name="Type">Element type, <c>float</c> or <c>double</c>.</param>
/// <param name="Inputs">Number of the node's inputs.</param>
/// <param name="Input">C# of the vector that one of the node's inputs holds.</param>
/// <param name="Output">The local that one of its outputs goes to; for an output that is there before, such as a mask, its C#.</param>
/// <param name="Taken">Names that are in use in the method.</param>
internal sealed record ElementCode(string Type, int Inputs, Func<int, string> Input, Func<int, string> Output, HashSet<string> Taken);
