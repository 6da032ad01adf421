using System.Collections.ObjectModel;
using System.Globalization;

namespace DbConductor.PowerShell;

/// <summary>A profile as Get-DbProfile shows it. There is no secret in it: of one it holds the reference, or a mask.</summary>
public sealed class DbProfile
{
    internal DbProfile(ProfileDescription description)
    {
        Name = description.Name;
        Type = description["type"]?.Value;
        Server = description["server"]?.Value;
        Port = description["port"] is { } port ? int.Parse(port.Value, CultureInfo.InvariantCulture) : null;
        Database = description["database"]?.Value;
        UserName = description["userName"]?.Value;
        Password = description["password"]?.Value;
        ConnectionString = description["connectionString"]?.Value;
        Timeout = description["timeout"] is { } timeout ? Durations.Parse(timeout.Value) : null;
        Option = Sorted(description.Settings.Where(s => s.Option is not null).Select(s => KeyValuePair.Create(s.Option!, s.Value)));
        Source = Sorted(description.Settings.Select(s => KeyValuePair.Create(s.Key, s.Source)));
        Scope = description.Settings.Select(s => s.Scope).Distinct().Order().Select(s => s.ToString()).ToArray();
    }

    /// <summary>The profile's name.</summary>
    public string Name { get; }

    /// <summary>The adapter's type, such as <c>PostgreSql</c>.</summary>
    public string? Type { get; }

    /// <summary>Host name or address.</summary>
    public string? Server { get; }

    /// <summary>TCP port; null means the product's usual one.</summary>
    public int? Port { get; }

    /// <summary>The database's name, or SQLite's file.</summary>
    public string? Database { get; }

    /// <summary>The user's name.</summary>
    public string? UserName { get; }

    /// <summary>The reference to the password, such as <c>env:NAME</c>; a mask where the password itself is kept.</summary>
    public string? Password { get; }

    /// <summary>Server, port and database of the driver's own connection string, or the reference to it.</summary>
    public string? ConnectionString { get; }

    /// <summary>How long connecting may take.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>The driver's own further settings; secret ones masked.</summary>
    public IReadOnlyDictionary<string, string> Option { get; }

    /// <summary>Where the settings come from: <c>User</c>, <c>Project</c>, <c>Environment</c>.</summary>
    public IReadOnlyList<string> Scope { get; }

    /// <summary>For each setting the file, or what else it comes from.</summary>
    public IReadOnlyDictionary<string, string> Source { get; }

    /// <summary>The profile's name, so that a profile can stand where its name is wanted.</summary>
    public override string ToString() => Name;

    private static ReadOnlyDictionary<string, string> Sorted(IEnumerable<KeyValuePair<string, string>> pairs) =>
        new(new SortedDictionary<string, string>(new Dictionary<string, string>(pairs), StringComparer.OrdinalIgnoreCase));
}
