// 1,797 real handwritten digits: train on four fifths, test on the fifth that the network has never seen.
using System.Globalization;
using NetDsl;
using Samples;

var digits = Dataset.FromCsv<float>(Path.Combine(AppContext.BaseDirectory, "data", "digits.csv.gz"), classes: 10);
var (rest, test) = digits.Split(0.8, seed: 1, stratified: true);
var (train, validation) = rest.Split(0.9, seed: 2, stratified: true);
var scaling = FeatureScaling.MinMax(train);
(train, validation, test) = (scaling.Apply(train), scaling.Apply(validation), scaling.Apply(test));

Console.WriteLine(DigitsNet.Description);
var trainer = new Trainer<float, int>(new DigitsNet(), new DigitsNet.Parameters(seed: 1), new Adam<float>(learningRate: 2e-3));
ConsoleProgress.Fit(trainer, train, new() { Epochs = 30, BatchSize = 32, Validation = validation, Seed = 1 });

var result = trainer.Evaluate(test);
Console.WriteLine();
Console.WriteLine(result.Confusion);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy: {result.Accuracy:F3}"));

[Network, Input(1, 8, 8)]
[Conv(24, 3, Padding = Padding.Same), ReLU]
[Conv(48, 3, Padding = Padding.Same), ReLU, MaxPool(2), Dropout(0.3)]
[Flatten, Dense(64), ReLU, Dropout(0.3)]
[Dense(10), SoftmaxCrossEntropy]
public partial class DigitsNet;
