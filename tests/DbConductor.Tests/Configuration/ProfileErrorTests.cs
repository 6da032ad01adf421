using Xunit;

namespace DbConductor.Tests.Configuration;

public sealed class ProfileErrorTests : IDisposable
{
    private readonly Sandbox _box = new();

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData("severs", "Did you mean server?")]
    [InlineData("Host", "Did you mean server?")]
    [InlineData("pwd", "Did you mean password?")]
    [InlineData("conectionString", "Did you mean connectionString?")]
    [InlineData("zzz", "There are: type, server, port, database, userName, password, connectionString, timeout, options.")]
    public void An_unknown_setting_is_named_with_what_was_meant(string key, string remedy)
    {
        _box.User($$"""{ "profiles": { "n": { "type": "Sqlite", "{{key}}": "hush" }, "good": { "type": "Sqlite" } } }""");

        DbConductorException error = _box.Refused("n");

        Assert.Equal(DbErrorKind.InvalidArgument, error.Kind);
        Assert.Contains($"'{key}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(_box.UserFile, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("Sqlite", _box.Resolve("good").Type);
    }

    [Fact]
    public void An_unknown_profile_is_named_with_those_there_are()
    {
        Assert.Contains("There is none yet", _box.Refused("n").Message, StringComparison.Ordinal);
        _box.User("""{ "profiles": { "warehouse": {}, "air": {} } }""");
        Assert.Contains("Did you mean warehouse?", _box.Refused("warehose").Message, StringComparison.Ordinal);
        DbConductorException error = _box.Refused("zzz");
        Assert.Equal(DbErrorKind.NotFound, error.Kind);
        Assert.Contains("There are: air, warehouse.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\n  \"profiles\": {\n    \"n\": { \"password\": hush } } }", "line 3")]
    [InlineData("{\n  \"profiles\": {\n    \"n\": { \"password\": \"hush\n\" } } }", "line 3")]
    [InlineData("hush", "line 1")]
    [InlineData("{ \"profiles\": { \"n\": { \"password\": \"hush\" } }", "line 1")]
    public void A_file_that_is_not_JSON_is_named_with_the_line_and_without_its_content(string json, string line)
    {
        _box.User(json);
        string error = Assert.Throws<DbConductorException>(_box.Store).ToString();
        Assert.Contains(_box.UserFile, error, StringComparison.Ordinal);
        Assert.Contains(line, error, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error, StringComparison.Ordinal);
        Assert.DoesNotContain("'h'", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[ "hush" ]""", "the file must be an object")]
    [InlineData("""{ "profiles": "hush" }""", "\"profiles\" must be an object")]
    [InlineData("""{ "profiles": { "n": "hush" } }""", "profile 'n' must be an object")]
    [InlineData("""{ "profiles": { "n": { "password": [ "hush" ] } } }""", "setting 'password' of profile 'n'")]
    [InlineData("""{ "profiles": { "n": { "options": { "a:b": "hush" } } } }""", "setting 'a:b' of profile 'n'")]
    [InlineData("""{ "profiles": { "n": { "password": "hush", "Password": "hush" } } }""", "profile 'n' has 'Password' twice")]
    [InlineData("""{ "profiles": { "a:b": { } } }""", "'a:b' cannot be a profile's name")]
    public void A_file_of_another_shape_says_where_it_is_wrong(string json, string where)
    {
        _box.Project(json);
        string error = Assert.Throws<DbConductorException>(_box.Store).ToString();
        Assert.Contains(_box.ProjectFile, error, StringComparison.Ordinal);
        Assert.Contains(where, error, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"port\": 5432", "has no type")]
    [InlineData("\"type\": \"x\", \"port\": \"db1\"", "has a port that is no number")]
    [InlineData("\"type\": \"x\", \"port\": 65536", "has a port that is no number")]
    [InlineData("\"type\": \"x\", \"port\": -1", "has a port that is no number")]
    [InlineData("\"type\": \"x\", \"timeout\": 1.5", "has no unit")]
    public void A_setting_that_means_nothing_is_refused(string settings, string why)
    {
        _box.User($$"""{ "profiles": { "n": { {{settings}} } } }""");
        Assert.Contains(why, _box.Refused("n").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_below_a_setting_is_refused()
    {
        _box.Variable("DBCONDUCTOR__PROFILES__ErrA__TYPE", "x").Variable("DBCONDUCTOR__PROFILES__ErrA__OPTIONS__a__b", "x");
        Assert.Contains("the environment", _box.Refused("erra").Message, StringComparison.Ordinal);
    }
}
