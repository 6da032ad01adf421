namespace DbConductor;

/// <summary>Writes profiles into files: all other content stays as it is, and a reader sees the old file or the new one.</summary>
public static class ProfileEditor
{
    /// <summary>Sets the given settings of a profile; the profile and the file are made where they are missing.</summary>
    /// <param name="file">The file.</param>
    /// <param name="scope">Whose file it is: nobody but the user can read the user's file.</param>
    /// <param name="name">The profile.</param>
    /// <param name="settings">What is set, and what is taken away.</param>
    /// <param name="allowPlainSecret">Whether a secret may be written that is no reference.</param>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.InvalidArgument"/>: a name that cannot be, a secret in plain text that was not asked for, or a file that is not as it must be;
    /// <see cref="DbErrorKind.Permission"/>: the file cannot be written.
    /// </exception>
    public static void Set(string file, ProfileScope scope, string name, ProfileSettings settings, bool allowPlainSecret)
    {
        ArgumentNullException.ThrowIfNull(settings);
        KeyValuePair<string, string>[] given = [.. settings.Given()];
        Check(name, given, allowPlainSecret);
        ProfileFile.Change(file, scope == ProfileScope.User, json =>
        {
            string[] profile = [ProfileKeys.Profiles, name];
            if (!JsonText.Has(json, profile))
            {
                json = JsonText.Set(json, profile, new Dictionary<string, string>());
            }

            foreach ((string key, string value) in given)
            {
                string[] path = [.. profile, .. key.Split(':')];
                json = value.Length == 0 ? JsonText.Remove(json, path)
                    : key == ProfileKeys.Port ? JsonText.Set(json, path, settings.Port!)
                    : JsonText.Set(json, path, value);
            }

            return json;
        });
    }

    /// <summary>Takes a profile out of a file.</summary>
    /// <returns>Whether it was there.</returns>
    public static bool Remove(string file, ProfileScope scope, string name)
    {
        bool removed = false;
        if (File.Exists(file))
        {
            ProfileFile.Change(file, scope == ProfileScope.User, json =>
            {
                byte[] without = JsonText.Remove(json, [ProfileKeys.Profiles, name]);
                removed = !ReferenceEquals(json, without);
                return without;
            });
        }

        return removed;
    }

    private static void Check(string name, KeyValuePair<string, string>[] given, bool allowPlainSecret)
    {
        if (!ProfileKeys.IsName(name))
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, ProfileKeys.NameRule(name) + ".") { Target = name };
        }

        if (given.FirstOrDefault(s => s.Key.Count(c => c == ':') > 1).Key is { } odd)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, $"Option '{ProfileKeys.OptionName(odd)}' cannot be kept: a colon cannot stand in its name.")
            { Target = name };
        }

        if (!allowPlainSecret && given.FirstOrDefault(s => ProfileKeys.IsPlainSecret(s.Key, s.Value)).Key is { } plain)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument,
                $"The {plain} of profile '{name}' would stand in the file in plain text. Give a reference ({SecretReference.Forms}), or ask for it with -AllowPlainSecret.")
            { Target = name };
        }
    }
}
