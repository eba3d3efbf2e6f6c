// MNIST with 784–512–256–10, at least 98 % test accuracy within 10 epochs, or with a convolutional network, 99.5 % after 40.
using System.Globalization;
using NetDsl;
using Samples;

var options = new Dictionary<string, string> { ["--network"] = "mlp", ["--device"] = "cpu" };
for (var i = 0; i + 1 < args.Length; i += 2)
    options[args[i]] = args[i + 1];
var (name, deviceName, checkpoint) = (options["--network"], options["--device"], options.GetValueOrDefault("--checkpoint"));
if (args.Length % 2 != 0 || options.Count != (checkpoint is null ? 3 : 4) || !options.TryGetValue("--data", out var folder) || name is not ("mlp" or "lenet") || deviceName is not ("cpu" or "gpu" or "cuda" or "opencl"))
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project samples/Mnist -- [--network mlp|lenet] [--checkpoint FILE] --data FOLDER");
    Console.Error.WriteLine("       dotnet run -c Release --project samples/Mnist -p:Gpu=true -- --device gpu|cuda|opencl|cpu [--network mlp|lenet] [--checkpoint FILE] --data FOLDER");
    Console.Error.WriteLine("FOLDER holds the four MNIST files (train-images-idx3-ubyte.gz and so on); if it lacks one, the error says where to get it.");
    Console.Error.WriteLine("FILE is written after every epoch; if it is there, the run goes on from it.");
    Console.Error.WriteLine("gpu is the best device there is: CUDA before OpenCL. -p:Gpu=true takes the package ILGPU 1.5.3 from nuget.org or another package source.");
    return 2;
}

Dataset<float, int> all, test;
Device device;
try
{
    (all, test) = Mnist.Load<float>(folder);
    device = Device.Open(deviceName);
}
catch (Exception exception) when (exception is IOException or InvalidDataException or NotSupportedException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

var (train, validation) = all.Split(55_000.0 / 60_000, seed: 1, stratified: true);
var result = name == "lenet" ? TrainLeNet() : TrainMlp();
device.Report();
device.Dispose();
Console.WriteLine();
Console.WriteLine(result.Confusion);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy: {result.Accuracy:F4}"));
return 0;

Evaluation TrainMlp()
{
    Console.WriteLine(MnistNet.Description);
    var optimizer = new Adam<float>(learningRate: 1e-3);
    var network = device.On(new MnistNet());
    Load(network);
    var trainer = new Trainer<float, int>(network, new MnistNet.Parameters(seed: 1), optimizer);
    Fit(trainer, 10, new()
    {
        BatchSize = 64,
        Validation = validation,
        Seed = 1,
        OnEpoch = _ =>
        {
            optimizer.LearningRate *= 0.7;
            return true;
        },
    });
    return trainer.Evaluate(test);
}

Evaluation TrainLeNet()
{
    const double Rate = 1e-3;
    const int Epochs = 40;
    Console.WriteLine(LeNet.Description);
    var optimizer = new Adam<float>(learningRate: 0.1 * Rate);
    var network = device.On(new LeNet());
    Load(network);
    var trainer = new Trainer<float, int>(network, new LeNet.Parameters(seed: 1), optimizer);
    Fit(trainer, Epochs, new()
    {
        BatchSize = 64,
        Validation = validation,
        Seed = 1,
        Augmentation = new RandomShift<float>(1),
        OnBatch = progress =>
        {
            // Up over the first fifth of the run, then along half a cosine down to nothing: Smith 2018, "A disciplined approach to neural network hyper-parameters".
            var done = (trainer.Epochs + (double)progress.Batch / progress.Batches) / Epochs;
            optimizer.LearningRate = Rate * (done < 0.2 ? 0.1 + 4.5 * done : 0.5 + 0.5 * Math.Cos(Math.PI * (done - 0.2) / 0.8));
            return true;
        },
    });
    return trainer.Evaluate(test);
}

// All epochs, or those that the checkpoint's run has left.
void Fit(Trainer<float, int> trainer, int epochs, FitOptions<float, int> options)
{
    if (File.Exists(checkpoint))
        trainer.LoadCheckpoint(checkpoint);
    if (trainer.Epochs >= epochs)
        return;
    ConsoleProgress.Fit(trainer, train, options with
    {
        Epochs = epochs - trainer.Epochs,
        OnEpoch = progress =>
        {
            // What the options' own callback changes is part of the run.
            var goesOn = options.OnEpoch?.Invoke(progress) ?? true;
            if (checkpoint is not null)
                trainer.SaveCheckpoint(checkpoint);
            return goesOn;
        },
    });
}

// A step of throwaway parameters, for which a device compiles its kernels.
void Load(INetwork<float, int> network)
{
    var batch = train.Take(64);
    device.Load(() => new Trainer<float, int>(network, network.CreateParameters(seed: 1), new Adam<float>()).Fit(batch, new() { Epochs = 1, BatchSize = 64, Validation = batch }));
}

[Network, Input(784)]
[Dense(512, Weights = Initialization.HeNormal), ReLU, Dropout(0.3)]
[Dense(256, Weights = Initialization.HeNormal), ReLU, Dropout(0.3)]
[Dense(10), SoftmaxCrossEntropy]
public partial class MnistNet;

// Nielsen 2015, "Neural networks and deep learning", chapter 6, where λ = 0.1 stands for λ/n and n for the 50,000 images of his training set.
[Network, Input(1, 28, 28), L2(0.1 / 50_000)]
[Conv(20, 5, Weights = Initialization.HeNormal), ReLU, MaxPool(2)]
[Conv(40, 5, Weights = Initialization.HeNormal), ReLU, MaxPool(2)]
[Flatten, Dropout(0.5)]
[Dense(1000, Weights = Initialization.HeNormal), ReLU, Dropout(0.5)]
[Dense(1000, Weights = Initialization.HeNormal), ReLU, Dropout(0.5)]
[Dense(10), SoftmaxCrossEntropy]
public partial class LeNet;
