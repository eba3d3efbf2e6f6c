using NetDsl.Gpu.Oracle;
using NetDsl.Kernels.Ilgpu;
using NetDsl.Oracle;

if (Command.Read(args) is not { } command)
    return 2;

GpuDevice device;
try
{
    device = DevicePlatform.Open(command.Device ?? "gpu");
}
catch (Exception exception) when (exception is NotSupportedException or ArgumentException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

using (device)
{
    Console.WriteLine($"on {device.Info}");
    return command.Run(new DevicePlatform(device, command.Precisions));
}
