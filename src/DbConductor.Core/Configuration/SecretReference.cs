namespace DbConductor;

/// <summary>How a secret stands in a profile: as a reference to where it lies, or itself.</summary>
public static class SecretReference
{
    /// <summary>The forms, for messages that ask for one.</summary>
    public const string Forms = "env:NAME, file:path or secret:vault/name";

    internal const string EnvironmentPrefix = "env:";
    internal const string FilePrefix = "file:";
    internal const string VaultPrefix = "secret:";
    private const string LiteralPrefix = "plain:";

    /// <summary>Whether the text refers to a secret, and is none itself.</summary>
    public static bool IsReference(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)
            || text.StartsWith(FilePrefix, StringComparison.OrdinalIgnoreCase)
            || text.StartsWith(VaultPrefix, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Writes a secret itself so that it reads back to the letter: one that looks like a reference gets <c>plain:</c> in front of it.
    /// </summary>
    public static string Literal(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return IsReference(secret) || secret.StartsWith(LiteralPrefix, StringComparison.OrdinalIgnoreCase) ? LiteralPrefix + secret : secret;
    }

    /// <summary>Reads what <see cref="Literal"/> wrote.</summary>
    internal static string ReadLiteral(string text) =>
        text.StartsWith(LiteralPrefix, StringComparison.OrdinalIgnoreCase) ? text[LiteralPrefix.Length..] : text;
}
