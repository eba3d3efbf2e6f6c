using NetDsl;

namespace Samples;

/// <summary>Where the networks run; this build has the CPU alone.</summary>
internal sealed class Device : IDisposable
{
    /// <summary>Opens a device by its name on the command line.</summary>
    /// <exception cref="NotSupportedException">It isn't the CPU.</exception>
    public static Device Open(string name) => name == "cpu" ? new Device() : throw new NotSupportedException(
        $"This build has no kernels for '{name}'. Build with them, which takes the package ILGPU 1.5.3 from nuget.org or another package source of yours:\n"
        + $"    dotnet run -c Release --project samples/Mnist -p:Gpu=true -- --device {name} --data FOLDER");

    public INetwork<float, int> On(MnistNet network) => network;

    public INetwork<float, int> On(LeNet network) => network;

    /// <summary>The CPU's code needs no step of its own to be compiled.</summary>
    public void Load(Action step)
    {
    }

    /// <summary>Tells the time that compiling has taken, where there is one.</summary>
    public void Report()
    {
    }

    public void Dispose()
    {
    }
}
