using System.Globalization;
using System.Runtime.CompilerServices;
using NetDsl.Kernels;
using NetDsl.Kernels.Threading;

namespace NetDsl.Benchmarks;

/// <summary>The three products of known networks' convolutions, as a share of the machine's FMA peak measured beside them.</summary>
internal static class ConvBenchmark
{
    public static int Run(double seconds)
    {
        var peak = FmaPeak.Print(seconds);
        Layer<Lenet1>("lenet 1", 64);
        Layer<Lenet2>("lenet 2", 64);
        Layer<Lenet1>("lenet 1", 10);
        Layer<Lenet2>("lenet 2", 10);
        Layer<Vggish1>("vggish 1", 32);
        Layer<Vggish2>("vggish 2", 32);
        Layer<Vggish3>("vggish 3", 32);
        Layer<Vggish4>("vggish 4", 32);
        Layer<Resnet16>("resnet-20 stage 1", 32);
        Layer<Resnet32>("resnet-20 stage 2", 32);
        Layer<Resnet64>("resnet-20 stage 3", 32);
        Layer<ResnetDown>("resnet-20 downward", 32);
        Layer<ResnetProjection>("resnet-20 projection", 32);
        Layer<Bottleneck>("resnet-50 bottleneck", 8);
        Layer<Depthwise>("depthwise", 8);
        BehindPooling<Lenet1>("lenet 1", 64);
        BehindPooling<Lenet2>("lenet 2", 64);
        BehindPooling<Vggish1>("vggish 1", 32);
        BehindPooling<Vggish2>("vggish 2", 32);
        BehindPooling<Vggish4>("vggish 4", 32);
        return 0;

        void Layer<TSizes>(string layer, int batch)
            where TSizes : struct, ISquare
        {
            var s = TSizes.Sizes;
            var random = new Random(1);
            var (x, w, y) = (Fill(batch * s.In * s.Size * s.Size), Fill(s.Out * s.In / s.Groups * s.Kernel * s.Kernel), Fill(batch * s.Out * s.Results * s.Results));
            var (dx, dw, db) = (Fill(x.Length), Fill(w.Length), Fill(s.Out));
            var flops = 2.0 * batch * s.Results * s.Results * w.Length;
            Product("forward", () => Convolution.Forward<float, Square<TSizes>, Store<float>>(x.Span, w.Span, y.Span, batch, default));
            Product("input gradient", () => Convolution.BackwardInput<float, Square<TSizes>, Store<float>>(y.Span, w.Span, dx.Span, batch, default));
            Product("weight gradient", () => Convolution.BackwardParameters<float, Square<TSizes>>(y.Span, x.Span, dw.Span, db.Span, batch, accumulate: false));

            void Product(string product, Action call) => Print(layer, batch, s, product, call, flops);

            Memory<float> Fill(int length) => ConvBenchmark.Fill(random, length);
        }

        // Gradients as ReLU and a pooling of 2×2 leave them: one in a window, or none.
        void BehindPooling<TSizes>(string layer, int batch)
            where TSizes : struct, ISquare
        {
            var s = TSizes.Sizes;
            var random = new Random(1);
            Memory<float> Fill(int length) => ConvBenchmark.Fill(random, length);
            var (x, w, dy) = (Fill(batch * s.In * s.Size * s.Size), Fill(s.Out * s.In * s.Kernel * s.Kernel), Fill(batch * s.Out * s.Results * s.Results));
            var (dx, dw, db) = (Fill(x.Length), Fill(w.Length), Fill(s.Out));
            for (var line = 0; line < batch * s.Out * s.Results; line += 2)
            {
                for (var column = 0; column < s.Results; column += 2)
                {
                    var kept = random.Next(8);
                    for (var i = 0; i < 4; i++)
                    {
                        if (i != kept)
                            dy.Span[(line + i / 2) * s.Results + column + i % 2] = 0;
                    }
                }
            }
            var flops = 2.0 * batch * s.Results * s.Results * w.Length;
            Print(layer, batch, s, "input gradient behind ReLU and max pooling", () => Convolution.BackwardInput<float, Pooled<TSizes>, Store<float>>(dy.Span, w.Span, dx.Span, batch, default), flops);
            Print(layer, batch, s, "weight gradient behind ReLU and max pooling", () => Convolution.BackwardParameters<float, Pooled<TSizes>>(dy.Span, x.Span, dw.Span, db.Span, batch, accumulate: false), flops);
        }

        void Print(string layer, int batch, SquareSizes s, string product, Action call, double flops)
        {
            var timing = Timing.Measure(call, seconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $$"""{"convolution": "{{layer}}", "batch": {{batch}}, "sizes": "{{s}}", "product": "{{product}}", "threads": {{WorkerPool.Threads}}, "median_s": {{timing.MedianSeconds:G4}}, "min_s": {{timing.MinSeconds:G4}}, "percent_of_peak": {{100 * flops / timing.MedianSeconds / 1e9 / peak:F1}}, "percent_at_best": {{100 * flops / timing.MinSeconds / 1e9 / peak:F1}}}"""));
        }
    }

    // At the start of a cache line, as a network's values are.
    private static unsafe Memory<float> Fill(Random random, int length)
    {
        const int Line = 64;
        var array = GC.AllocateArray<float>(length + Line / sizeof(float), pinned: true);
        for (var i = 0; i < array.Length; i++)
            array[i] = random.NextSingle() - 0.5f;
        var past = (int)((nuint)Unsafe.AsPointer(ref array[0]) % Line);
        return array.AsMemory((Line - past) % Line / sizeof(float), length);
    }
}

