using System.Text.Json;
using Xunit;

namespace DbConductor.Tests.Errors;

public class RedactionTests
{
    private static readonly AdapterProfile Profile = new()
    {
        Name = "wh",
        Type = "PostgreSql",
        UserName = "etl",
        Password = new("s3cr\"et'x"),
        ConnectionString = new("Host=db1;Username=etl;Password=other-one;Database=air"),
        Options = new Dictionary<string, string> { ["SSL Password"] = "third-one", ["Application Name"] = "nightly" },
    };

    [Theory]
    [InlineData("cannot connect with s3cr\"et'x to db1", "cannot connect with ******** to db1")]
    [InlineData("\"s3cr\"\"et'x\"", "\"********\"")]
    [InlineData("'s3cr\"et''x'", "'********'")]
    [InlineData("{\"pw\":\"s3cr\\\"et'x\"}", "{\"pw\":\"********\"}")]
    [InlineData("mongodb://etl:s3cr%22et%27x@db1/air", "mongodb://etl:********@db1/air")]
    [InlineData("other-one and third-one for nightly", "******** and ******** for nightly")]
    [InlineData("bad: Host=db1;Username=etl;Password=other-one;Database=air", "bad: ********")]
    public void Known_secrets_go_in_every_spelling(string text, string expected) => Assert.Equal(expected, Redaction.For(Profile).Scrub(text));

    [Theory]
    [InlineData("Host=h;Password=abc def;Port=1", "Host=h;Password=********;Port=1")]
    [InlineData("Host=h;Pwd = 'a;b';Port=1", "Host=h;Pwd = ********;Port=1")]
    [InlineData("SSL Password=\"a\"\"b\";x=1", "SSL Password=********;x=1")]
    [InlineData("mysql://root:hunter2@h:3306/db", "mysql://root:********@h:3306/db")]
    [InlineData("{\"private_key\": \"abc\", \"a\": 1}", "{\"private_key\": ********, \"a\": 1}")]
    [InlineData("?token=abc&x=1", "?token=********")]
    [InlineData("password authentication failed for user \"etl\"", "password authentication failed for user \"etl\"")]
    [InlineData("unrecognized token: \"#\"", "unrecognized token: \"#\"")]
    [InlineData("http://h:80/x", "http://h:80/x")]
    public void Unknown_secrets_go_where_they_stand_as_such(string text, string expected) => Assert.Equal(expected, Redaction.General.Scrub(text));

    [Fact]
    public void A_short_secret_does_not_eat_the_message()
    {
        Redaction redaction = Redaction.For(new() { Name = "n", Type = "t", Password = new("a1") });
        Assert.Equal("database a123 and ********", redaction.Scrub("database a123 and a1"));
    }

    [Fact]
    public void A_secret_that_is_a_name_in_plain_sight_goes_only_as_a_secret()
    {
        Redaction redaction = Redaction.For(new() { Name = "n", Type = "t", UserName = "postgres", Password = new("postgres") });
        Assert.Equal("user postgres, Password=********;", redaction.Scrub("user postgres, Password=postgres;"));
    }

    [Fact]
    public void Nothing_of_the_drivers_exception_but_type_text_and_place_is_kept()
    {
        Exception thrown = Assert.ThrowsAny<Exception>(() => Throw());
        DriverException inner = Redaction.For(Profile).Inner(thrown, DbErrorKind.Connection);
        DbConductorException error = new(DbErrorKind.Connection, "Cannot connect.", inner);

        Assert.Equal("System.InvalidOperationException: outer ********", inner.Message);
        Assert.Equal("System.TimeoutException: inner ********", inner.InnerException!.Message);
        Assert.Contains(nameof(Throw), inner.StackTrace, StringComparison.Ordinal);
        Assert.Empty(inner.Data);
        Assert.DoesNotContain("other-one", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("outer ********", error.ToString(), StringComparison.Ordinal);

        static void Throw() => throw new InvalidOperationException("outer other-one", new TimeoutException("inner other-one")) { Data = { ["cs"] = "other-one" } };
    }

    [Fact]
    public void An_error_keeps_all_but_secrets_and_the_drivers_objects_and_one_that_has_none_stays_itself()
    {
        Redaction redaction = Redaction.For(Profile);
        DbConductorException error = new(DbErrorKind.Deadlock, "with other-one", new TimeoutException("other-one"))
        { IsTransient = true, Target = "t", Row = 7, Column = "c", ServerCode = "40001" };

        DbConductorException clean = redaction.Apply(error);

        Assert.Equal(("with ********", DbErrorKind.Deadlock, true, "t", 7L, "c", "40001"), (clean.Message, clean.Kind, clean.IsTransient, clean.Target, clean.Row, clean.Column, clean.ServerCode));
        Assert.Equal("System.TimeoutException: ********", Assert.IsType<DriverException>(clean.InnerException).Message);
        Assert.Same(clean, redaction.Apply(clean));
    }

    [Theory]
    [InlineData(DbErrorKind.DuplicateKey)]
    [InlineData(DbErrorKind.Constraint)]
    [InlineData(DbErrorKind.InvalidData)]
    [InlineData(DbErrorKind.InvalidType)]
    public void A_text_that_can_quote_a_row_is_left_out(DbErrorKind kind)
    {
        InvalidOperationException thrown = new("Key (name)=(Anna) exists", new FormatException("Anna"));
        Assert.DoesNotContain("Anna", Redaction.General.Inner(thrown, kind).ToString(), StringComparison.Ordinal);
        Assert.Contains("Anna", Redaction.General.Inner(thrown, DbErrorKind.Server).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_shows_no_secret_in_any_form()
    {
        foreach (string shown in new[] { Profile.ToString(), $"{Profile.Password}", JsonSerializer.Serialize(Profile.Password), JsonSerializer.Serialize(Profile with { Options = new Dictionary<string, string>() }) })
        {
            Assert.DoesNotContain("s3cr", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("other-one", shown, StringComparison.Ordinal);
        }
    }
}
