using System.Globalization;

namespace DbConductor;

/// <summary>
/// Settings of a profile as they are written: by a command over a profile, or into a file. Null means not given; an empty text, port 0 or a
/// timeout of no time takes away what stands there.
/// </summary>
public sealed record ProfileSettings
{
    /// <summary>As <see cref="AdapterProfile.Type"/>.</summary>
    public string? Type { get; init; }

    /// <summary>As <see cref="AdapterProfile.Server"/>.</summary>
    public string? Server { get; init; }

    /// <summary>As <see cref="AdapterProfile.Port"/>.</summary>
    public int? Port { get; init; }

    /// <summary>As <see cref="AdapterProfile.Database"/>.</summary>
    public string? Database { get; init; }

    /// <summary>As <see cref="AdapterProfile.UserName"/>.</summary>
    public string? UserName { get; init; }

    /// <summary>The password as it is written: a reference, or a literal made by <see cref="SecretReference.Literal"/>.</summary>
    public Secret? Password { get; init; }

    /// <summary>The connection string as it is written: a reference, or the text itself.</summary>
    public Secret? ConnectionString { get; init; }

    /// <summary>The driver's own settings; one whose name is secret may be a reference.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>As <see cref="AdapterProfile.Timeout"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The settings that are given, by their keys.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Given()
    {
        (string Key, string? Value)[] all =
        [
            (ProfileKeys.Type, Type),
            (ProfileKeys.Server, Server),
            (ProfileKeys.Port, Port == 0 ? "" : Port?.ToString(CultureInfo.InvariantCulture)),
            (ProfileKeys.Database, Database),
            (ProfileKeys.UserName, UserName),
            (ProfileKeys.Password, Password?.Reveal()),
            (ProfileKeys.ConnectionString, ConnectionString?.Reveal()),
            (ProfileKeys.Timeout, Timeout is { } t ? t == TimeSpan.Zero ? "" : Durations.Format(t) : null),
        ];
        return all.Where(s => s.Value is not null).Concat(Options.Select(o => (Key: ProfileKeys.Option(o.Key), Value: (string?)o.Value)))
            .Select(s => KeyValuePair.Create(s.Key, s.Value!));
    }
}
