using System.Globalization;
using NetDsl.Kernels;
using NetDsl.Kernels.Threading;

namespace NetDsl.Benchmarks;

/// <summary>Matrix products in the three forms that a dense layer needs, as a share of the machine's FMA peak measured beside them.</summary>
internal static class GemmBenchmark
{
    public static int Run(double seconds)
    {
        var peak = FmaPeak.Print(seconds);
        foreach (var (m, k, n) in new[] { (1024, 1024, 1024), (64, 784, 512), (64, 512, 256), (64, 256, 10), (16, 960, 4), (1, 784, 512), (64, 2500, 2000) })
        {
            // y = x·wᵀ, dx = dy·w, dw = dyᵀ·x for x [m×k], w [n×k].
            Form("forward (NT)", m, n, k, Transpose.No, Transpose.Yes);
            Form("input gradient (NN)", m, k, n, Transpose.No, Transpose.No);
            Form("weight gradient (TN)", n, k, m, Transpose.Yes, Transpose.No);
        }

        return 0;

        void Form(string form, int m, int n, int k, Transpose transposeA, Transpose transposeB)
        {
            var random = new Random(1);
            var a = Enumerable.Range(0, m * k).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var b = Enumerable.Range(0, k * n).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var c = new float[m * n];
            var timing = Timing.Measure(() => Gemm.Multiply(transposeA, transposeB, m, n, k, a, b, c, default(Store<float>)), seconds);
            var gflops = 2.0 * m * n * k / timing.MedianSeconds / 1e9;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $$"""{"gemm": "{{form}}", "m": {{m}}, "n": {{n}}, "k": {{k}}, "threads": {{WorkerPool.Threads}}, "median_s": {{timing.MedianSeconds:G4}}, "gflops": {{gflops:F1}}, "percent_of_peak": {{100 * gflops / peak:F1}}}"""));
        }
    }
}
