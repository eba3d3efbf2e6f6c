using System.Numerics;
using NetDsl.Kernels.Simd;
using NetDsl.Kernels.Threading;

namespace NetDsl.Kernels.Tests;

[Collection(nameof(WorkerPool))]
public sealed class GemmTests : IDisposable
{
    private static readonly int[] Sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 100];

    private readonly int _threads = WorkerPool.Threads;

    public static TheoryData<Transpose, Transpose> Forms => new()
    {
        { Transpose.No, Transpose.No },
        { Transpose.No, Transpose.Yes },
        { Transpose.Yes, Transpose.No },
        { Transpose.Yes, Transpose.Yes },
    };

    public void Dispose() => WorkerPool.Threads = _threads;

    [Theory]
    [MemberData(nameof(Forms))]
    public void EveryTileRemainderIsRight(Transpose transposeA, Transpose transposeB)
    {
        var random = new Random(1);
        for (var i = 0; i < 120; i++)
        {
            var (m, n, k) = (Pick(random), Pick(random), Pick(random));
            CheckAllWidths<float>(transposeA, transposeB, m, n, k);
            if (i % 4 == 0)
                CheckAllWidths<double>(transposeA, transposeB, m, n, k);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void EveryExtentFrom0To256IsRight(Transpose transposeA, Transpose transposeB)
    {
        for (var extent = 0; extent <= 256; extent++)
        {
            Check<float>(transposeA, transposeB, 7, extent, 9);
            Check<float>(transposeA, transposeB, extent, 21, 5);
            Check<float>(transposeA, transposeB, 18, 3, extent);
            Check<double>(transposeA, transposeB, 5, 19, extent);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void SeveralBlocksOfDepthAndSeveralTasksAreRight(Transpose transposeA, Transpose transposeB)
    {
        Check<float>(transposeA, transposeB, 30, 75, 2100);
        Check<float>(transposeA, transposeB, 110, 70, 1030);
        Check<float>(transposeA, transposeB, 150, 220, 130);
        Check<float>(transposeA, transposeB, 8, 40, 4000);
        Check<float>(transposeA, transposeB, 1, 700, 3500);
        Check<double>(transposeA, transposeB, 100, 130, 600);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void RoundingStaysWithinTheBoundOfASumOfKTerms(Transpose transposeA, Transpose transposeB)
    {
        const int M = 67, N = 83, K = 501;
        var a = Reference.Uniform<float>(M * K, 1);
        var b = Reference.Uniform<float>(K * N, 2);
        var c = new float[M * N];
        Gemm.Multiply<float, Store<float>>(transposeA, transposeB, M, N, K, a, b, c, default);
        var expected = Reference.Multiply(transposeA, transposeB, M, N, K, a, b);
        for (var i = 0; i < c.Length; i++)
            Math.Abs(c[i] - expected[i]).ShouldBeLessThan(K * 6e-8);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void TheBitsAreTheSameForEveryNumberOfThreads(Transpose transposeA, Transpose transposeB)
    {
        foreach (var (m, n, k) in new[] { (64, 500, 300), (100, 90, 1500), (3, 1200, 900), (300, 12, 1000), (1, 512, 784), (701, 2, 500) })
        {
            var a = Reference.Uniform<float>(m * k, 3);
            var b = Reference.Uniform<float>(k * n, 4);
            float[]? first = null;
            foreach (var threads in new[] { 1, 2, 3, 5 })
            {
                WorkerPool.Threads = threads;
                var c = new float[m * n];
                Gemm.Multiply<float, Store<float>>(transposeA, transposeB, m, n, k, a, b, c, default);
                first ??= c;
                c.AsSpan().SequenceEqual(first).ShouldBeTrue($"{m}×{n}×{k} with {threads} threads");
            }
        }
    }

    [Theory]
    [InlineData(1, 512, 784)]
    [InlineData(2, 301, 600)]
    [InlineData(701, 1, 500)]
    public void FewRowsAreCutByWhatTheyRead(int m, int n, int k) => Check<float>(Transpose.No, Transpose.Yes, m, n, k);

    [Theory]
    [MemberData(nameof(Forms))]
    public void NothingIsAllocatedOnceTheBuffersStand(Transpose transposeA, Transpose transposeB)
    {
        WorkerPool.Threads = 2;
        foreach (var (m, n, k) in new[] { (2, 8, 3), (64, 200, 300), (10, 33, 1200) })
        {
            float[] a = new float[m * k], b = new float[k * n], c = new float[m * n];
            for (var warmUp = 0; warmUp < 3; warmUp++)
                Gemm.Multiply(transposeA, transposeB, m, n, k, a, b, c, new Accumulate<float>(c, n));
            var before = GC.GetAllocatedBytesForCurrentThread();
            Gemm.Multiply(transposeA, transposeB, m, n, k, a, b, c, new Accumulate<float>(c, n));
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        }
    }

    [Fact]
    public void AnInfiniteOperandBesideTheMaskedTailDoesNoHarm()
    {
        // The last vector along k of row 1 reaches back over elements that are counted already.
        const int K = 18;
        var a = new float[2 * K];
        var b = new float[2 * K];
        Array.Fill(a, 1);
        Array.Fill(b, 1);
        a[3] = float.PositiveInfinity;
        var c = new float[4];
        Gemm.Multiply<float, Store<float>>(Transpose.No, Transpose.Yes, 2, 2, K, a, b, c, default);
        c.ShouldBe([float.PositiveInfinity, float.PositiveInfinity, K, K]);
    }

    [Theory]
    [InlineData(5, 6, 4, "a has 5 elements, but 2×3 = 6")]
    [InlineData(6, 7, 4, "b has 7 elements, but 3×2 = 6")]
    [InlineData(6, 6, 5, "c has 5 elements, but 2×2 = 4")]
    public void AWrongLengthIsNamed(int a, int b, int c, string message) =>
        Should.Throw<ArgumentException>(() => Gemm.Multiply<float, Store<float>>(
            Transpose.No, Transpose.No, 2, 2, 3, new float[a], new float[b], new float[c], default)).Message.ShouldContain(message);

    [Fact]
    public void ANegativeSizeIsRefused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => Gemm.Multiply<float, Store<float>>(Transpose.No, Transpose.No, -1, 0, 0, [], [], [], default));

    private static int Pick(Random random) => Sizes[random.Next(Sizes.Length)];

    private static void Check<T>(Transpose transposeA, Transpose transposeB, int m, int n, int k)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var a = Reference.Integers<T>(m * k, 1);
        var b = Reference.Integers<T>(k * n, 2);
        var expected = Reference.Multiply(transposeA, transposeB, m, n, k, a, b);
        var context = $"{typeof(T).Name} {m}×{n}×{k}";

        var c = new T[m * n];
        Gemm.Multiply<T, Store<T>>(transposeA, transposeB, m, n, k, a, b, c, default);
        Compare(c, expected, context);

        Gemm.Multiply(transposeA, transposeB, m, n, k, a, b, c, new Accumulate<T>(c, n));
        Compare(c, [.. expected.Select(value => 2 * value)], context + " accumulated");

        var visits = new int[m * n];
        Gemm.Multiply(transposeA, transposeB, m, n, k, a, b, c, new Visits<T>(visits, n));
        Compare(c, [.. expected.Select((value, i) => value + double.CreateChecked(Visits<T>.Position(i / n, i % n)))], context + " with positions");
        visits.ShouldAllBe(count => count == 1);
    }

    private static void CheckAllWidths<T>(Transpose transposeA, Transpose transposeB, int m, int n, int k)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var a = Reference.Integers<T>(m * k, 1);
        var b = Reference.Integers<T>(k * n, 2);
        var expected = Reference.Multiply(transposeA, transposeB, m, n, k, a, b);
        CheckWidth<T, Simd512<T>>(transposeA, transposeB, m, n, k, a, b, expected);
        CheckWidth<T, Simd256<T>>(transposeA, transposeB, m, n, k, a, b, expected);
        CheckWidth<T, Simd128<T>>(transposeA, transposeB, m, n, k, a, b, expected);
        CheckWidth<T, Simd1<T>>(transposeA, transposeB, m, n, k, a, b, expected);
    }

    private static void CheckWidth<T, V>(Transpose transposeA, Transpose transposeB, int m, int n, int k, T[] a, T[] b, double[] expected)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ISimd<V, T>
    {
        var c = new T[m * n];
        Array.Fill(c, T.One);
        Gemm.Multiply<T, V, Accumulate<T>>(transposeA, transposeB, m, n, k, a, b, c, new Accumulate<T>(c, n));
        Compare(c, [.. expected.Select(value => value + 1)], $"{typeof(V).Name} of {typeof(T).Name}, {m}×{n}×{k}");
    }

    private static void Compare<T>(T[] actual, double[] expected, string context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < actual.Length; i++)
        {
            if (double.CreateChecked(actual[i]) != expected[i])
                Assert.Fail($"{context}: element {i} is {actual[i]}, not {expected[i]}");
        }
    }
}
