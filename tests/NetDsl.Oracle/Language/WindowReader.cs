using NetDsl.Oracle.Format;

namespace NetDsl.Oracle.Language;

/// <summary>Configuration → convolution or pooling.</summary>
internal static class WindowReader
{
    public static Layer Conv(Settings settings)
    {
        settings.Ignore("in_channels");
        var layer = new Layer(
            "Conv",
            [$"{settings.Integer("out_channels")}", .. Extents(settings), Stride(settings), $"Dilation = {Code.Of(settings.Integers("dilation"))}", $"Groups = {settings.Integer("groups")}", Padding(settings), $"Bias = {Code.Of(settings.Flag("bias", true))}"]);
        settings.RequireAllRead(layer.Attribute);
        return layer;
    }

    public static Layer TransposedConv(Settings settings)
    {
        settings.Ignore("in_channels");
        var layer = new Layer(
            "TransposedConv",
            [$"{settings.Integer("out_channels")}", .. Extents(settings), Stride(settings), $"Dilation = {Code.Of(settings.Integers("dilation"))}", $"Groups = {settings.Integer("groups")}", $"Crop = {Code.Of(settings.Integers("crop"))}", $"OutputPadding = {Code.Of(settings.Integers("output_padding"))}", $"Bias = {Code.Of(settings.Flag("bias", true))}"]);
        settings.RequireAllRead(layer.Attribute);
        return layer;
    }

    public static Layer Pool(string attribute, Settings settings)
    {
        // How ties go is the language's rule, too.
        settings.Ignore("tie_rule");
        settings.Fixed("p", 2);
        List<string> arguments = [.. Extents(settings), Stride(settings), Padding(settings)];
        if (attribute == "MaxPool")
            arguments.Add($"Dilation = {Code.Of(settings.Integers("dilation", 1))}");
        if (attribute == "AveragePool")
            arguments.Add($"IncludePadding = {Code.Of(settings.Flag("count_include_pad", true))}");
        arguments.Add($"CeilMode = {Code.Of(settings.Flag("ceil_mode", false))}");
        settings.RequireAllRead(attribute);
        return new Layer(attribute, [.. arguments]);
    }

    private static IEnumerable<string> Extents(Settings settings) => settings.Integers("kernel").Select(extent => $"{extent}");

    private static string Stride(Settings settings) => $"Stride = {Code.Of(settings.Integers("stride"))}";

    // The numbers of zeros only matter where no rule gives them.
    private static string Padding(Settings settings)
    {
        var pads = settings.JoinedIntegers("pads");
        return settings.Text("padding") switch
        {
            "valid" => "Padding = Padding.Valid",
            "same" => "Padding = Padding.Same",
            "full" => "Padding = Padding.Full",
            "explicit" => $"Pads = {Code.Of(pads)}",
            var rule => throw new UnsupportedException($"no padding '{rule}'"),
        };
    }
}
