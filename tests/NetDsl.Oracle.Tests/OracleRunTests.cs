using System.Text.Json.Nodes;

namespace NetDsl.Oracle.Tests;

/// <summary>The oracle's own failures: one compilation runs a folder of cases that are each wrong in another way.</summary>
public sealed class OracleRunTests : IDisposable
{
    private readonly CaseFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WrongReferenceValuesFailAndTellThePlace()
    {
        _folder
            .With("activation_relu", root => root["outputs"]!["y"]!["data"]![5] = 77.5)
            .With("activation_sigmoid", root => root["grads"]!["x"]!["data"]![0] = "NaN")
            .With("layer_dense_basic", root => root["grads"]!["weight"]!["data"]![3] = 1e6)
            .With("layer_dense_exact_64x64x64", root => Add(root["outputs"]!["y"]!["data"]!, 0, 1))
            .With("loss_mse_sum", root => Add(root["outputs"]!["loss"]!["data"]!, 0, 1))
            .With("loss_gaussian_heatmap_mse", root => Add(root["outputs"]!["blurred_target"]!["data"]!, 9, 0.01))
            .With("loss_triplet_margin_swap", root => Add(root["grads"]!["negative"]!["data"]!, 7, 0.01))
            .With("network_mlp_tanh_cross_entropy", root => Add(root["outputs"]!["hidden1"]!["data"]!, 2, 0.01))
            .With("network_train_adam", root => Add(root["outputs"]!["fc1.weight"]!["data"]!, 4, 0.01))
            .With("optimizer_momentum", root => Add(root["outputs"]!["b"]!["data"]!, 7, 0.01))
            .With("init_he_normal_dense", root => root["outputs"]!["variance"]!["data"]![0] = 0.01)
            .With("layer_dropout_statistics_20", root => root["outputs"]!["zero_fraction"]!["data"]![0] = 0.25);

        var report = _folder.Run();

        (report.Passed, report.Failed, report.Unsupported).ShouldBe((0, 12, 0));
        Message(report, "activation_relu").ShouldStartWith("activation_relu (float): y[5]: got");
        Message(report, "activation_relu").ShouldContain("expected 77.5");
        Message(report, "activation_sigmoid").ShouldContain("grad x[0]: got");
        Message(report, "layer_dense_basic").ShouldContain("grad weight[3]: got");
        Message(report, "layer_dense_exact_64x64x64").ShouldContain("tolerance 0;");
        Message(report, "loss_mse_sum").ShouldContain("loss[0]: got");
        Message(report, "loss_gaussian_heatmap_mse").ShouldContain("blurred_target[9]: got");
        Message(report, "loss_triplet_margin_swap").ShouldContain("grad negative[7]: got");
        Message(report, "network_mlp_tanh_cross_entropy").ShouldContain("hidden1[2]: got");
        Message(report, "network_train_adam").ShouldContain("fc1.weight[4]: got");
        Message(report, "optimizer_momentum").ShouldContain("b[7]: got");
        Message(report, "init_he_normal_dense").ShouldContain("variance: got");
        Message(report, "layer_dropout_statistics_20").ShouldContain("zero_fraction: got");
        Outcome(report, "activation_relu").Messages.ShouldContain(message => message.Contains("(double)"));
    }

    [Fact]
    public void WrongShapesAndForgottenTensorsFail()
    {
        _folder
            .With("activation_relu", root => root["outputs"]!["y"]!["shape"] = new JsonArray(11, 3))
            .With("activation_tanh", root => root["outputs"]!["z"] = root["outputs"]!["y"]!.DeepClone())
            .With("layer_dense_basic", root => root["params"]!["weight"]!["shape"] = new JsonArray(7, 5))
            .With("layer_dense_out1", root => root["params"]!.AsObject().Remove("bias"));

        var report = _folder.Run();

        report.Failed.ShouldBe(4);
        Message(report, "activation_relu").ShouldContain("y: got the shape [3, 11], expected [11, 3]");
        Message(report, "activation_tanh").ShouldContain("z: never compared");
        Message(report, "layer_dense_basic").ShouldContain("weight: the network's shape is [5, 7], the case's [7, 5]");
        Message(report, "layer_dense_out1").ShouldContain("no parameter for 'bias'");
    }

