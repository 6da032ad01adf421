using System.Text.RegularExpressions;

namespace DbConductor;

/// <summary>
/// Takes the secrets of one session out of texts that others have written: drivers' messages above all, which can echo a connection string.
/// </summary>
public sealed partial class Redaction
{
    private readonly string[] _secrets;

    private Redaction(IEnumerable<string> secrets) =>
        // longest first, so that a secret which contains another goes as a whole
        _secrets = [.. secrets.Where(s => s.Length > 0).SelectMany(Spellings).Distinct(StringComparer.Ordinal).OrderByDescending(s => s.Length)];

    /// <summary>For texts that concern no session: knows no value, only what a secret's surroundings look like.</summary>
    public static Redaction General { get; } = new([]);

    /// <summary>Takes out a profile's password, secret options, and whatever is secret in its connection string.</summary>
    /// <remarks>
    /// A secret that is also the user's, the database's or the server's name is taken out only where it stands as a secret
    /// (<c>password=...</c>): that name is in plain sight anyway, and every message about it would become unreadable.
    /// </remarks>
    public static Redaction For(AdapterProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        string? connection = profile.ConnectionString?.Reveal();
        IEnumerable<string> secrets = profile.Options.Where(o => SecretNames.IsSecret(o.Key)).Select(o => o.Value);
        if (profile.Password is not null)
        {
            secrets = secrets.Append(profile.Password.Reveal());
        }

        if (connection is not null)
        {
            secrets = secrets.Append(connection).Concat(ConnectionText.Secrets(connection) ?? []);
        }

        string?[] open = [profile.UserName, profile.Database, profile.Server, profile.Name];
        return new(secrets.Where(s => !open.Contains(s, StringComparer.Ordinal)));
    }

    /// <summary>The text with <see cref="Secret.Mask"/> in the place of every secret.</summary>
    public string Scrub(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (string secret in _secrets)
        {
            // a secret of a letter or two stands in every other word: there only the word that is the secret goes
            text = secret.Length >= 4
                ? text.Replace(secret, Secret.Mask, StringComparison.Ordinal)
                : Regex.Replace(text, $@"(?<!\w){Regex.Escape(secret)}(?!\w)", Secret.Mask, RegexOptions.CultureInvariant);
        }

        text = UserInfo().Replace(text, $"$1{Secret.Mask}@");
        return Assignment().Replace(text, $"$1{Secret.Mask}");
    }

    /// <summary>The error without secrets, and with nothing of a driver's behind it but <see cref="DriverException"/>; itself where it is so already.</summary>
    public DbConductorException Apply(DbConductorException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        string message = Scrub(error.Message);
        Exception? inner = error.InnerException is null or DriverException or DbConductorException ? error.InnerException : Inner(error.InnerException, error.Kind);
        return message == error.Message && inner == error.InnerException ? error : error.With(message, inner);
    }

    /// <summary>What may be kept of a driver's exception, for <see cref="Exception.InnerException"/>.</summary>
    /// <param name="error">The driver's exception.</param>
    /// <param name="kind">
    /// What it was classified as. Where the fault is in a row, the driver's text quotes the row's values; it is then left out.
    /// </param>
    public DriverException Inner(Exception error, DbErrorKind kind)
    {
        ArgumentNullException.ThrowIfNull(error);
        bool quotesRows = kind is DbErrorKind.DuplicateKey or DbErrorKind.Constraint or DbErrorKind.InvalidData or DbErrorKind.InvalidType;
        return Keep(error, quotesRows);
    }

    private DriverException Keep(Exception error, bool quotesRows) => new(
        error.GetType().FullName ?? error.GetType().Name,
        quotesRows ? "(the driver's text is left out, since it can quote the row)" : Scrub(error.Message),
        error.StackTrace,
        error.InnerException is null ? null : Keep(error.InnerException, quotesRows));

    /// <summary>The ways in which a text may stand in connection strings, URIs and JSON.</summary>
    private static IEnumerable<string> Spellings(string secret) =>
    [
        secret,
        Uri.EscapeDataString(secret),
        secret.Replace("\"", "\"\"", StringComparison.Ordinal),
        secret.Replace("'", "''", StringComparison.Ordinal),
        secret.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal),
    ];

    /// <summary><c>scheme://user:secret@</c></summary>
    [GeneratedRegex(@"(://[^\s/:@]*:)[^\s/@]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    /// <summary>
    /// <c>Password=secret</c>, quoted or up to the next semicolon (a value can have blanks in it); also <c>"password": "secret"</c>. Not <c>token: x</c>, which is how parsers complain.
    /// </summary>
    [GeneratedRegex(
        "((?:" + SecretNames.Pattern + """)(?:["']?\s*=|["']\s*:)\s*)("(?:[^"\\]|\\.|"")*"|'(?:[^'\\]|\\.|'')*'|[^;\r\n]+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();
}
