namespace DbConductor;

/// <summary>Which settings, by their names, hold a secret: a driver's own keywords included.</summary>
public static class SecretNames
{
    /// <summary>The words that make a name secret, without spaces and signs; as a pattern, so that text can be searched for them too.</summary>
    internal const string Pattern = "password|passwd|passphrase|passcode|pwd|secret|token|api[ _-]?key|access[ _-]?key|account[ _-]?key|private[ _-]?key";

    private static readonly string[] Words = [.. Pattern.Replace("[ _-]?", "", StringComparison.Ordinal).Split('|')];

    /// <summary>
    /// Whether a setting of this name holds a secret: <c>Password</c>, <c>Pwd</c>, <c>SSL Password</c>, <c>private_key</c>, ...
    /// A name that says where a secret lies (<c>Passfile</c>, <c>private_key_file</c>) or whether it is kept (<c>Persist Security Info</c>) holds none.
    /// </summary>
    public static bool IsSecret(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string letters = string.Concat(name.Where(char.IsLetterOrDigit));
        return !letters.EndsWith("file", StringComparison.OrdinalIgnoreCase) && !letters.EndsWith("path", StringComparison.OrdinalIgnoreCase)
            && Words.Any(word => letters.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
