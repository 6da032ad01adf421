namespace DbConductor;

/// <summary>A profile as it may be shown.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Settings">Its settings, redacted, in the order of their keys.</param>
/// <param name="Withheld">Secrets of the user's file that are not used, and why; null where all are.</param>
public sealed record ProfileDescription(string Name, IReadOnlyList<ProfileSetting> Settings, string? Withheld)
{
    /// <summary>A setting; null where it has no value.</summary>
    public ProfileSetting? this[string key] => Settings.FirstOrDefault(s => s.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A setting of a profile as it may be shown.</summary>
/// <param name="Key">Its key; a driver's own as <c>options:name</c>.</param>
/// <param name="Value">Its value: of a secret the reference, or <see cref="Secret.Mask"/>.</param>
/// <param name="Scope">Which source it comes from.</param>
/// <param name="Source">The file, or what else it is.</param>
public sealed record ProfileSetting(string Key, string Value, ProfileScope Scope, string Source)
{
    /// <summary>The option's name, where it is one of the driver's own settings.</summary>
    public string? Option => ProfileKeys.OptionName(Key);
}
