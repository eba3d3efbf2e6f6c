// The smallest network that needs a hidden layer, trained step by step with the generated passes themselves.
using System.Globalization;
using NetDsl;

float[] x = [0, 0, 0, 1, 1, 0, 1, 1];
float[] t = [0, 1, 1, 0];

var network = new XorNet();
var parameters = new XorNet.Parameters(seed: 3);
var gradients = new XorNet.Gradients();
var workspace = new XorNet.Workspace(capacity: 4);
var optimizer = new Momentum<float>(learningRate: 0.5, momentum: 0.9);

Console.WriteLine(XorNet.Description);
for (var step = 1; step <= 200; step++)
{
    network.Forward(parameters, x, workspace);
    var loss = network.Loss(workspace, t);
    network.Backward(parameters, x, workspace, gradients);
    optimizer.Step(parameters, gradients);
    if (step % 40 == 0)
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {step}: loss {loss:F5}"));
}

var y = new float[4];
network.Predict(parameters, x, y, workspace);
for (var i = 0; i < 4; i++)
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{x[2 * i]:F0} xor {x[2 * i + 1]:F0} = {y[i]:F3}"));
Console.WriteLine(network.CheckGradients(parameters, x, t));

[Network, Input(2)]
[Dense(8), Tanh]
[Dense(1), Sigmoid, BinaryCrossEntropy]
public partial class XorNet;
