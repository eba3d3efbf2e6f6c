using System.Reflection;
using NetDsl.Generator.Tests.Support;

namespace NetDsl.Generator.Tests.Emission;

/// <summary>Names and places that a network can have.</summary>
public class NameTests
{
    private const string Stack = "[NetDsl.Network, NetDsl.Input(3)] [NetDsl.Dense(4), NetDsl.ReLU, NetDsl.Dropout(0.5)] [NetDsl.Dense(2), NetDsl.SoftmaxCrossEntropy]";

    [Theory]
    [InlineData("the global namespace", Stack + " public partial class Net;")]
    [InlineData("a namespace of keywords", "namespace @event.@class { " + Stack + " public partial class Net; }")]
    [InlineData("a keyword as its name", Stack + " public partial class @class;")]
    [InlineData("a unicode name", "namespace Сети.Netze { " + Stack + " public partial class Größe; }")]
    [InlineData("an internal network", Stack + " internal partial class Net;")]
    [InlineData("a sealed network", Stack + " public sealed partial class Net;")]
    [InlineData("a network with members", Stack + " public partial class Net { private int n; public int N => n; public void Set(int value) => n = value; partial void OnGradientDense1(System.Span<float> gradient) => n = gradient.Length; }")]
    [InlineData("a base class", "public abstract class Base; " + Stack + " public partial class Net : Base;")]
    [InlineData("a private nested network", "public partial class Outer { " + Stack + " private partial class Net; public static object New() => new Net(); }")]
    [InlineData("a protected internal one in an internal class", "internal partial class Outer { " + Stack + " protected internal partial class Net; }")]
    [InlineData("a static container", "public static partial class Networks { " + Stack + " public partial class Net; }")]
    [InlineData("a struct, a record and an interface around it", "public partial struct A { public partial record B { public partial interface I { public partial record struct C { " + Stack + " public partial class Net; } } } }")]
    [InlineData("a ref struct around it", "public ref partial struct A { " + Stack + " public partial class Net; }")]
    [InlineData("containers with keywords as names", "public partial class @if { " + Stack + " public partial class @for; }")]
    [InlineData("a generic class of the same name", Stack + " public partial class Net; public class Net<T>;")]
    [InlineData("the user's own types of our names", "namespace Mine { public class Dense; public class System; public class NetDsl; public class Kernels; public class Runtime; public class Float; public class Span; public class V; " + Stack2 + " public partial class Net; }")]
    [InlineData("the user's own types of our names in the global namespace", "public class Kernels; public class Runtime; " + Stack + " public partial class Net;")]
    [InlineData("the user's own namespaces of our names", "namespace Kernels { public class A; } namespace Runtime { public class A; } namespace Mine { " + Stack + " public partial class Net; }")]
    [InlineData("the user's own types named as the operators", "namespace Mine { public class BiasReluDropout4; public class Bias; public class LossTerm; public class Dense3To4; " + Stack + " public partial class Net; }")]
    [InlineData("nested types of names that the operators use", Stack + " public partial class Net { public class V; public class Store; }")]
    [InlineData("two networks with equal layers", Stack + " public partial class A; " + Stack + " public partial class B;")]
    [InlineData("networks of one name in two namespaces", "namespace A { " + Stack + " public partial class Net; } namespace B { " + Stack + " public partial class Net; }")]
    [InlineData("a network within a network", Stack + " public partial class Net { " + Stack + " public partial class Parts; }")]
    public void A_network_compiles(string what, string source)
    {
        var generation = Compiler.Run(source);
        generation.ShouldCompile(what);
        generation.Files.Count.ShouldBeGreaterThanOrEqualTo(2);
    }

    private const string Stack2 = "[global::NetDsl.Network, global::NetDsl.Input(3)] [global::NetDsl.Dense(4), global::NetDsl.ReLU, global::NetDsl.Dropout(0.5)] [global::NetDsl.Dense(2), global::NetDsl.SoftmaxCrossEntropy]";

    [Theory]
    [InlineData("class")]
    [InlineData("event")]
    [InlineData("value")]
    [InlineData("field")]
    [InlineData("x")]
    [InlineData("n")]
    [InlineData("слой")]
    [InlineData("größe")]
    [InlineData("dense2")]
    [InlineData("lossTerm")]
    [InlineData("kernels")]
    [InlineData("runtime")]
    [InlineData("system")]
    [InlineData("weight")]
    [InlineData("Hidden_1")]
    public void A_layer_can_be_called(string name)
    {
        foreach (var layer in new[] { $"Dense(4, Name = \"{name}\"), ReLU", $"Dense(4), ReLU(Name = \"{name}\")", $"Dense(4), Dropout(0.5, Name = \"{name}\")" })
            Compiler.Run($"using NetDsl; [Network, Input(3)] [{layer}] [Dense(2), SoftmaxCrossEntropy] public partial class Net;").ShouldCompile(layer);
    }

    /// <summary>Members that the generated classes inherit or have can't be layers' names: each gives an error of ours, none of C#.</summary>
    [Fact]
    public void A_layer_called_like_a_member_of_the_generated_classes_is_an_error()
    {
        var members = new[] { typeof(ParameterArena<float>), typeof(GradientArena<float>), typeof(Workspace<float>) }
            .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy))
            .Where(member => member is not (ConstructorInfo or FieldInfo) && !member.Name.Contains('_') && !member.Name.Contains('.') && !member.Name.Contains('<') && IsVisible(member))
            .Select(member => member.Name).Concat(["Parameters", "Gradients", "Workspace", "Layout", "Description", "LossInput", "HiddenMask", "HiddenTensors"]).Distinct();
        foreach (var member in members)
        {
            var reports = Compiler.Run($"using NetDsl; [Network, Input(3)] [Dense(4, Name = \"{member}\"), Dropout(0.5, Name = \"hidden\")] [Dense(2), SoftmaxCrossEntropy] public partial class Net;").Reports;
            reports.Select(report => report.Id).ShouldBe(["NETDSL014"], member);
        }
    }

    [Theory]
    [InlineData("Parameters")]
    [InlineData("Gradients")]
    [InlineData("Workspace")]
    [InlineData("Forward")]
    [InlineData("Loss")]
    [InlineData("Predict")]
    [InlineData("Description")]
    [InlineData("CheckGradients")]
    public void A_network_called_like_one_of_its_members_is_an_error(string name) =>
        Compiler.Run($"{Stack} public partial class {name};").Reports.Select(report => report.Id).ShouldBe(["NETDSL015"]);

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => !method.IsPrivate && !method.IsAssembly,
        PropertyInfo property => property.GetMethod is { IsPrivate: false, IsAssembly: false },
        _ => true,
    };
}
