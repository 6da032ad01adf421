using System.Runtime.Versioning;
using Xunit;

namespace DbConductor.Tests.Configuration;

public sealed class ProfileLayerTests : IDisposable
{
    private readonly Sandbox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public void A_later_source_wins_setting_by_setting_and_each_says_where_it_is_from()
    {
        _box.User("""{ "profiles": { "Wh1": { "type": "PostgreSql", "server": "user", "port": 1, "database": "user", "userName": "user", "timeout": 5 } } }""")
            .Project("""{ "Profiles": { "wh1": { "DATABASE": "project", "userName": "project", "options": { "Pooling": false } } } }""")
            .Variable("DBCONDUCTOR__PROFILES__WH1__USERNAME", "env")
            .Variable("DBCONDUCTOR__PROFILES__WH1__OPTIONS__Keepalive", "7");

        AdapterProfile profile = _box.Resolve("WH1", new() { Port = 4, Options = new Dictionary<string, string> { ["pooling"] = "true" } });

        Assert.Equal(("Wh1", "PostgreSql", "user", 4), (profile.Name, profile.Type, profile.Server, profile.Port));
        Assert.Equal(("project", "env", TimeSpan.FromSeconds(5)), (profile.Database, profile.UserName, profile.Timeout));
        Assert.Equal("true", profile.Options["Pooling"]);
        Assert.Equal("7", profile.Options["Keepalive"]);
        ProfileDescription shown = _box.Store().Describe("wh1");
        Assert.Equal((ProfileScope.User, _box.UserFile), (shown["server"]!.Scope, shown["server"]!.Source));
        Assert.Equal((ProfileScope.Project, _box.ProjectFile, "project"), (shown["database"]!.Scope, shown["database"]!.Source, shown["database"]!.Value));
        Assert.Equal((ProfileScope.Environment, "env"), (shown["userName"]!.Scope, shown["userName"]!.Value));
        Assert.Equal("Pooling", shown["options:Pooling"]!.Option);
        Assert.Empty(_box.Warnings);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    public void An_empty_value_takes_away_what_an_earlier_source_gave(string nothing)
    {
        _box.User("""{ "profiles": { "n": { "type": "Sqlite", "database": "a.db", "timeout": "1m" } } }""")
            .Project($$"""{ "profiles": { "n": { "timeout": {{nothing}} } } }""");

        Assert.Null(_box.Resolve("n").Timeout);
        Assert.Null(_box.Store().Describe("n")["timeout"]);
    }

    [Fact]
    public void A_relative_path_starts_from_the_file_that_names_it()
    {
        _box.Project("""{ "profiles": { "n": { "type": "Sqlite", "database": "a.db" } } }""");

        Assert.Equal(("a.db", Path.GetDirectoryName(_box.ProjectFile)), (_box.Resolve("n").Database, _box.Resolve("n").BaseDirectory));
        Assert.Null(_box.Resolve("n", new() { Database = "b.db" }).BaseDirectory);
    }

    [Fact]
    public void Comments_and_trailing_commas_and_files_that_are_missing_or_empty_are_fine()
    {
        Assert.Empty(_box.Store().Names);
        _box.User("").Project("\uFEFF// mine\n{ \"profiles\": { /* one */ \"n\": { \"type\": \"Sqlite\", }, }, }");

        Assert.Equal("Sqlite", _box.Resolve("n").Type);
    }

    [Fact]
    public void The_nearest_project_file_above_the_given_directory_counts()
    {
        Assert.Equal(Path.Combine(_box.Work, "dbconductor.json"), ProfileLocations.Find(_box.Work).ProjectFile);
        _box.Project("{}");
        Assert.Equal(_box.ProjectFile, ProfileLocations.Find(_box.Work).ProjectFile);
        string nearer = Path.Combine(Path.GetDirectoryName(_box.Work)!, "dbconductor.json");
        _box.Write(nearer, "{}");
        Assert.Equal(nearer, ProfileLocations.Find(_box.Work).ProjectFile);
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void A_file_in_a_directory_for_everybodys_temporary_files_is_passed_over()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no sticky bit");
        _box.Project("{}");
        string directory = Path.GetDirectoryName(_box.ProjectFile)!;
        File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);

        ProfileLocations found = ProfileLocations.Find(_box.Work);

        Assert.NotEqual(_box.ProjectFile, found.ProjectFile);
        Assert.Contains(_box.ProjectFile, Assert.Single(found.Warnings), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_users_file_is_where_the_platform_keeps_such_files()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the variable is Linux's");
        _box.Variable("XDG_CONFIG_HOME", "/somewhere/else");
        Assert.Equal("/somewhere/else/dbconductor/dbconductor.json", ProfileLocations.Find(_box.Work).UserFile);
        Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", null);
        Assert.Equal(
            Path.Combine(Environment.GetEnvironmentVariable("HOME")!, ".config/dbconductor/dbconductor.json"), ProfileLocations.Find(_box.Work).UserFile);
    }
}
