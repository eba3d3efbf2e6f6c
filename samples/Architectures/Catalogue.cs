using NetDsl;

namespace Architectures;

/// <summary>The networks, each with the number of its parameters as others count it.</summary>
public static class Catalogue
{
    /// <summary>All networks, with the published count and who published it; where no one did, the sum of the layers.</summary>
    public static IReadOnlyList<(NetworkDescription Description, long Published, string Source)> All { get; } =
    [
        (LeNet1.Description, 3_246, "sum of the layers; the original with its table has 2,578"),
        (LeNet5.Description, 61_706, "PyTorch's and Keras's tutorials; the original with its table has 60,000"),
        (NielsenNet.Description, 1_672_570, "sum of the layers"),
        (AlexNet.Description, 61_100_840, "torchvision"),
        (Vgg16.Description, 138_357_544, "torchvision; the paper says 138 million"),
        (GoogLeNet.Description, 6_624_904, "torchvision without auxiliary classifiers"),
        (GoogLeNetInTraining.Description, 13_004_888, "torchvision with auxiliary classifiers"),
        (ResNet20.Description, 269_722, "the paper says 0.27 million"),
        (ResNet50.Description, 25_557_032, "torchvision"),
        (ResNet152.Description, 60_192_808, "torchvision"),
        (DcganGenerator.Description, 3_576_704, "PyTorch's tutorial"),
        (DcganDiscriminator.Description, 2_765_568, "PyTorch's tutorial"),
        (Autoencoder.Description, 2_837_314, "sum of the layers"),
    ];
}
