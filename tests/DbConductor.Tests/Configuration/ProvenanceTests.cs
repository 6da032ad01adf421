using Xunit;

namespace DbConductor.Tests.Configuration;

/// <summary>A project's file cannot have the user's secret sent to a server of its choice.</summary>
public sealed class ProvenanceTests : IDisposable
{
    private const string User = """{ "profiles": { "n": { "type": "PostgreSql", "server": "good", "userName": "me", "password": "hush", "options": { "SSL Mode": "Require", "SSL Password": "hush" } } } }""";

    private readonly Sandbox _box = new();

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData("\"server\": \"evil\"", "server")]
    [InlineData("\"server\": \"\"", "server")]
    [InlineData("\"port\": 6666", "port")]
    [InlineData("\"type\": \"MySql\"", "type")]
    [InlineData("\"connectionString\": \"Host=evil\"", "connectionString")]
    [InlineData("\"options\": { \"Host\": \"evil\" }", "options:Host")]
    [InlineData("\"options\": { \"SSL Mode\": \"Disable\" }", "options:SSL Mode")]
    public void Where_the_project_decides_the_destination_the_users_secrets_do_not_count(string change, string key)
    {
        _box.User(User).Project($$"""{ "profiles": { "N": { {{change}} } } }""");

        AdapterProfile profile = _box.Resolve("n");

        Assert.Null(profile.Password);
        Assert.DoesNotContain("SSL Password", profile.Options.Keys);
        Assert.Equal("me", profile.UserName);
        string warning = Assert.Single(_box.Warnings);
        Assert.Contains($"changes its {key}.", warning, StringComparison.Ordinal);
        Assert.Contains(_box.ProjectFile, warning, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", warning, StringComparison.Ordinal);
        Assert.Equal(warning, _box.Store().Describe("n").Withheld);
        Assert.Null(_box.Store().Describe("n")["password"]);
    }

    [Theory]
    [InlineData("\"database\": \"other\", \"userName\": \"else\", \"timeout\": 3")]
    [InlineData("\"server\": \"good\", \"type\": \"postgresql\", \"options\": { \"SSL Mode\": \"Require\" }")]
    public void Else_they_do(string change)
    {
        _box.User(User).Project($$"""{ "profiles": { "n": { {{change}} } } }""");
        Assert.Equal("hush", _box.Resolve("n").Password!.Reveal());
        Assert.Empty(_box.Warnings);
    }

    [Fact]
    public void A_connection_string_of_the_user_does_not_count_either()
    {
        _box.User("""{ "profiles": { "n": { "type": "x", "connectionString": "Host=good;Password=hush" } } }""").Project("""{ "profiles": { "n": { "server": "evil" } } }""");
        Assert.Null(_box.Resolve("n").ConnectionString);
    }

    [Fact]
    public void A_secret_of_the_user_for_no_server_at_all_goes_to_none_that_a_project_names()
    {
        _box.User("""{ "profiles": { "n": { "password": "hush" } } }""").Project("""{ "profiles": { "n": { "type": "x", "server": "evil" } } }""");
        Assert.Null(_box.Resolve("n").Password);
    }

    [Fact]
    public void Secrets_of_the_project_of_the_environment_and_of_parameters_count()
    {
        _box.User(User.Replace("\"n\"", "\"Prov1\"", StringComparison.Ordinal)).Project("""{ "profiles": { "Prov1": { "server": "evil", "password": "theirs" } } }""");
        Assert.Equal("theirs", _box.Resolve("prov1").Password!.Reveal());
        _box.Variable("DBCONDUCTOR__PROFILES__PROV1__PASSWORD", "env");
        Assert.Equal("env", _box.Resolve("prov1").Password!.Reveal());
        Assert.Equal("given", _box.Resolve("prov1", new() { Password = new("given") }).Password!.Reveal());
    }

    [Fact]
    public void The_environment_and_parameters_may_change_the_server_and_take_the_projects_change_back()
    {
        _box.User(User.Replace("\"n\"", "\"Prov2\"", StringComparison.Ordinal));
        Assert.Equal(("other", "hush"), (_box.Resolve("Prov2", new() { Server = "other" }).Server, _box.Resolve("Prov2", new() { Server = "other" }).Password?.Reveal()));

        _box.Project("""{ "profiles": { "Prov2": { "server": "evil" } } }""");
        Assert.Null(_box.Resolve("Prov2").Password);
        _box.Variable("DBCONDUCTOR__PROFILES__PROV2__SERVER", "good");
        Assert.Equal("hush", _box.Resolve("Prov2").Password?.Reveal());
    }
}
