using System.Runtime.CompilerServices;
using System.Text;

namespace NetDsl.Generator.Tests.Support;

/// <summary>Compares text with a file beside the test: Class.Method_parameter.verified.ext, as the Verify library names them.</summary>
internal static class Snapshot
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static void Verify(string text, string parameter, string extension, [CallerFilePath] string testFile = "", [CallerMemberName] string method = "")
    {
        var stem = Path.Combine(Path.GetDirectoryName(testFile)!, $"{Path.GetFileNameWithoutExtension(testFile)}.{method}_{parameter}");
        var verified = $"{stem}.verified.{extension}";
        var received = $"{stem}.received.{extension}";
        if (File.Exists(verified) && File.ReadAllText(verified, Utf8) == text)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, text, Utf8);
        var expected = File.Exists(verified) ? File.ReadAllText(verified, Utf8) : "";
        Assert.Fail($"{FirstDifference(expected, text)}\nTo accept what the test received, move {Path.GetFileName(received)} over {Path.GetFileName(verified)}.");
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (old, now) = (expected.Split('\n'), actual.Split('\n'));
        var line = 0;
        while (line < old.Length && line < now.Length && old[line] == now[line])
            line++;
        return $"Line {line + 1} differs.\n- {old.ElementAtOrDefault(line)}\n+ {now.ElementAtOrDefault(line)}";
    }
}
