// MNIST, 784–512–256–10: at least 98 % test accuracy within 10 epochs.
using System.Globalization;
using NetDsl;
using Samples;

if (args is not ["--data", var folder])
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project samples/Mnist -- --data FOLDER");
    Console.Error.WriteLine("FOLDER holds the four MNIST files (train-images-idx3-ubyte.gz and so on); if it lacks one, the error says where to get it.");
    return 2;
}

Dataset<float, int> all, test;
try
{
    (all, test) = Mnist.Load<float>(folder);
}
catch (Exception exception) when (exception is IOException or InvalidDataException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

var (train, validation) = all.Split(55_000.0 / 60_000, seed: 1, stratified: true);
Console.WriteLine(MnistNet.Description);
var optimizer = new Adam<float>(learningRate: 1e-3);
var trainer = new Trainer<float, int>(new MnistNet(), new MnistNet.Parameters(seed: 1), optimizer);
ConsoleProgress.Fit(trainer, train, new()
{
    Epochs = 10,
    BatchSize = 64,
    Validation = validation,
    Seed = 1,
    OnEpoch = _ =>
    {
        optimizer.LearningRate *= 0.7;
        return true;
    },
});

var result = trainer.Evaluate(test);
Console.WriteLine();
Console.WriteLine(result.Confusion);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy: {result.Accuracy:F4}"));
return 0;

[Network, Input(784)]
[Dense(512, Weights = Initialization.HeNormal), ReLU, Dropout(0.3)]
[Dense(256, Weights = Initialization.HeNormal), ReLU, Dropout(0.3)]
[Dense(10), SoftmaxCrossEntropy]
public partial class MnistNet;
