using static NetDsl.Tests.Networks.Arenas;

namespace NetDsl.Tests.Core;

public sealed class CopyMatchingTests
{
    [Fact]
    public void What_has_its_like_is_copied_and_the_rest_stays()
    {
        var source = Make(("conv1.weight", [2, 3], true), ("conv1.bias", [2], true), ("head.weight", [4, 2], true));
        var target = Make(("conv1.weight", [2, 3], true), ("conv1.bias", [3], true), ("top.weight", [4, 2], true));
        source.Values.Fill(1);
        var report = target.CopyMatching(source);
        target["conv1.weight"].ToArray().ShouldAllBe(value => value == 1);
        target["conv1.bias"].ToArray().ShouldAllBe(value => value == 0);
        target["top.weight"].ToArray().ShouldAllBe(value => value == 0);
        report.Copied.Select(copy => copy.Tensor.Name).ShouldBe(["conv1.weight"]);
        report.Kept.Select(copy => copy.Tensor.Name).ShouldBe(["conv1.bias", "top.weight"]);
        report.Unused.Select(tensor => tensor.Name).ShouldBe(["conv1.bias", "head.weight"]);
        report.ToString().ShouldBe("""
            tensor                                            shape
            conv1.weight  copied                                2×3
            conv1.bias    kept: the source's conv1.bias is 2      3
            top.weight    kept: the source has no top.weight    4×2
            conv1.bias    unused, in the source alone             2
            head.weight   unused, in the source alone           4×2

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Equal_sizes_of_different_shape_are_different()
    {
        var source = Make(("a.weight", [2, 3], true), ("b.weight", [1], true));
        Make(("a.weight", [3, 2], true), ("b.weight", [1], true)).CopyMatching(source).Kept.Single().ToString().ShouldBe("kept: the source's a.weight is 2×3");
    }

    [Fact]
    public void Names_can_differ_and_tensors_can_be_left_out()
    {
        var source = Make(("encoder.conv1.weight", [2], true), ("encoder.dense1.weight", [3], true));
        var target = Make(("conv1.weight", [2], true), ("dense1.weight", [3], true));
        source.Values.Fill(1);
        var report = target.CopyMatching(source, name => name.StartsWith("dense", StringComparison.Ordinal) ? null : "encoder." + name);
        target["conv1.weight"].ToArray().ShouldBe([1, 1]);
        target["dense1.weight"].ToArray().ShouldBe([0, 0, 0]);
        report.Tensors.Select(copy => copy.ToString()).ShouldBe(["copied from encoder.conv1.weight", "left out"]);
    }

    [Fact]
    public void Whether_a_tensor_is_learnt_makes_no_difference()
    {
        var learnt = Make(("a.weight", [2], true), ("b.weight", [3], true));
        var frozen = Make(("b.weight", [3], true), ("a.weight", [2], false));
        learnt["a.weight"].Fill(1);
        learnt["b.weight"].Fill(2);
        frozen.CopyMatching(learnt).Kept.ShouldBeEmpty();
        frozen.State.ToArray().ShouldBe([1, 1]);
        var back = Make(("a.weight", [2], true), ("b.weight", [3], true));
        back.CopyMatching(frozen).Kept.ShouldBeEmpty();
        back.Values.ToArray().ShouldBe(learnt.Values.ToArray());
    }

    [Fact]
    public void Nothing_in_common_is_told()
    {
        var target = Make(("a.weight", [2], true));
        Should.Throw<ArgumentException>(() => target.CopyMatching(Make(("b.weight", [2], true)))).Message.ShouldContain("the source has no a.weight");
        Should.Throw<ArgumentException>(() => target.CopyMatching(Make(("a.weight", [3], true)))).Message.ShouldContain("the source's a.weight is 3");
        Should.Throw<ArgumentNullException>(() => target.CopyMatching(null!));
    }
}
