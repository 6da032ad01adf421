namespace DbConductor;

/// <summary>A profile as all layers together give it: each setting with the layer that it comes from.</summary>
internal sealed class ProfileView
{
    private readonly Dictionary<string, (string Value, ProfileLayer Layer)> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Puts the layers one over the other.</summary>
    /// <param name="name">The profile.</param>
    /// <param name="layers">The layers; a later one wins.</param>
    /// <exception cref="DbConductorException">A setting that does not exist.</exception>
    public ProfileView(string name, IReadOnlyList<ProfileLayer> layers)
    {
        Name = name;
        foreach (ProfileLayer layer in layers)
        {
            foreach (string key in layer.Keys(name))
            {
                _values[Canonical(name, key, layer)] = (layer.Value(name, key) ?? throw ProfileKeys.Unknown(name, key, layer.Description), layer);
            }
        }

        WithholdSecrets(layers);
        foreach (string key in _values.Where(v => v.Value.Value.Length == 0).Select(v => v.Key).ToList())
        {
            _values.Remove(key);
        }
    }

    /// <summary>The profile's name.</summary>
    public string Name { get; }

    /// <summary>Secrets of the user's file that are not used, and why; null where all are.</summary>
    public string? Withheld { get; private set; }

    /// <summary>The settings that have a value.</summary>
    public IEnumerable<(string Key, string Value, ProfileLayer Layer)> Values => _values.Select(v => (v.Key, v.Value.Value, v.Value.Layer));

    /// <summary>A setting; null where it has no value.</summary>
    public (string Value, ProfileLayer Layer)? this[string key] => _values.TryGetValue(key, out (string, ProfileLayer) found) ? found : null;

    private static string Canonical(string profile, string key, ProfileLayer layer)
    {
        if (ProfileKeys.OptionName(key) is { } option)
        {
            return ProfileKeys.Option(option);
        }

        return ProfileKeys.Plain.FirstOrDefault(known => known.Equals(key, StringComparison.OrdinalIgnoreCase))
            ?? throw ProfileKeys.Unknown(profile, key, layer.Description);
    }

    /// <summary>
    /// A project's file comes with whatever is checked out, so it must not be able to have the user's password sent to a server of its choice:
    /// where it decides the destination, the secrets of the user's file do not count.
    /// </summary>
    private void WithholdSecrets(IReadOnlyList<ProfileLayer> layers)
    {
        ProfileLayer? user = layers.FirstOrDefault(l => l.Scope == ProfileScope.User);
        if (user is null)
        {
            return;
        }

        string[] redirected = [.. Values
            .Where(v => v.Layer.Scope == ProfileScope.Project && ProfileKeys.IsDestination(v.Key) && !v.Value.Equals(
                user.Value(Name, v.Key) ?? "", v.Key == ProfileKeys.Type ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
            .Select(v => v.Key)];
        string[] secrets = [.. Values.Where(v => v.Layer == user && v.Value.Length > 0 && ProfileKeys.IsSecret(v.Key)).Select(v => v.Key)];
        if (redirected.Length == 0 || secrets.Length == 0)
        {
            return;
        }

        ProfileLayer project = layers.First(l => l.Scope == ProfileScope.Project);
        Withheld = $"The {string.Join(", ", secrets)} of profile '{Name}' in {user.Path} is not used, because {project.Path} changes its "
            + $"{string.Join(", ", redirected)}. If that is meant, give the secret there as a reference ({SecretReference.Forms}).";
        foreach (string key in secrets)
        {
            _values.Remove(key);
        }
    }
}