/// <summary>A square image and kernel.</summary>
internal readonly record struct SquareSizes(int In, int Out, int Size, int Kernel, int Stride = 1, int Pad = 0, int Groups = 1)
{
    public int Results => (Size + 2 * Pad - Kernel) / Stride + 1;

    public override string ToString() =>
        $"{In}→{Out} @{Size}², {Kernel}×{Kernel}{(Stride > 1 ? $", stride {Stride}" : "")}{(Pad > 0 ? $", pad {Pad}" : "")}{(Groups > 1 ? $", {Groups} groups" : "")}";
}

internal interface ISquare
{
    static abstract SquareSizes Sizes { get; }
}

internal readonly struct Square<TSizes> : IConvolutionShape
    where TSizes : struct, ISquare
{
    public static int InChannels => TSizes.Sizes.In;

    public static int OutChannels => TSizes.Sizes.Out;

    public static int Groups => TSizes.Sizes.Groups;

    public static int Height => TSizes.Sizes.Size;

    public static int Width => TSizes.Sizes.Size;

    public static int KernelHeight => TSizes.Sizes.Kernel;

    public static int KernelWidth => TSizes.Sizes.Kernel;

    public static int StrideHeight => TSizes.Sizes.Stride;

    public static int StrideWidth => TSizes.Sizes.Stride;

    public static int PadTop => TSizes.Sizes.Pad;

    public static int PadBottom => TSizes.Sizes.Pad;

    public static int PadLeft => TSizes.Sizes.Pad;

    public static int PadRight => TSizes.Sizes.Pad;
}

/// <summary>A square image and kernel, with a max pooling of 2×2 behind.</summary>
internal readonly struct Pooled<TSizes> : IConvolutionShape
    where TSizes : struct, ISquare
{
    public static int InChannels => TSizes.Sizes.In;

    public static int OutChannels => TSizes.Sizes.Out;

    public static int Groups => TSizes.Sizes.Groups;

    public static int Height => TSizes.Sizes.Size;

    public static int Width => TSizes.Sizes.Size;

    public static int KernelHeight => TSizes.Sizes.Kernel;

    public static int KernelWidth => TSizes.Sizes.Kernel;

    public static int StrideHeight => TSizes.Sizes.Stride;

    public static int StrideWidth => TSizes.Sizes.Stride;

    public static int PadTop => TSizes.Sizes.Pad;

    public static int PadBottom => TSizes.Sizes.Pad;

    public static int PadLeft => TSizes.Sizes.Pad;

    public static int PadRight => TSizes.Sizes.Pad;

    public static int ResultsPerGradient => 4;
}

internal readonly struct Lenet1 : ISquare
{
    public static SquareSizes Sizes => new(1, 20, 28, 5);
}

internal readonly struct Lenet2 : ISquare
{
    public static SquareSizes Sizes => new(20, 40, 12, 5);
}

internal readonly struct Vggish1 : ISquare
{
    public static SquareSizes Sizes => new(3, 32, 32, 3, Pad: 1);
}

internal readonly struct Vggish2 : ISquare
{
    public static SquareSizes Sizes => new(32, 32, 32, 3, Pad: 1);
}

internal readonly struct Vggish3 : ISquare
{
    public static SquareSizes Sizes => new(32, 64, 16, 3, Pad: 1);
}

internal readonly struct Vggish4 : ISquare
{
    public static SquareSizes Sizes => new(64, 64, 16, 3, Pad: 1);
}

internal readonly struct Resnet16 : ISquare
{
    public static SquareSizes Sizes => new(16, 16, 32, 3, Pad: 1);
}

internal readonly struct Resnet32 : ISquare
{
    public static SquareSizes Sizes => new(32, 32, 16, 3, Pad: 1);
}

internal readonly struct Resnet64 : ISquare
{
    public static SquareSizes Sizes => new(64, 64, 8, 3, Pad: 1);
}

internal readonly struct ResnetDown : ISquare
{
    public static SquareSizes Sizes => new(16, 32, 32, 3, Stride: 2, Pad: 1);
}

internal readonly struct ResnetProjection : ISquare
{
    public static SquareSizes Sizes => new(16, 32, 32, 1, Stride: 2);
}

internal readonly struct Bottleneck : ISquare
{
    public static SquareSizes Sizes => new(256, 64, 14, 1);
}

internal readonly struct Depthwise : ISquare
{
    public static SquareSizes Sizes => new(64, 64, 32, 3, Pad: 1, Groups: 64);
}
