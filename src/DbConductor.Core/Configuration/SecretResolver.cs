using System.Text;

namespace DbConductor;

/// <summary>Follows references to secrets. Nothing that it throws holds more than the reference.</summary>
/// <param name="profile">Whose secrets they are.</param>
/// <param name="vault">Asks a vault; null where there is none.</param>
/// <param name="warn">Takes what the user should know.</param>
internal sealed class SecretResolver(string profile, SecretVault? vault, Action<string> warn)
{
    /// <summary>Above this a file is no secret but a mistake.</summary>
    private const int MaximumBytes = 64 * 1024;

    /// <summary>The secret that a setting means.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="text">What stands there.</param>
    /// <param name="layer">Where it stands.</param>
    public VaultSecret Resolve(string key, string text, ProfileLayer layer)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal) + 1;
        return SecretReference.IsReference(text)
            ? text[..colon].ToLowerInvariant() switch
            {
                SecretReference.EnvironmentPrefix => new(null, FromEnvironment(key, text[colon..])),
                SecretReference.FilePrefix => new(null, FromFile(key, text[colon..], layer.BaseDirectory)),
                _ => FromVault(key, text[colon..]),
            }
            : new(null, new(SecretReference.ReadLiteral(text)));
    }

    private Secret FromEnvironment(string key, string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? new(value)
        : throw Missing(key, $"the environment variable '{name}', which is not set or empty. Set it, or correct the name");

    private Secret FromFile(string key, string path, string directory)
    {
        string full = path.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..])
            : Path.GetFullPath(path, directory);
        try
        {
            using FileStream stream = new(full, FileMode.Open, FileAccess.Read);
            if (stream.Length > MaximumBytes)
            {
                throw Missing(key, $"the file {full}, which is larger than a secret can be ({MaximumBytes / 1024} KB)");
            }

            using StreamReader reader = new(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
            string text = reader.ReadToEnd().TrimEnd('\r', '\n');
            if (text.Length == 0)
            {
                throw Missing(key, $"the file {full}, which is empty");
            }

            if (FilePrivacy.Warning(full) is { } warning)
            {
                warn(warning);
            }

            return new(text);
        }
        catch (DecoderFallbackException)
        {
            throw Missing(key, $"the file {full}, which is not UTF-8 text");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Missing(key, $"the file {full}, which cannot be read ({e.GetType().Name}). See that it is there and that you may read it");
        }
    }

    private VaultSecret FromVault(string key, string name)
    {
        if (vault is null)
        {
            throw Missing(key, $"a vault ('{name}'), and this program has none. Use env:NAME or file:path");
        }

        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string secret = name[(slash + 1)..];
        return secret.Length == 0
            ? throw Missing(key, $"a vault, but without a secret's name ('{name}'). Write secret:vault/name, or secret:name for the default vault")
            : vault(slash > 0 ? name[..slash] : null, secret);
    }

    private DbConductorException Missing(string key, string what) =>
        new(DbErrorKind.NotFound, $"The {key} of profile '{profile}' refers to {what}.") { Target = profile };
}
