using System.Text.Json.Nodes;

namespace NetDsl.Oracle.Tests;

/// <summary>A folder of cases for one test, which changes copies of the repository's.</summary>
internal sealed class CaseFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    /// <summary>Adds a copy of a case, changed.</summary>
    public CaseFolder With(string name, Action<JsonNode> change)
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", name + ".json")))!;
        change(root);
        return With(name, root.ToJsonString());
    }

    /// <summary>Adds a file.</summary>
    public CaseFolder With(string name, string text)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, name + ".json"), text);
        return this;
    }

    public Report Run() => OracleRun.Folder(_folder.FullName, new Cpu());

    public void Dispose() => _folder.Delete(recursive: true);
}
