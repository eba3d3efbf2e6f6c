using NetDsl.Gpu.Tests.Support;
using NetDsl.Kernels.Ilgpu;

namespace NetDsl.Gpu.Tests.Kernels;

/// <summary>How large batches are laid out.</summary>
public class GridTests
{
    private const int Rows = 9_000_000;

    /// <summary>CUDA takes 65,535 groups along the second and third axis.</summary>
    [Fact]
    public void Nine_million_samples_fit_a_grid()
    {
        using var run = new DryRun();
        List<(int X, int Y, int Z)> grids = [];
        run.Device.Core.Log = launch => grids.Add((launch.Grid.X, launch.Grid.Y, launch.Grid.Z));
        var (samples, weight, bias) = (run.Device.Allocate<float>(Rows).View, run.Device.Allocate<float>(1).View, run.Device.Allocate<float>(1).View);
        Dense.Forward<float, One, Store<float>>(samples, weight, samples, Rows, default);
        Dense.BackwardInput<float, One, Store<float>>(samples, weight, samples, Rows, default);
        Dense.BackwardParameters<float, One>(samples, samples, weight, bias, Rows, false);
        grids.Count.ShouldBe(4);
        grids.ShouldAllBe(grid => grid.Y == 1 && grid.Z <= 65_535);
        grids[0].X.ShouldBe((Rows + 127) / 128);
    }

    [Fact]
    public void More_threads_than_devices_count_are_refused()
    {
        using var run = new DryRun();
        Should.Throw<NotSupportedException>(() => run.Device.Core.Launch(Work.Grid(1 << 24), 256, new FillKernel<float>())).Message.ShouldContain("smaller batches");
    }

    private readonly struct One : IDenseShape
    {
        public static int Inputs => 1;

        public static int Outputs => 1;
    }
}
