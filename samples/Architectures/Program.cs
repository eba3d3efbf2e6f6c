// Thirteen networks from LeNet-1 to ResNet-152, one file each: what they consist of, known without running them.
using System.Globalization;
using Architectures;

Console.WriteLine("network              input        parameters   published        MFLOP   MB training  MB inference   published by");
foreach (var (network, published, source) in Catalogue.All)
{
    var input = string.Join('×', network.InputShape);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{network.Name,-18}   {input,-9} {network.ParameterCount,13:N0} {published,11:N0} {network.Flops / 1e6,12:N1} {network.TrainingBytes / 1e6,13:N2} {network.InferenceBytes / 1e6,13:N2}   {source}"));
}

Console.WriteLine("MFLOP: the forward pass, a multiply-add counts two. MB: the workspace, a sample.");
var equal = Catalogue.All.Count(network => network.Description.ParameterCount == network.Published);
Console.WriteLine($"parameter counts as published: {equal} of {Catalogue.All.Count}");
return equal == Catalogue.All.Count ? 0 : 1;
