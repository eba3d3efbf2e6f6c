using System.Globalization;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Benchmarks;

/// <summary>Matrix products in the three forms that a dense layer needs, as a share of the device's peak of multiply-adds measured beside them.</summary>
internal static class GemmBenchmark
{
    public static int Run(GpuDevice device, double seconds, int largest)
    {
        var peak = FmaPeak.Print(device, seconds);
        Forms<Square1024>(1024);
        Forms<Square4096>(4096);
        Forms<Dense784To512>(64);
        Forms<Dense784To512>(1024);
        Forms<Dense512To256>(64);
        Forms<Dense256To10>(64);
        Forms<Dense2500To2000>(64);
        return 0;

        void Forms<TShape>(int m)
            where TShape : struct, IDenseShape
        {
            var (k, n) = (TShape.Inputs, TShape.Outputs);
            if (Math.Max(m, Math.Max(k, n)) > largest)
                return;
            using var x = Random(m * k, 1);
            using var weight = Random(n * k, 2);
            using var y = Random(m * n, 3);
            using var dx = Random(m * k, 4);
            using var dWeight = Random(n * k, 5);
            using var dBias = Random(n, 6);
            Form("forward (NT)", m, n, k, () => Dense.Forward<float, TShape, Store<float>>(x.View, weight.View, y.View, m, default));
            Form("input gradient (NN)", m, k, n, () => Dense.BackwardInput<float, TShape, Store<float>>(y.View, weight.View, dx.View, m, default));
            Form("weight gradient (TN)", n, k, m, () => Dense.BackwardParameters<float, TShape>(y.View, x.View, dWeight.View, dBias.View, m, accumulate: false));
        }

        void Form(string form, int m, int n, int k, Action product)
        {
            var timing = DeviceTiming.Measure(device, product, seconds);
            var gflops = 2.0 * m * n * k / timing.MedianSeconds / 1e9;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $$"""{"gemm": "{{form}}", "m": {{m}}, "n": {{n}}, "k": {{k}}, "device": "{{device.Info.Name}}", "median_s": {{timing.MedianSeconds:G4}}, "gflops": {{gflops:F1}}, "percent_of_peak": {{100 * gflops / peak:F1}}}"""));
        }

        DeviceMemory<float> Random(int length, int seed)
        {
            var random = new Random(seed);
            var memory = device.Allocate<float>(length);
            memory.View.Upload(Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f).ToArray());
            return memory;
        }
    }

    internal readonly struct Square1024 : IDenseShape
    {
        public static int Inputs => 1024;

        public static int Outputs => 1024;
    }

    internal readonly struct Square4096 : IDenseShape
    {
        public static int Inputs => 4096;

        public static int Outputs => 4096;
    }

    internal readonly struct Dense784To512 : IDenseShape
    {
        public static int Inputs => 784;

        public static int Outputs => 512;
    }

    internal readonly struct Dense512To256 : IDenseShape
    {
        public static int Inputs => 512;

        public static int Outputs => 256;
    }

    internal readonly struct Dense256To10 : IDenseShape
    {
        public static int Inputs => 256;

        public static int Outputs => 10;
    }

    internal readonly struct Dense2500To2000 : IDenseShape
    {
        public static int Inputs => 2500;

        public static int Outputs => 2000;
    }
}
