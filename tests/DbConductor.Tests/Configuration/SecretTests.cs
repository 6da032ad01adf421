using System.Runtime.Versioning;
using Xunit;

namespace DbConductor.Tests.Configuration;

public sealed class SecretTests : IDisposable
{
    private readonly Sandbox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public void References_are_followed_each_from_where_it_stands()
    {
        _box.Variable("DBCONDUCTOR_TEST_PW", "from env")
            .Write(Path.Combine(Path.GetDirectoryName(_box.UserFile)!, "pw.txt"), "from user\r\n")
            .Write(Path.Combine(_box.Work, "pw.txt"), " from work \n")
            .User("""{ "profiles": { "e": { "type": "x", "password": "ENV:DBCONDUCTOR_TEST_PW" }, "f": { "type": "x", "password": "file:pw.txt" } } }""")
            .Project("""{ "profiles": { "c": { "type": "x", "connectionString": "env:DBCONDUCTOR_TEST_PW", "options": { "SSL Password": "env:DBCONDUCTOR_TEST_PW", "a": "env:X" } } } }""");

        Assert.Equal("from env", _box.Resolve("e").Password!.Reveal());
        Assert.Equal("from user", _box.Resolve("f").Password!.Reveal());
        Assert.Equal(" from work ", _box.Resolve("f", new() { Password = new("file:pw.txt") }).Password!.Reveal());
        AdapterProfile c = _box.Resolve("c");
        Assert.Equal(("from env", "from env", "env:X"), (c.ConnectionString!.Reveal(), c.Options["ssl password"], c.Options["a"]));
        Assert.Empty(_box.Warnings);
    }

    [Fact]
    public void A_vault_is_asked_by_name_and_can_give_the_user_too()
    {
        List<(string?, string)> asked = [];
        _box.User("""{ "profiles": { "a": { "type": "x", "password": "secret:ops/db/wh" }, "b": { "type": "x", "userName": "me", "password": "secret:wh" } } }""");

        AdapterProfile a = _box.Resolve("a", null, Vault), b = _box.Resolve("b", null, Vault);

        Assert.Equal([("ops", "db/wh"), (null, "wh")], asked);
        Assert.Equal(("etl", "pw", "me"), (a.UserName, a.Password!.Reveal(), b.UserName));

        VaultSecret Vault(string? vault, string name)
        {
            asked.Add((vault, name));
            return new("etl", new("pw"));
        }
    }

    [Theory]
    [InlineData("env:DBCONDUCTOR_TEST_NONE", "'DBCONDUCTOR_TEST_NONE', which is not set")]
    [InlineData("file:none.txt", "none.txt, which cannot be read (FileNotFoundException)")]
    [InlineData("file:empty.txt", "empty.txt, which is empty")]
    [InlineData("file:large.txt", "larger than a secret can be")]
    [InlineData("file:binary.txt", "not UTF-8")]
    [InlineData("file:.", "cannot be read")]
    [InlineData("secret:v/n", "this program has none")]
    public void A_reference_that_leads_nowhere_says_which(string reference, string why)
    {
        string directory = Path.GetDirectoryName(_box.UserFile)!;
        _box.User($$"""{ "profiles": { "n": { "type": "x", "password": "{{reference}}" } } }""")
            .Write(Path.Combine(directory, "empty.txt"), "\n").Write(Path.Combine(directory, "large.txt"), new('x', 70_000));
        File.WriteAllBytes(Path.Combine(directory, "binary.txt"), [0x80, 0x81]);

        DbConductorException error = _box.Refused("n");

        Assert.Equal(DbErrorKind.NotFound, error.Kind);
        Assert.Contains("password of profile 'n'", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void References_given_to_a_command_are_followed_without_any_file()
    {
        _box.Variable("DBCONDUCTOR_TEST_CS", "Host=h").Write(Path.Combine(_box.Work, "pw"), "hush").User("{ not read");
        ProfileSettings given = new() { Type = "x", ConnectionString = new("env:DBCONDUCTOR_TEST_CS"), Options = new Dictionary<string, string> { ["Passphrase"] = "file:pw" } };

        AdapterProfile profile = ProfileStore.Resolve("any:name", given, _box.Work, null, _box.Warnings.Add);

        Assert.Equal(("any:name", "Host=h", "hush"), (profile.Name, profile.ConnectionString!.Reveal(), profile.Options["Passphrase"]));
    }

    [Theory]
    [InlineData("env:PATH")]
    [InlineData("plain:x")]
    [InlineData("simple")]
    [InlineData("file:x")]
    public void A_literal_reads_back_to_the_letter(string secret)
    {
        _box.User("""{ "profiles": { "n": { "type": "x" } } }""");
        Assert.Equal(secret, _box.Resolve("n", new() { Password = new(SecretReference.Literal(secret)) }).Password!.Reveal());
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void A_secret_in_a_file_that_others_can_read_is_warned_of()
    {
        Skip.If(OperatingSystem.IsWindows(), "mode bits are Unix's");
        _box.User("""{ "profiles": { "n": { "type": "x", "password": "hush" } } }""");
        Assert.Empty(_box.Store().Warnings);

        File.SetUnixFileMode(_box.UserFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.Equal($"Others can read {_box.UserFile}, which holds a secret in plain text: chmod 600 '{_box.UserFile}'.", Assert.Single(_box.Store().Warnings));
        foreach (string harmless in new[] { "\"password\": \"env:X\"", "\"connectionString\": \"Host=h;Database=d\"", "\"options\": { \"a\": \"b\" }" })
        {
            File.WriteAllText(_box.UserFile, $$"""{ "profiles": { "n": { {{harmless}} } } }""");
            Assert.Empty(_box.Store().Warnings);
        }

        foreach (string plain in new[] { "\"connectionString\": \"Host=h;Pwd=d\"", "\"connectionString\": \"mongodb://u:p@h\"", "\"options\": { \"SSL Password\": \"b\" }" })
        {
            File.WriteAllText(_box.UserFile, $$"""{ "profiles": { "n": { {{plain}} } } }""");
            Assert.Single(_box.Store().Warnings);
        }
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void So_is_a_file_that_is_a_secret()
    {
        Skip.If(OperatingSystem.IsWindows(), "mode bits are Unix's");
        string file = Path.Combine(Path.GetDirectoryName(_box.UserFile)!, "pw");
        _box.User("""{ "profiles": { "n": { "type": "x", "password": "file:pw" } } }""").Write(file, "hush");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        _box.Resolve("n");

        Assert.Contains($"chmod 600 '{file}'", Assert.Single(_box.Warnings), StringComparison.Ordinal);
    }
}
