using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace DbConductor;

/// <summary>
/// The profiles that are configured, of all sources: the user's file, the project's file, the environment, and what a command adds; a later one wins,
/// setting by setting. The files are read once, when the store is loaded.
/// </summary>
public sealed class ProfileStore
{
    private readonly IReadOnlyList<ProfileLayer> _layers;
    private readonly ProfileLocations _locations;

    private ProfileStore(ProfileLocations locations, IReadOnlyList<ProfileLayer> layers)
    {
        _locations = locations;
        _layers = layers;
        Warnings = [.. locations.Warnings, .. layers.SelectMany(Exposed)];
    }

    /// <summary>The names of all profiles, in alphabetical order.</summary>
    public IReadOnlyList<string> Names =>
        [.. _layers.SelectMany(l => l.Names).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>What the user should know of the files: one that others can read although a secret stands in it, or one that is passed over.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads the files and the environment.</summary>
    /// <exception cref="DbConductorException">A file that is not JSON or not shaped as it must be: which, and where in it.</exception>
    public static ProfileStore Load(ProfileLocations locations)
    {
        ArgumentNullException.ThrowIfNull(locations);
        List<(ProfileScope Scope, string? Path)> sources = [];
        ConfigurationBuilder builder = new();
        foreach ((ProfileScope scope, string? path) in new[] { (ProfileScope.User, locations.UserFile), (ProfileScope.Project, locations.ProjectFile) })
        {
            if (path is not null && ProfileFile.Read(path) is { } json)
            {
                builder.AddJsonStream(new MemoryStream(json));
                sources.Add((scope, path));
            }
        }

        builder.AddEnvironmentVariables("DBCONDUCTOR__");
        sources.Add((ProfileScope.Environment, null));
        return new(locations, Layers(locations.CurrentDirectory, sources, builder.Build()));
    }

    /// <summary>A profile as it may be shown, each setting with its source.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotFound"/>, or a setting that does not exist or means nothing.</exception>
    public ProfileDescription Describe(string name)
    {
        ProfileView view = new(Spelled(name), _layers);
        _ = ReadPort(view);
        _ = ReadTimeout(view);
        return new(
            view.Name,
            [.. view.Values.OrderBy(v => v.Key, StringComparer.OrdinalIgnoreCase).Select(v => new ProfileSetting(v.Key, Show(v.Key, v.Value), v.Layer.Scope, v.Layer.Description))],
            view.Withheld);
    }

    /// <summary>A profile's settings, those of a command over them, with all references followed.</summary>
    /// <param name="name">The profile.</param>
    /// <param name="given">What the command adds; relative paths in it start from the current directory.</param>
    /// <param name="vault">Asks a vault; null where there is none.</param>
    /// <param name="warn">Takes what the user should know.</param>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.NotFound"/>: the profile, or what a reference points to; <see cref="DbErrorKind.InvalidArgument"/>: a setting that does not exist
    /// or means nothing. No message holds a secret.
    /// </exception>
    public AdapterProfile Resolve(string name, ProfileSettings? given, SecretVault? vault, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(warn);
        string spelled = Spelled(name);
        ProfileView view = new(spelled, [.. _layers, Parameters(_locations.CurrentDirectory, spelled, given ?? new())]);
        return Resolve(view, vault, warn);
    }

    /// <summary>What a command was given and nothing else, with all references followed: no file is read.</summary>
    /// <param name="name">The name it gets.</param>
    /// <param name="given">The settings.</param>
    /// <param name="currentDirectory">What relative paths start from.</param>
    /// <param name="vault">Asks a vault; null where there is none.</param>
    /// <param name="warn">Takes what the user should know.</param>
    /// <exception cref="DbConductorException">As of <see cref="Resolve(string, ProfileSettings?, SecretVault?, Action{string})"/>.</exception>
    public static AdapterProfile Resolve(string name, ProfileSettings given, string currentDirectory, SecretVault? vault, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(warn);
        return Resolve(new ProfileView(name, [Parameters(currentDirectory, name, given)]), vault, warn);
    }

    /// <summary>The sources that have settings for a profile, in their order.</summary>
    public IReadOnlyList<ProfileScope> Scopes(string name) =>
        [.. _layers.Where(l => l.Names.Contains(name, StringComparer.OrdinalIgnoreCase)).Select(l => l.Scope)];

    private static AdapterProfile Resolve(ProfileView view, SecretVault? vault, Action<string> warn)
    {
        if (view.Withheld is not null)
        {
            warn(view.Withheld);
        }

        SecretResolver secrets = new(view.Name, vault, warn);
        VaultSecret? password = view[ProfileKeys.Password] is { } p ? secrets.Resolve(ProfileKeys.Password, p.Value, p.Layer) : null;
        return new()
        {
            Name = view.Name,
            Type = view[ProfileKeys.Type]?.Value ?? throw Invalid(view.Name, $"has no {ProfileKeys.Type}: add one, such as \"Sqlite\" or \"PostgreSql\""),
            Server = view[ProfileKeys.Server]?.Value,
            Port = ReadPort(view),
            Database = view[ProfileKeys.Database]?.Value,
            // a path that was typed is resolved as the host does, with its drives and its home directory
            BaseDirectory = view[ProfileKeys.Database]?.Layer is { Path: not null } layer ? layer.BaseDirectory : null,
            UserName = view[ProfileKeys.UserName]?.Value ?? password?.UserName,
            Password = password?.Value,
            ConnectionString = view[ProfileKeys.ConnectionString] is { } c ? secrets.Resolve(ProfileKeys.ConnectionString, c.Value, c.Layer).Value : null,
            Options = view.Values.Where(v => ProfileKeys.OptionName(v.Key) is not null).ToDictionary(
                v => ProfileKeys.OptionName(v.Key)!,
                v => ProfileKeys.IsSecret(v.Key) ? secrets.Resolve(v.Key, v.Value, v.Layer).Value.Reveal() : v.Value,
                StringComparer.OrdinalIgnoreCase),
            Timeout = ReadTimeout(view),
        };
    }

    private static ProfileLayer[] Layers(string currentDirectory, List<(ProfileScope Scope, string? Path)> sources, IConfigurationRoot root) =>
        [.. root.Providers.Zip(sources, (provider, s) =>
            new ProfileLayer(s.Scope, s.Path, s.Path is null ? currentDirectory : Path.GetDirectoryName(s.Path)!, provider))];

    private static ProfileLayer Parameters(string currentDirectory, string profile, ProfileSettings given)
    {
        if (given.Options.Keys.FirstOrDefault(o => o.Contains(':', StringComparison.Ordinal)) is { } odd)
        {
            throw Invalid(profile, $"cannot have an option '{odd}': a colon cannot stand in its name");
        }

        IConfigurationRoot root = new ConfigurationBuilder()
            .AddInMemoryCollection(given.Given().Select(s => KeyValuePair.Create(ConfigurationPath.Combine(ProfileKeys.Profiles, profile, s.Key), (string?)s.Value)))
            .Build();
        return Layers(currentDirectory, [(ProfileScope.Parameter, null)], root)[0];
    }

    /// <summary>The name as the first source spells it.</summary>
    private string Spelled(string name)
    {
        if (_layers.SelectMany(l => l.Names).FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } spelled)
        {
            return spelled;
        }

        IReadOnlyList<string> near = NearNames.Of(name, Names);
        string there = near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}?"
            : Names.Count > 0 ? $"There are: {string.Join(", ", Names)}."
            : "There is none yet: Set-DbProfile makes one.";
        string files = string.Join(", ", new[] { _locations.UserFile, _locations.ProjectFile }.Where(f => f is not null));
        throw new DbConductorException(DbErrorKind.NotFound, $"There is no profile '{name}'. {there} (Looked in {files} and the environment.)") { Target = name };
    }

    private static string Show(string key, string value)
    {
        if (!ProfileKeys.IsSecret(key))
        {
            return Redaction.General.Scrub(value);
        }

        return SecretReference.IsReference(value) ? value
            : key == ProfileKeys.ConnectionString ? ConnectionText.Redact(SecretReference.ReadLiteral(value))
            : Secret.Mask;
    }

    /// <summary>A warning about a file that others can read although a secret stands in it.</summary>
    private static IEnumerable<string> Exposed(ProfileLayer layer)
    {
        bool holdsSecret = layer.Path is not null
            && layer.Names.Any(name => layer.Keys(name).Any(key => ProfileKeys.IsPlainSecret(key, layer.Value(name, key) ?? "")));
        return holdsSecret && FilePrivacy.Warning(layer.Path!) is { } warning ? [warning] : [];
    }

    private static int? ReadPort(ProfileView view)
    {
        if (view[ProfileKeys.Port] is not { } text)
        {
            return null;
        }

        return int.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= ushort.MaxValue
            ? port
            : throw Invalid(view.Name, $"has a {ProfileKeys.Port} that is no number from 1 to {ushort.MaxValue}");
    }

    private static TimeSpan? ReadTimeout(ProfileView view)
    {
        try
        {
            return view[ProfileKeys.Timeout] is { } text ? Durations.Parse(text.Value) : null;
        }
        catch (DbConductorException e)
        {
            throw Invalid(view.Name, $"has a {ProfileKeys.Timeout} that cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    private static DbConductorException Invalid(string profile, string why) => new(DbErrorKind.InvalidArgument, $"Profile '{profile}' {why}.") { Target = profile };
}
