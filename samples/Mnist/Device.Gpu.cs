using System.Globalization;
using NetDsl;
using NetDsl.Kernels.Ilgpu;
using Spectre.Console;

namespace Samples;

/// <summary>Where the networks run: on the CPU, or on a device, whose kernels are compiled when they are first used.</summary>
internal sealed class Device : IDisposable
{
    private readonly GpuDevice? _gpu;
    private Action<KernelLoad>? _show;
    private TimeSpan _loading;
    private (int Count, TimeSpan Duration) _reported;
    private int _kernels;

    private Device(GpuDevice? gpu)
    {
        _gpu = gpu;
        if (gpu is null)
            return;
        Console.WriteLine($"device: {gpu.Info}");
        gpu.KernelLoaded += load =>
        {
            _loading += load.Duration;
            _kernels++;
            _show?.Invoke(load);
        };
    }

    /// <summary>Opens a device by its name on the command line.</summary>
    /// <exception cref="NotSupportedException">There is none of that name; the message says what there is.</exception>
    public static Device Open(string name) => new(name switch
    {
        "cuda" => GpuDevice.Cuda(),
        "opencl" => GpuDevice.OpenCL(),
        "gpu" => GpuDevice.Best(),
        _ => null,
    });

    public INetwork<float, int> On(MnistNet network) => _gpu is null ? network : network.On(_gpu);

    public INetwork<float, int> On(LeNet network) => _gpu is null ? network : network.On(_gpu);

    /// <summary>Runs a training step whose results nobody needs, so that the kernels are compiled, and shows each: a live line in a terminal, a line for each elsewhere.</summary>
    public void Load(Action step)
    {
        if (_gpu is null)
            return;
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
        {
            AnsiConsole.Status().Start("compiling kernels", context =>
            {
                _show = load => context.Status(Markup.Escape(Line(load)));
                step();
            });
        }
        else
        {
            _show = load => Console.WriteLine(Line(load));
            step();
        }

        _show = null;
        Report();
    }

    /// <summary>Tells the time that compiling has taken so far, unless it was told already.</summary>
    public void Report()
    {
        if (_reported == (_kernels, _loading))
            return;
        _reported = (_kernels, _loading);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_kernels} kernels compiled in {_loading.TotalSeconds:F2} s"));
    }

    public void Dispose() => _gpu?.Dispose();

    private string Line(KernelLoad load) => string.Create(CultureInfo.InvariantCulture, $"kernel {_kernels,2}  {load.Duration.TotalSeconds:F2} s  {load.Kernel}");
}
