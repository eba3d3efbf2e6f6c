using NetDsl.Oracle;

const string ListUnsupported = "--list-unsupported";

var folders = args.Where(argument => argument != ListUnsupported).ToArray();
if (folders is not [var folder] || !Directory.Exists(folder))
{
    Console.Error.WriteLine($"Usage: NetDsl.Oracle FOLDER [{ListUnsupported}], FOLDER one that exists with cases as JSON files.");
    return 2;
}

var report = OracleRun.Folder(folder);
report.Write(Console.Out, args.Contains(ListUnsupported));
return report.Failed == 0 ? 0 : 1;
