using System.Data.Common;
using System.Text.RegularExpressions;

namespace DbConductor;

/// <summary>What may be known of a connection string: the secrets in it, and the parts that may be shown.</summary>
internal static partial class ConnectionText
{
    private static readonly string[] Shown =
        ["server", "host", "data source", "datasource", "address", "network address", "port", "database", "initial catalog", "account", "db"];

    /// <summary>
    /// The user's name and password of a URI-style connection string, and what follows them. It fails where a second @ or an unescaped sign makes it
    /// doubtful where the password ends.
    /// </summary>
    [GeneratedRegex(
        "^(?<scheme>[a-z][a-z0-9+.-]*://)(?:(?<user>[^:@/?#]*)(?::(?<secret>[^@/?#]*))?@)?(?<place>[^?#@]*)(?:[?#][^@]*)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Uri();

    [GeneratedRegex("[?&](?<key>[^=&#]+)=(?<value>[^&#]*)", RegexOptions.CultureInvariant)]
    private static partial Regex UriOptions();

    /// <summary>Server, port and database at most; <see cref="Secret.Mask"/> where the text cannot be taken apart.</summary>
    public static string Redact(string text)
    {
        Match uri = Uri().Match(text);
        if (uri.Success)
        {
            return uri.Groups["scheme"].Value + uri.Groups["place"].Value;
        }

        return Parse(text) is { } parts
            ? string.Join(";", parts.Where(p => Shown.Contains(p.Key, StringComparer.OrdinalIgnoreCase)).Select(p => $"{p.Key}={p.Value}").Append("..."))
            : Secret.Mask;
    }

    /// <summary>Whether a secret stands in it; true where the text cannot be taken apart.</summary>
    public static bool HoldsSecret(string text) => Secrets(text) is not { Count: 0 };

    /// <summary>The values of its secret parts; null where the text cannot be taken apart.</summary>
    public static IReadOnlyList<string>? Secrets(string text)
    {
        Match uri = Uri().Match(text);
        if (uri.Success)
        {
            IEnumerable<string> options = UriOptions().Matches(text).Where(m => SecretNames.IsSecret(m.Groups["key"].Value)).Select(m => m.Groups["value"].Value);
            return [.. options.Append(uri.Groups["secret"].Value).Where(s => s.Length > 0).SelectMany(s => new[] { s, System.Uri.UnescapeDataString(s) }).Distinct()];
        }

        return Parse(text) is { } parts ? [.. parts.Where(p => SecretNames.IsSecret(p.Key) && p.Value.Length > 0).Select(p => p.Value)] : null;
    }

    private static List<KeyValuePair<string, string>>? Parse(string text)
    {
        try
        {
            DbConnectionStringBuilder builder = new() { ConnectionString = text };
            return [.. builder.Keys!.Cast<string>().Select(key => KeyValuePair.Create(key, builder[key] as string ?? ""))];
        }
        catch (ArgumentException)
        {
            // its message would quote the text
            return null;
        }
    }
}
