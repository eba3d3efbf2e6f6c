using System.Reflection;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Numerics;

/// <summary>A network of a numeric test, in either precision.</summary>
/// <param name="Attributes">From [Input] to the loss.</param>
/// <param name="Batch">Samples of the batch to run.</param>
/// <param name="Members">C# of its members, where it has any.</param>
public sealed record NetworkCase(string Name, string Attributes, int Batch, string Members = "")
{
    public override string ToString() => Name;

    internal string Class(bool isDouble) => Name + (isDouble ? "InDouble" : "InSingle");

    internal string Source(bool isDouble) =>
        $"[Network(Precision = Precision.{(isDouble ? "Double" : "Single")})]\n{Attributes}\npublic partial class {Class(isDouble)}{(Members.Length == 0 ? ";" : $"\n{{\n{Members}\n}}")}\n";
}

/// <summary>Networks in one compilation, which costs far less than one each.</summary>
internal sealed class NetworkBatch
{
    private readonly Generation _generation;
    private readonly Assembly _assembly;

    /// <summary>Compiles them.</summary>
    /// <param name="cases">The networks.</param>
    /// <param name="blocks">C# of attribute classes that they use.</param>
    public NetworkBatch(IEnumerable<(NetworkCase Network, bool IsDouble)> cases, string blocks = "")
    {
        var source = $"using NetDsl;\n\n{blocks}\n\n" + string.Join("\n", cases.Select(network => network.Network.Source(network.IsDouble)));
        _generation = Compiler.Run(source).ShouldCompile(allowsAdvice: true);
        _assembly = _generation.Load();
    }

    /// <summary>Compares one network with the reference.</summary>
    public void Check(NetworkCase network, bool isDouble, int seed)
    {
        var name = network.Class(isDouble);
        var model = _generation.Model(name);
        var instance = Activator.CreateInstance(_assembly.GetType(name, throwOnError: true)!)!;
        try
        {
            if (isDouble)
                new NetworkComparison<double>(model, (INetwork<double>)instance, network.Batch, seed).Run();
            else
                new NetworkComparison<float>(model, (INetwork<float>)instance, network.Batch, seed).Run();
        }
        catch (Exception failure)
        {
            Assert.Fail($"{failure.Message}\nThe network, run with a batch of {network.Batch} and seed {seed}:\n{network.Source(isDouble)}\n{failure.StackTrace}");
        }
    }
}
