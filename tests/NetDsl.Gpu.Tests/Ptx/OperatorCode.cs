using System.Reflection;
using System.Reflection.Emit;
using System.Text;

namespace NetDsl.Gpu.Tests.Ptx;

/// <summary>What an operator's methods do, as text: equal for operators of different networks, and of different numbers, that do the same.</summary>
internal static class OperatorCode
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value);
    private static readonly Dictionary<Type, string> Known = [];

    /// <summary>The instructions of all methods of an operator, and of what it calls in its own assembly; numbers are left out.</summary>
    public static string Of(Type type)
    {
        if (!Known.TryGetValue(type, out var code))
        {
            var text = new StringBuilder();
            var seen = new HashSet<MethodBase>();
            foreach (var method in type.GetMethods(Declared).OrderBy(method => method.Name, StringComparer.Ordinal))
                Append(text, method, type.Assembly, seen);
            Known.Add(type, code = text.ToString());
        }

        return code;
    }

    private static void Append(StringBuilder text, MethodBase method, Assembly own, HashSet<MethodBase> seen)
    {
        if (!seen.Add(method) || method.GetMethodBody()?.GetILAsByteArray() is not { } code)
            return;
        var (ofType, ofMethod) = (method.DeclaringType!.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : []);
        for (var at = 0; at < code.Length;)
        {
            var instruction = Codes[code[at] == 0xFE ? 0xFE00 | code[at + 1] : code[at]];
            at += instruction.Size;
            text.Append(instruction.Name!.StartsWith("ldc", StringComparison.Ordinal) ? "ldc" : instruction.Name);
            if (instruction.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                var member = method.Module.ResolveMember(BitConverter.ToInt32(code, at), ofType, ofMethod)!;
                var isOwn = (member as Type ?? member.DeclaringType!).Assembly == own;
                text.Append(' ').Append(isOwn ? member.MemberType : member.DeclaringType + "." + member);
                if (isOwn && member is MethodBase called)
                {
                    text.Append('{');
                    Append(text, called, own, seen);
                    text.Append('}');
                }
            }

            text.Append(';');
            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }
}
