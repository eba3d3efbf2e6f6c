using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;

namespace NetDsl.Kernels.Ilgpu.Device;

/// <summary>Finds the drivers under the names that they have where no development package is installed.</summary>
internal static class NativeLibraries
{
    private static readonly (string Asked, string Installed)[] Linux = [("OpenCL", "libOpenCL.so.1"), ("cuda", "libcuda.so.1")];

    /// <summary>Sets the names, once a process and before ILGPU asks for them.</summary>
    public static void Register() => RuntimeHelpers.RunClassConstructor(typeof(Registration).TypeHandle);

    private static nint Resolve(string name)
    {
        foreach (var (asked, installed) in Linux)
        {
            if (name == asked && OperatingSystem.IsLinux() && NativeLibrary.TryLoad(installed, out var handle))
                return handle;
        }

        return 0;
    }

    private static class Registration
    {
        static Registration()
        {
            try
            {
                NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, _, _) => Resolve(name));
            }
            catch (InvalidOperationException)
            {
                // The program has a resolver of its own for ILGPU, and knows better.
            }
        }
    }
}
