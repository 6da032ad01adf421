namespace DbConductor;

/// <summary>The keys of a profile, as they stand in files; case does not matter in them.</summary>
internal static class ProfileKeys
{
    public const string Profiles = "profiles";
    public const string Type = "type";
    public const string Server = "server";
    public const string Port = "port";
    public const string Database = "database";
    public const string UserName = "userName";
    public const string Password = "password";
    public const string ConnectionString = "connectionString";
    public const string Options = "options";
    public const string Timeout = "timeout";

    /// <summary>All but the options.</summary>
    public static IReadOnlyList<string> Plain { get; } = [Type, Server, Port, Database, UserName, Password, ConnectionString, Timeout];

    private static readonly Dictionary<string, string> Synonyms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["host"] = Server, ["hostname"] = Server, ["address"] = Server, ["datasource"] = Server,
        ["db"] = Database, ["dbname"] = Database, ["catalog"] = Database, ["file"] = Database, ["path"] = Database,
        ["user"] = UserName, ["uid"] = UserName, ["login"] = UserName, ["credential"] = UserName,
        ["pwd"] = Password, ["pass"] = Password, ["secret"] = Password,
        ["adapter"] = Type, ["driver"] = Type, ["provider"] = Type, ["option"] = Options, ["url"] = ConnectionString, ["uri"] = ConnectionString,
    };

    /// <summary>The key of one of the driver's own settings.</summary>
    public static string Option(string name) => $"{Options}:{name}";

    /// <summary>The option's name in a key made by <see cref="Option"/>; null for any other key.</summary>
    public static string? OptionName(string key) =>
        key.StartsWith(Options + ":", StringComparison.OrdinalIgnoreCase) ? key[(Options.Length + 1)..] : null;

    /// <summary>Whether the setting is one that nobody may see.</summary>
    public static bool IsSecret(string key) => OptionName(key) is { } option
        ? SecretNames.IsSecret(option)
        : key.Equals(Password, StringComparison.OrdinalIgnoreCase) || key.Equals(ConnectionString, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a secret stands in the value itself, and no reference to one.</summary>
    public static bool IsPlainSecret(string key, string value) => IsSecret(key) && value.Length > 0 && !SecretReference.IsReference(value)
        && (!key.Equals(ConnectionString, StringComparison.OrdinalIgnoreCase) || ConnectionText.HoldsSecret(SecretReference.ReadLiteral(value)));

    /// <summary>
    /// Whether the setting says, or can say, who gets the secret: any option can (a driver's <c>Host</c>, or a switch that turns the check of
    /// certificates off).
    /// </summary>
    public static bool IsDestination(string key) => OptionName(key) is not null
        || new[] { Type, Server, Port, ConnectionString }.Contains(key, StringComparer.OrdinalIgnoreCase);

    /// <summary>An error that names the key and what may have been meant.</summary>
    public static DbConductorException Unknown(string profile, string key, string where)
    {
        IReadOnlyList<string> near = Synonyms.TryGetValue(key, out string? meant) ? [meant] : NearNames.Of(key, Plain.Append(Options));
        string remedy = near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}?" : $"There are: {string.Join(", ", Plain.Append(Options))}.";
        return new(
            DbErrorKind.InvalidArgument,
            $"Profile '{profile}' has a setting '{key}' that does not exist ({where}). {remedy} A driver's own settings stand under \"{Options}\".")
        { Target = profile };
    }

    /// <summary>Whether a profile can have this name: a configuration key can hold it, and no wildcard stands in it.</summary>
    public static bool IsName(string name) => !string.IsNullOrWhiteSpace(name) && name.AsSpan().IndexOfAny(":*?[]") < 0
        && !name.Contains("__", StringComparison.Ordinal) && !name.Any(char.IsControl);

    /// <summary>What <see cref="IsName"/> asks for, as a sentence without its stop.</summary>
    public static string NameRule(string name) =>
        $"'{name}' cannot be a profile's name: take letters, digits, dots, dashes and single underscores, without any of : * ? [ ] and without '__'";
}
