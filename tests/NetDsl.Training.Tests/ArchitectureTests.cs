using Architectures;

namespace NetDsl.Training.Tests;

/// <summary>The networks of samples/Architectures.</summary>
public class ArchitectureTests
{
    // Where the numbers come from stands in the sample's Catalogue.cs.
    [Theory]
    [InlineData(nameof(LeNet1), 3_246)]
    [InlineData(nameof(LeNet5), 61_706)]
    [InlineData(nameof(NielsenNet), 1_672_570)]
    [InlineData(nameof(AlexNet), 61_100_840)]
    [InlineData(nameof(Vgg16), 138_357_544)]
    [InlineData(nameof(GoogLeNet), 6_624_904)]
    [InlineData(nameof(GoogLeNetInTraining), 13_004_888)]
    [InlineData(nameof(ResNet20), 269_722)]
    [InlineData(nameof(ResNet50), 25_557_032)]
    [InlineData(nameof(ResNet152), 60_192_808)]
    [InlineData(nameof(DcganGenerator), 3_576_704)]
    [InlineData(nameof(DcganDiscriminator), 2_765_568)]
    [InlineData(nameof(Autoencoder), 2_837_314)]
    public void Networks_have_as_many_parameters_as_published(string network, long parameters)
    {
        var (description, published, _) = Catalogue.All.Single(entry => entry.Description.Name == network);
        description.ParameterCount.ShouldBe(parameters);
        published.ShouldBe(parameters);
    }

    // Multiply-adds of convolutions and dense layers, as torchvision's table of models has them; the rest is biases, normalisation, activations, pooling.
    [Theory]
    [InlineData(nameof(AlexNet), 0.71e9)]
    [InlineData(nameof(Vgg16), 15.47e9)]
    [InlineData(nameof(ResNet50), 4.09e9)]
    [InlineData(nameof(ResNet152), 11.51e9)]
    public void Their_products_are_nearly_all_of_their_operations(string network, double multiplyAdds)
    {
        var flops = Catalogue.All.Single(entry => entry.Description.Name == network).Description.Flops;
        (flops / (2 * multiplyAdds)).ShouldBeInRange(1, 1.02);
    }

    // Szegedy et al. 2015, section 5: the discount weight of the auxiliary losses.
    [Fact]
    public void Auxiliary_classifiers_are_losses_of_weight_0_3_that_inference_leaves_behind()
    {
        GoogLeNetInTraining.Description.Loss.ShouldBe("softmax_cross_entropy (mean) + 0.3 · softmax_cross_entropy (mean) + 0.3 · softmax_cross_entropy (mean)");
        GoogLeNetInTraining.Description.Layers.Single(layer => layer.Name == "first.auxiliary1.averagePool1").OutputShape.ShouldBe([512, 4, 4]);
        GoogLeNetInTraining.Description.Layers.Single(layer => layer.Name == "second.auxiliary1.averagePool1").OutputShape.ShouldBe([528, 4, 4]);

        var (trained, deployed) = (new GoogLeNetInTraining.Parameters(seed: 1), new GoogLeNet.Parameters(seed: 2));
        deployed.CopyMatching(trained).Copied.Count.ShouldBe(deployed.Tensors.Count);
    }

    [Fact]
    public void A_workspace_of_few_large_samples_has_no_room_for_more()
    {
        new AlexNet.Workspace(5, training: false).Bytes.ShouldBe(5 * AlexNet.Description.InferenceBytes);
        // Where it costs little, offsets are rounded to cache lines.
        new LeNet1.Workspace(5, training: false).Bytes.ShouldBe(16 * LeNet1.Description.InferenceBytes);
    }
}
