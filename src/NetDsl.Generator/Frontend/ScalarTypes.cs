using Microsoft.CodeAnalysis;

namespace NetDsl.Generator.Frontend;

/// <summary>The types that formulas are made of.</summary>
internal static class ScalarTypes
{
    /// <summary>float, double, or a type parameter, which C# lets do no more than its constraints say.</summary>
    public static bool IsReal(ITypeSymbol? type) => type is { SpecialType: SpecialType.System_Single or SpecialType.System_Double } or ITypeParameterSymbol;

    public static bool IsBoolean(ITypeSymbol? type) => type?.SpecialType == SpecialType.System_Boolean;

    public static bool IsInteger(ITypeSymbol? type) => type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;

    public static bool IsScalar(ITypeSymbol? type) => IsReal(type) || IsBoolean(type) || IsInteger(type);
}