    [Fact]
    public void WhatTheGeneratorRejectsFailsAndStopsNoOtherCase()
    {
        _folder
            .With("activation_leaky_relu", root => root["config"]!["slope"] = -1)
            .With("activation_relu", _ => { });

        var report = _folder.Run();

        (report.Passed, report.Failed).ShouldBe((1, 1));
        Message(report, "activation_leaky_relu").ShouldContain("NETDSL016");
    }

    [Fact]
    public void WhatTheLanguageLacksIsUnsupported()
    {
        _folder
            .With("activation_relu", root => root["config"]!["function"] = "sine")
            .With("activation_tanh", root => root["config"]!["temperature"] = 2)
            .With("layer_dense_basic", root => root["config"]!["op"] = "capsule")
            .With("loss_mse_sum", root => root["config"]!["function"] = "wasserstein")
            .With("loss_contrastive_one_is_similar", root => root["config"]!["reduction"] = "none")
            .With("optimizer_sgd", root => root["config"]!["clip"] = "value")
            .With("network_mlp_tanh_cross_entropy", root => root["config"]!["graph"]![2]!["in"]!["x"] = "x");

        var report = _folder.Run();

        (report.Passed, report.Failed, report.Unsupported).ShouldBe((0, 0, 7));
        Message(report, "activation_relu").ShouldBe("no activation 'sine'");
        Message(report, "activation_tanh").ShouldBe("Tanh has no setting 'temperature'");
        Message(report, "loss_contrastive_one_is_similar").ShouldBe("no contrastive that is neither summed nor averaged");
        Message(report, "optimizer_sgd").ShouldBe("sgd has no setting 'clip'");
        Message(report, "network_mlp_tanh_cross_entropy").ShouldContain("branch");
    }

    [Fact]
    public void FilesThatDoNotFollowTheFormatFailClearly()
    {
        _folder
            .With("no_json", "{")
            .With("no_object", "[]")
            .With("no_inputs", """{ "name": "no_inputs", "kind": "layer", "layout": "NC", "config": {}, "tolerance": { "rtol": 0, "atol": 0 } }""")
            .With("activation_relu", root => root["inputs"]!["x"]!["shape"] = new JsonArray(3, 12))
            .With("activation_tanh", root => root["kind"] = "recipe")
            .With("activation_elu", root => root["config"]!.AsObject().Remove("alpha"))
            .With("activation_selu", root => root["outputs"]!["y"]!["data"]![0] = "many")
            .With("activation_silu", root => root["outputs"]!["y"]!["data"] = 3)
            .With("index", """{ "cases": ["no_file"] }""");

        var report = _folder.Run();

        report.Failed.ShouldBe(9);
        Message(report, "no_file").ShouldContain("no_file.json");
        Message(report, "no_json").ShouldContain("no JSON");
        Message(report, "no_object").ShouldContain("expected an object");
        Message(report, "no_inputs").ShouldContain("'inputs' is missing");
        Message(report, "activation_relu").ShouldContain("inputs.x: 33 elements in data, but the shape [3, 12] holds 36");
        Message(report, "activation_tanh").ShouldContain("kind is 'recipe'");
        Message(report, "activation_elu").ShouldContain("lacks 'alpha'");
        Message(report, "activation_selu").ShouldContain("'many' is no number");
        Message(report, "activation_silu").ShouldContain("outputs.y");
    }

    [Fact]
    public void TheReportListsFailuresThenCountsByKind()
    {
        _folder
            .With("activation_relu", _ => { })
            .With("activation_tanh", root => root["outputs"]!["y"]!["data"]![5] = 77.5)
            .With("loss_mse_sum", root => root["config"]!["function"] = "wasserstein");
        var text = new StringWriter { NewLine = "\n" };

        _folder.Run().Write(text, listUnsupported: true);

        var lines = text.ToString().TrimEnd('\n').Split('\n');
        lines[0].ShouldStartWith("FAILED activation_tanh (float): y[5]");
        lines.ShouldContain("unsupported loss_mse_sum: no loss 'wasserstein'");
        lines.ShouldContain("activation                     1           1           0");
        lines[^1].ShouldBe("1 passed, 1 failed, 1 unsupported");
    }

    private static void Add(JsonNode data, int index, double change) => data[index] = (double)data[index]! + change;

    private static Outcome Outcome(Report report, string name) => report.Outcomes.Single(outcome => outcome.Name == name);

    private static string Message(Report report, string name) => Outcome(report, name).Messages[0];
}
