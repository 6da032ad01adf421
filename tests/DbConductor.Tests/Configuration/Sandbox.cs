namespace DbConductor.Tests.Configuration;

/// <summary>A user's and a project's directory of their own, and environment variables that go away again.</summary>
internal sealed class Sandbox : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("dbconductor-tests-");
    private readonly List<string> _variables = [];

    public Sandbox()
    {
        Directory.CreateDirectory(Work);
        Locations = new() { UserFile = Path.Combine(_root.FullName, "home", "dbconductor", "dbconductor.json"), ProjectFile = Path.Combine(_root.FullName, "project", "dbconductor.json"), CurrentDirectory = Work };
    }

    public ProfileLocations Locations { get; }

    public string UserFile => Locations.UserFile!;

    public string ProjectFile => Locations.ProjectFile;

    public string Work => Path.Combine(_root.FullName, "project", "deep", "work");

    public List<string> Warnings { get; } = [];

    public Sandbox User(string json) => Write(UserFile, json);

    public Sandbox Project(string json) => Write(ProjectFile, json);

    public Sandbox Variable(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        _variables.Add(name);
        return this;
    }

    /// <summary>Writes a file that only its owner can read.</summary>
    public Sandbox Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return this;
    }

    public ProfileStore Store() => ProfileStore.Load(Locations);

    public AdapterProfile Resolve(string name, ProfileSettings? given = null, SecretVault? vault = null) => Store().Resolve(name, given, vault, Warnings.Add);

    public DbConductorException Refused(string name, SecretVault? vault = null) => Xunit.Assert.Throws<DbConductorException>(() => Resolve(name, null, vault));

    public void Dispose()
    {
        _variables.ForEach(name => Environment.SetEnvironmentVariable(name, null));
        _root.Delete(recursive: true);
    }
}
