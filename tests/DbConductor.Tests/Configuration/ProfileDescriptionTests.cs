using System.Text.Json;
using Xunit;

namespace DbConductor.Tests.Configuration;

public sealed class ProfileDescriptionTests : IDisposable
{
    private readonly Sandbox _box = new();

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData("password", "hush", "********")]
    [InlineData("password", "env:HUSH", "env:HUSH")]
    [InlineData("password", "plain:env:hush", "********")]
    [InlineData("connectionString", "secret:v/n", "secret:v/n")]
    [InlineData("connectionString", "Host=h;Port=1;Username=hush;Password='hu;sh';Database=d", "host=h;port=1;database=d;...")]
    [InlineData("connectionString", "Data Source=h;pwd=hush;Application Name=hush", "data source=h;...")]
    [InlineData("connectionString", "mongodb+srv://hush:hush@h1,h2/d?authSource=hush", "mongodb+srv://h1,h2/d")]
    [InlineData("connectionString", "mongodb://hush:hu/sh@h/d", "********")]
    [InlineData("connectionString", "mongodb://hush:hu@sh@h/d", "********")]
    [InlineData("connectionString", "hush", "********")]
    [InlineData("connectionString", "Host=h;Password='hush", "********")]
    [InlineData("server", "tcp://me:hush@h", "tcp://me:********@h")]
    public void What_is_shown_of_a_setting_is_redacted(string key, string value, string shown)
    {
        _box.User(JsonSerializer.Serialize(new { profiles = new { n = new Dictionary<string, string> { ["type"] = "x", [key] = value } } }));
        ProfileDescription description = _box.Store().Describe("n");
        Assert.Equal(shown, description[key]!.Value);
        Assert.DoesNotContain("hush", $"{description}{JsonSerializer.Serialize(description)}", StringComparison.Ordinal);
    }

    [Fact]
    public void So_are_options()
    {
        _box.User("""{ "profiles": { "n": { "options": { "SSL Password": "hush", "private_key": "hush", "private_key_file": "/k", "Include": "a;password=hush" } } } }""");
        ProfileDescription description = _box.Store().Describe("n");
        Assert.Equal("/k", description["options:private_key_file"]!.Value);
        Assert.DoesNotContain("hush", JsonSerializer.Serialize(description), StringComparison.Ordinal);
    }

    [Fact]
    public void A_resolved_profile_shows_no_secret()
    {
        _box.User("""{ "profiles": { "n": { "type": "x", "password": "hush", "connectionString": "Password=hush" } } }""");
        AdapterProfile profile = _box.Resolve("n");
        Assert.DoesNotContain("hush", $"{profile}{JsonSerializer.Serialize(profile)}", StringComparison.Ordinal);
    }
}
