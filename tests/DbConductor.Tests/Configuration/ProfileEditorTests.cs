using System.Text.Json;
using System.Runtime.Versioning;
using Xunit;

namespace DbConductor.Tests.Configuration;

public sealed class ProfileEditorTests : IDisposable
{
    private readonly Sandbox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public void Everything_that_is_set_comes_back()
    {
        ProfileSettings all = new()
        {
            Type = "PostgreSql", Server = "db\"1\\é", Port = 5433, Database = "air", UserName = "me", Password = new("env:X"),
            ConnectionString = new("Host=h"), Timeout = TimeSpan.FromMilliseconds(1500), Options = new Dictionary<string, string> { ["Search Path"] = "a,b" },
        };
        ProfileEditor.Set(_box.UserFile, ProfileScope.User, "wh", all, allowPlainSecret: false);
        _box.Variable("X", "pw");

        AdapterProfile read = _box.Resolve("wh");

        Assert.Equal((all.Type, all.Server, all.Port, all.Database, all.UserName, all.Timeout), (read.Type, read.Server, read.Port, read.Database, read.UserName, read.Timeout));
        Assert.Equal(("pw", "Host=h", "a,b"), (read.Password!.Reveal(), read.ConnectionString!.Reveal(), read.Options["Search Path"]));
        Assert.Contains("\"port\": 5433", File.ReadAllText(_box.UserFile), StringComparison.Ordinal);
    }

    [Fact]
    public void All_other_content_stays_to_the_letter()
    {
        _box.Project("""
            // ours
            { "logging" : {"a":1},
              "profiles": {
                "air": { "type": "Sqlite", /* here */ "database": "a.db" }, // the old one
                "n": { "type": "x",  "server": "a" } // é
              },
            }
            """);
        ProfileEditor.Set(_box.ProjectFile, ProfileScope.Project, "AIR", new() { Database = "b.db", Timeout = TimeSpan.FromSeconds(5) }, false);
        ProfileEditor.Set(_box.ProjectFile, ProfileScope.Project, "new", new() { Type = "y" }, false);
        Assert.True(ProfileEditor.Remove(_box.ProjectFile, ProfileScope.Project, "n"));

        Assert.Equal(
            """
            // ours
            { "logging" : {"a":1},
              "profiles": {
                "air": { "type": "Sqlite", /* here */ "database": "b.db",
                  "timeout": "5s" }, // the old one
                "new": {
                  "type": "y"
                } // é
              },
            }
            """.ReplaceLineEndings(),
            File.ReadAllText(_box.ProjectFile).ReplaceLineEndings());
    }

    [Theory]
    [InlineData("""{"profiles":{"n":{"type":"x"}}}""", """{"profiles":{}}""")]
    [InlineData("""{"profiles":{"a":{},"n":{"type":"x"}}}""", """{"profiles":{"a":{}}}""")]
    [InlineData("""{"profiles":{"n":{"type":"x"},"a":{}}}""", """{"profiles":{"a":{}}}""")]
    [InlineData("""{"profiles":{"a":{} /* , */ , "n":{} // ,""" + "\n , }}", """{"profiles":{"a":{} /* , */ ,}}""")]
    public void Removing_leaves_valid_text(string before, string after)
    {
        _box.User(before);
        Assert.True(ProfileEditor.Remove(_box.UserFile, ProfileScope.User, "N"));
        Assert.Equal(after.Replace(" ", "", StringComparison.Ordinal), File.ReadAllText(_box.UserFile).Replace(" ", "", StringComparison.Ordinal));
        Assert.False(ProfileEditor.Remove(_box.UserFile, ProfileScope.User, "n"));
        _box.Store();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("""{ "profiles": null }""")]
    [InlineData("""{ "profiles": { "n": null } }""")]
    [InlineData("""{ "a": [1, { "profiles": {} }] }""")]
    public void Objects_on_the_way_are_made(string before)
    {
        _box.User(before);
        ProfileEditor.Set(_box.UserFile, ProfileScope.User, "n", new() { Type = "x", Options = new Dictionary<string, string> { ["a"] = "b" } }, false);
        Assert.Equal(("x", "b"), (_box.Resolve("n").Type, _box.Resolve("n").Options["a"]));
    }

