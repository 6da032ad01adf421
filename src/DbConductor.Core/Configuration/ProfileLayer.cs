using Microsoft.Extensions.Configuration;

namespace DbConductor;

/// <summary>One source of settings.</summary>
/// <param name="Scope">Which of the sources it is.</param>
/// <param name="Path">The file, where it is one.</param>
/// <param name="BaseDirectory">What relative paths in it start from.</param>
/// <param name="Provider">Its settings.</param>
internal sealed record ProfileLayer(ProfileScope Scope, string? Path, string BaseDirectory, IConfigurationProvider Provider)
{
    /// <summary>For people.</summary>
    public string Description => Path ?? Scope switch
    {
        ProfileScope.Environment => "the environment",
        _ => "the command's parameters",
    };

    /// <summary>The names of the profiles.</summary>
    public IEnumerable<string> Names => Provider.GetChildKeys([], ProfileKeys.Profiles).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>The keys of a profile's settings, as they are spelled here; options with their prefix.</summary>
    public IEnumerable<string> Keys(string profile)
    {
        string at = ConfigurationPath.Combine(ProfileKeys.Profiles, profile);
        foreach (string key in Provider.GetChildKeys([], at).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            string[] below = [.. Provider.GetChildKeys([], ConfigurationPath.Combine(at, key)).Distinct(StringComparer.OrdinalIgnoreCase)];
            if (below.Length == 0)
            {
                // an empty "options": {} is no setting
                if (!key.Equals(ProfileKeys.Options, StringComparison.OrdinalIgnoreCase))
                {
                    yield return key;
                }
            }

            foreach (string option in below)
            {
                yield return ConfigurationPath.Combine(key, option);
            }
        }
    }

    /// <summary>A setting's value; null where it is not set here, the empty text where it is taken away.</summary>
    public string? Value(string profile, string key) =>
        Provider.TryGet(ConfigurationPath.Combine(ProfileKeys.Profiles, profile, key), out string? value) ? value ?? "" : null;
}
