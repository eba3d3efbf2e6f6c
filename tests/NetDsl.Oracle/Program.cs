using NetDsl.Oracle;

return Command.Read(args) switch
{
    null => 2,
    { Device: not null } => DeviceRun.Start(args),
    var command => command.Run(new Cpu(command.Precisions)),
};
