using System.Numerics;
using System.Runtime.Intrinsics;
using NetDsl.Kernels.Optimizers;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests.Optimizers;

/// <summary>The step within the product against the product and the step after it: bit by bit.</summary>
[Collection(nameof(WorkerPool))]
public sealed class DenseUpdateTests : IDisposable
{
    private static readonly int[] Sizes = [1, 2, 5, 6, 7, 12, 15, 16, 17, 31, 33, 48, 63, 64, 65, 100, 130];

    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Fact]
    public void EveryTileRemainderHasTheBitsOfProductAndStep()
    {
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var (rows, outputs, inputs) = (Pick(random), Pick(random), Pick(random));
            CheckAllRules<float>(rows, outputs, inputs);
            if (i % 4 == 0)
                CheckAllRules<double>(rows, outputs, inputs);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void SeveralTasksHaveThemOnAnyNumberOfThreads(int threads)
    {
        WorkerPool.Threads = threads;
        CheckAllRules<float>(10, 300, 1000);
        CheckAllRules<float>(64, 517, 260);
        CheckAllRules<float>(1024, 130, 97);
        CheckAllRules<double>(512, 70, 200);
    }

    [Fact]
    public void LongerSumsThanOneBlockAreLeftToTheProduct()
    {
        DenseUpdate.Covers<float>(0).ShouldBeFalse();
        DenseUpdate.Covers<float>(1024).ShouldBeTrue();
        DenseUpdate.Covers<float>(1025).ShouldBeFalse();
        DenseUpdate.Covers<double>(512).ShouldBeTrue();
        DenseUpdate.Covers<double>(513).ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => Run(1025, 1025 * 4, 1025 * 3, 12, 12)).Message.ShouldContain("take Dense.BackwardWeight and Update.Run");
        Should.Throw<ArgumentOutOfRangeException>(() => Run(0, 0, 0, 12, 12)).ParamName.ShouldBe("rows");
    }

    [Fact]
    public void WrongLengthsAreTold()
    {
        Run(2, 8, 6, 12, 12);
        Should.Throw<ArgumentException>(() => Run(2, 7, 6, 12, 12)).ParamName.ShouldBe("dz");
        Should.Throw<ArgumentException>(() => Run(2, 8, 5, 12, 12)).ParamName.ShouldBe("x");
        Should.Throw<ArgumentException>(() => Run(2, 8, 6, 11, 12)).ParamName.ShouldBe("w");
        Should.Throw<ArgumentException>(() => Run(2, 8, 6, 12, 13)).ParamName.ShouldBe("s1");
        var adam = new AdamRule<float>(0.01, 0.9, 0.999, 1e-8, 0, 0.1, 0.001);
        Should.Throw<ArgumentException>(() => DenseUpdate.Run(new float[8], new float[6], 2, 4, 3, new float[12], new float[12], new float[11], adam)).ParamName.ShouldBe("s2");
        Should.Throw<ArgumentOutOfRangeException>(() => DenseUpdate.Run(new float[8], new float[6], 2, -4, 3, new float[12], new float[12], new float[12], adam));
    }

    [Fact]
    public void LayersWithoutWeightsHaveNothingToStep()
    {
        DenseUpdate.Run([], new float[6], 2, 0, 3, [], [], default, new SgdRule<float>(0.1, 0));
        DenseUpdate.Run(new float[8], [], 2, 4, 0, [], [], default, new SgdRule<float>(0.1, 0));
    }

    // Four outputs, three inputs.
    private static void Run(int rows, int dz, int x, int w, int s1) =>
        DenseUpdate.Run(new float[dz], new float[x], rows, 4, 3, new float[w], new float[s1], default, new MomentumRule<float>(0.1, 0.9, 0, 0, nesterov: false));

    private static int Pick(Random random) => Sizes[random.Next(Sizes.Length)];

    private static void CheckAllRules<T>(int rows, int outputs, int inputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckAllWidths<T, SgdRule<T>>(rows, outputs, inputs, new(0.1, 0.01));
        CheckAllWidths<T, MomentumRule<T>>(rows, outputs, inputs, new(0.1, 0.9, 0.1, 0.01, nesterov: true));
        CheckAllWidths<T, MomentumTextbookRule<T>>(rows, outputs, inputs, new(0.1, 0.9, nesterov: true));
        CheckAllWidths<T, AdamRule<T>>(rows, outputs, inputs, new(0.01, 0.9, 0.999, 1e-8, 0.01, 0.1, 0.001));
    }

    private static void CheckAllWidths<T, TRule>(int rows, int outputs, int inputs, TRule rule)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : struct, IUpdateRule<T>
    {
        if (Vector512.IsHardwareAccelerated)
            Check<T, Simd512<T>, TRule>(rows, outputs, inputs, rule);
        Check<T, Simd256<T>, TRule>(rows, outputs, inputs, rule);
        Check<T, Simd128<T>, TRule>(rows, outputs, inputs, rule);
        Check<T, Simd1<T>, TRule>(rows, outputs, inputs, rule);
    }

    private static void Check<T, V, TRule>(int rows, int outputs, int inputs, TRule rule)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ISimd<V, T>
        where TRule : struct, IUpdateRule<T>
    {
        var n = outputs * inputs;
        var dz = Reference.Uniform<T>(rows * outputs, 1);
        var x = Reference.Uniform<T>(rows * inputs, 2);
        var w = Reference.Uniform<T>(n, 3);
        var s1 = Reference.Uniform<T>(n, 4);
        // Second moments, so that their roots are numbers.
        var s2 = Reference.Uniform<T>(n, 5).Select(T.Abs).ToArray();
        var (expected, expected1, expected2, g) = (w.ToArray(), s1.ToArray(), s2.ToArray(), new T[n]);
        Gemm.Multiply<T, V, Store<T>>(Transpose.Yes, Transpose.No, outputs, inputs, rows, dz, x, g, default);
        Update.Run(expected, g, expected1, expected2, rule);

        DenseUpdate.Run<T, V, TRule>(dz, x, rows, outputs, inputs, w, TRule.StateCount > 0 ? s1 : default, TRule.StateCount > 1 ? s2 : default, rule);
        var what = $"{typeof(V).Name} {typeof(TRule).Name} {rows}: {outputs}×{inputs}";
        w.ShouldBe(expected, what);
        if (TRule.StateCount > 0)
            s1.ShouldBe(expected1, what);
        if (TRule.StateCount > 1)
            s2.ShouldBe(expected2, what);
    }
}
