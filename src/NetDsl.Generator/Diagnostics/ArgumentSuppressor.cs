using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using NetDsl.Generator.Frontend;

namespace NetDsl.Generator.Diagnostics;

/// <summary>Takes back C#'s warning that nobody reads a primary constructor's parameter, where a formula of the class takes the attribute's argument of that name.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ArgumentSuppressor : DiagnosticSuppressor
{
    private static readonly SuppressionDescriptor Descriptor = new("NETDSLS01", "CS9113", "A formula of the attribute class takes the argument");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [Descriptor];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is not { } tree)
                continue;
            var node = tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan);
            if (context.GetSemanticModel(tree).GetDeclaredSymbol(node, context.CancellationToken) is IParameterSymbol { ContainingType: { } type } parameter && IsRead(type, parameter.Name))
                context.ReportSuppression(Suppression.Create(Descriptor, diagnostic));
        }
    }

    // In a block's stack, nameof of a parameter.
    private static bool Names(TypedConstant constant, string argument) =>
        constant.Kind == TypedConstantKind.Array ? !constant.IsNull && constant.Values.Any(value => Names(value, argument)) : constant.Value as string == argument;

    private static bool IsRead(INamedTypeSymbol type, string argument) =>
        LayerTypes.DerivesFrom(type, LayerTypes.Block) && type.GetAttributes().Any(attribute => attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(named => named.Value)).Any(constant => Names(constant, argument)))
        || LayerTypes.DerivesFrom(type, LayerTypes.Layer)
        && LayerTypes.Declaring(type).SelectMany(current => current.GetMembers().OfType<IMethodSymbol>())
            .Any(method => method.IsStatic && method.Parameters.Any(parameter => string.Equals(parameter.Name, argument, StringComparison.OrdinalIgnoreCase)));
}
