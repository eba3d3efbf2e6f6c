using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using NetDsl.Generator.Diagnostics;
using NetDsl.Generator.Formulas;
using NetDsl.Generator.Model;

namespace NetDsl.Generator.Frontend;

/// <content>Calls: elementary functions, and methods that are read with the arguments in place of their parameters.</content>
internal sealed partial class BodyReader
{
    private readonly Dictionary<string, Expr> _calls = new(StringComparer.Ordinal);
    private readonly List<ISymbol> _stack = [];

    private Expr Call(IInvocationOperation call, State state)
    {
        var target = call.TargetMethod.OriginalDefinition;
        var method = target.PartialImplementationPart ?? target;
        if (call.Type is null || !ScalarTypes.IsScalar(call.Type))
            return RefuseExpression(call);
        if (!method.IsStatic && method.MethodKind != MethodKind.LocalFunction)
            return Refuse(call, "only static methods are read: allowed are " + Allowed);
        var isElementary = ElementaryCalls.Owns(method.ContainingType);
        if (isElementary && !ElementaryCalls.Knows(method))
            return Refuse(call, $"NetDsl knows no derivative of '{method.Name}'; the functions are {ElementaryCalls.Names}");
        if (!isElementary && method.ContainingType?.TypeKind == TypeKind.Interface && (method.IsVirtual || method.IsAbstract))
            return Refuse(call, "which method runs depends on the type that implements the interface: call the method of a class");
        if (!isElementary && call.TargetMethod.TypeArguments.Concat(call.TargetMethod.ContainingType.TypeArguments).FirstOrDefault(ScalarTypes.IsInteger) is { } integer)
            return Refuse(call, $"generic methods are read for real numbers, and this one is called for {integer.ToDisplayString()}: call it for float or double");
        if (call.Arguments.FirstOrDefault(argument => argument.Parameter is { RefKind: RefKind.Ref or RefKind.Out }) is { } reference)
            return Refuse(reference, "a method of a formula gives one number and changes nothing: return it");
        var arguments = call.Arguments.OrderBy(argument => argument.Parameter?.Ordinal).Select(argument => Evaluate(argument.Value, state)).ToList();
        if (isElementary && method.Name == "Clamp" && arguments[1].IsConstant && arguments[2].IsConstant && arguments[1].Value > arguments[2].Value)
            return Refuse(call, "its lower bound is above the upper one, for which C# throws: change them over");
        if (isElementary)
            return ElementaryCalls.Call(algebra, method, arguments);
        return SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, compilation.Assembly) ? Inline(call, method, arguments) : Compiled(call, method, arguments);
    }

    private Expr Compiled(IInvocationOperation call, IMethodSymbol method, IReadOnlyList<Expr> arguments)
    {
        if (CompiledFormulas.Find(method) is not { } formula || formula.Parameters.Count != arguments.Count || FormulaText.Read(algebra, formula.Text) is not { } body)
            return Refuse(call, $"it is compiled in {method.ContainingAssembly.Name}, where only the formulas of attribute classes can be read: write the method in this project");
        return algebra.Substitute(body, formula.Parameters.Zip(arguments, (parameter, argument) => (parameter, argument)).ToDictionary(pair => algebra.Variable(pair.parameter.Name), pair => pair.argument));
    }

    private Expr Inline(IInvocationOperation call, IMethodSymbol method, IReadOnlyList<Expr> arguments)
    {
        var start = _stack.FindIndex(caller => SymbolEqualityComparer.Default.Equals(caller, method));
        if (start >= 0)
        {
            problems.Add(Rules.RecursiveFormula, call.Syntax.GetLocation(), method.Name, string.Join(" → ", _stack.Skip(start).Append(method).Select(caller => caller.Name)));
            return algebra.Zero;
        }

        // The same call twice is read once, so that methods which call each other in twos don't double the work at each level.
        var key = $"{method.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)} {method.DeclaringSyntaxReferences[0].SyntaxTree.FilePath} {method.DeclaringSyntaxReferences[0].Span} {string.Join(" ", arguments.Select(argument => Text.Invariant(argument.Id)))}";
        if (!_calls.TryGetValue(key, out var known))
            _calls[key] = known = Read(method, arguments);
        return known;
    }
}
