using System.Reflection;
using NetDsl.Generator.Tests.Diagnostics;

namespace NetDsl.Generator.Tests.Architecture;

/// <summary>Only the frontend and the generator itself know Roslyn.</summary>
public class WallTests
{
    private const string Roslyn = "Microsoft.CodeAnalysis";

    private static readonly string[] Inside = ["Graph", "Ops", "Passes", "Emission", "Model", "Formulas"];

    [Fact]
    public void No_file_behind_the_frontend_mentions_Roslyn()
    {
        var generator = Path.Combine(RuleSources.Root(), "src", "NetDsl.Generator");
        var files = Inside.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(generator, folder), "*.cs", SearchOption.AllDirectories)).ToList();
        files.Count.ShouldBeGreaterThan(20);
        files.Where(file => File.ReadAllText(file).Contains(Roslyn, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void No_type_behind_the_frontend_has_a_member_of_a_Roslyn_type()
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var types = typeof(NetworkGenerator).Assembly.GetTypes().Where(type => Inside.Any(folder => type.Namespace == "NetDsl.Generator." + folder)).ToList();
        types.ShouldNotBeEmpty();
        var mentioned =
            from type in types
            from mention in type.GetFields(All).Select(field => field.FieldType)
                .Concat(type.GetProperties(All).Select(property => property.PropertyType))
                .Concat(type.GetMethods(All).Where(method => method.GetMethodBody() is not null).SelectMany(method => method.GetMethodBody()!.LocalVariables.Select(local => local.LocalType)))
                .Concat(type.GetMethods(All).SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)))
            where mention.FullName?.Contains(Roslyn, StringComparison.Ordinal) == true
            select $"{type.Name}: {mention.Name}";
        mentioned.Distinct().ShouldBeEmpty();
    }

    /// <summary>What would give other text on another machine has no place in the generator.</summary>
    [Theory]
    [InlineData(".ToUpper()")]
    [InlineData(".ToLower()")]
    [InlineData("Environment.NewLine")]
    [InlineData("DateTime")]
    [InlineData("AppendLine")]
    [InlineData("CurrentCulture")]
    [InlineData("Random")]
    public void No_file_of_the_generator_depends_on_the_machine(string word) =>
        Directory.EnumerateFiles(Path.Combine(RuleSources.Root(), "src", "NetDsl.Generator"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Contains("obj") && File.ReadAllText(file).Contains(word, StringComparison.Ordinal)).ShouldBeEmpty();
}