    [Fact]
    public void An_empty_value_takes_a_setting_away()
    {
        _box.User("""{ "profiles": { "n": { "type": "x", "server": "a", "port": 1, "options": { "k": "v" } } } }""");
        ProfileEditor.Set(_box.UserFile, ProfileScope.User, "n", new() { Server = "", Port = 0, Options = new Dictionary<string, string> { ["K"] = "" } }, false);
        Assert.Equal("""{"profiles":{"n":{"type":"x","options":{}}}}""", string.Concat(File.ReadAllText(_box.UserFile).Where(c => !char.IsWhiteSpace(c))));
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void The_users_file_is_the_users_alone_and_a_projects_keeps_its_mode()
    {
        Skip.If(OperatingSystem.IsWindows(), "mode bits are Unix's");
        const UnixFileMode open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead;
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        ProfileEditor.Set(_box.UserFile, ProfileScope.User, "n", new() { Type = "x" }, false);
        Assert.Equal(own, File.GetUnixFileMode(_box.UserFile));
        Assert.Equal(own | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(_box.UserFile)!));

        File.SetUnixFileMode(_box.UserFile, open);
        ProfileEditor.Set(_box.UserFile, ProfileScope.User, "n", new() { Type = "y" }, false);
        Assert.Equal(own, File.GetUnixFileMode(_box.UserFile));

        _box.Project("{}");
        File.SetUnixFileMode(_box.ProjectFile, open);
        ProfileEditor.Set(_box.ProjectFile, ProfileScope.Project, "n", new() { Type = "x" }, false);
        Assert.Equal(open, File.GetUnixFileMode(_box.ProjectFile));
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void A_file_that_is_linked_to_stays_a_link()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need a right there");
        string elsewhere = Path.Combine(_box.Work, "dotfiles.json");
        _box.Write(elsewhere, "{}");
        File.CreateSymbolicLink(_box.ProjectFile, elsewhere);

        ProfileEditor.Set(_box.ProjectFile, ProfileScope.Project, "n", new() { Type = "x" }, false);

        Assert.Equal(elsewhere, new FileInfo(_box.ProjectFile).LinkTarget);
        Assert.Contains("\"n\"", File.ReadAllText(elsewhere), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_beside_the_file_and_a_file_that_is_not_JSON_stays_as_it_is()
    {
        _box.User("{ \"profiles\": hush }");
        DbConductorException error = Assert.Throws<DbConductorException>(() => ProfileEditor.Set(_box.UserFile, ProfileScope.User, "n", new() { Type = "x" }, false));
        Assert.DoesNotContain("hush", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("{ \"profiles\": hush }", File.ReadAllText(_box.UserFile));

        _box.User("{}");
        ProfileEditor.Set(_box.UserFile, ProfileScope.User, "n", new() { Type = "x" }, false);
        Assert.Equal([_box.UserFile], Directory.GetFiles(Path.GetDirectoryName(_box.UserFile)!));
    }

    [Fact]
    public void Writers_at_the_same_time_lose_nothing()
    {
        Parallel.For(0, 40, i => ProfileEditor.Set(_box.UserFile, ProfileScope.User, $"p{i}", new() { Type = "x" }, false));
        Assert.Equal(40, _box.Store().Names.Count(n => n[0] == 'p'));
    }

    public static TheoryData<ProfileSettings, string> Plain => new()
    {
        { new() { Password = new("hush") }, "password" },
        { new() { Password = new(SecretReference.Literal("env:hush")) }, "password" },
        { new() { ConnectionString = new("Host=h;Password=hush") }, "connectionString" },
        { new() { Options = new Dictionary<string, string> { ["SSL Password"] = "hush" } }, "options:SSL Password" },
    };

    [Theory]
    [MemberData(nameof(Plain), DisableDiscoveryEnumeration = true)]
    public void A_secret_in_plain_text_is_written_only_when_asked_for(ProfileSettings settings, string key)
    {
        DbConductorException error = Assert.Throws<DbConductorException>(() => ProfileEditor.Set(_box.UserFile, ProfileScope.User, "n", settings, allowPlainSecret: false));
        Assert.StartsWith($"The {key} of profile 'n'", error.Message, StringComparison.Ordinal);
        Assert.Contains(SecretReference.Forms, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hush", settings.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(_box.UserFile));

        ProfileEditor.Set(_box.UserFile, ProfileScope.User, "n", settings, allowPlainSecret: true);
        Assert.Contains("hush", File.ReadAllText(_box.UserFile), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a:b")]
    [InlineData("a*")]
    [InlineData("a__b")]
    [InlineData("a\nb")]
    public void A_name_that_cannot_be_is_refused(string name) =>
        Assert.Equal(DbErrorKind.InvalidArgument, Assert.Throws<DbConductorException>(() => ProfileEditor.Set(_box.UserFile, ProfileScope.User, name, new() { Type = "x" }, false)).Kind);

    [Fact]
    public void What_others_write_is_plain_JSON()
    {
        ProfileEditor.Set(_box.UserFile, ProfileScope.User, "n", new() { Type = "x", Port = 1 }, false);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(_box.UserFile));
        Assert.Equal(1, document.RootElement.GetProperty("profiles").GetProperty("n").GetProperty("port").GetInt32());
    }
}
