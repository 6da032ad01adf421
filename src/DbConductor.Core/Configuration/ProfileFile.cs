using System.Text;
using System.Text.Json;

namespace DbConductor;

/// <summary>Reads and writes a file with profiles.</summary>
internal static class ProfileFile
{
    private static int s_writing;

    /// <summary>The file's bytes, checked: JSON, and profiles in the shape that they must have. Null where there is no file.</summary>
    /// <exception cref="DbConductorException">What is wrong and in which line or under which key; never a value.</exception>
    public static byte[]? Read(string path)
    {
        byte[] bytes;
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DbConductorException(DbErrorKind.Permission, $"The configuration file {path} cannot be read: {e.Message}", e) { Target = path };
        }

        if (bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        if (bytes.AsSpan().Trim(" \t\r\n"u8).Length == 0)
        {
            return "{}"u8.ToArray();
        }

        Check(path, bytes);
        return bytes;
    }

    /// <summary>Changes the file as a whole or not at all: what reads it meanwhile sees the old content or the new.</summary>
    /// <param name="path">The file; made with its directory where it is missing.</param>
    /// <param name="isPrivate">Whether nobody but the user may read it.</param>
    /// <param name="change">Makes the new content of the old; the same array means no change.</param>
    public static void Change(string path, bool isPrivate, Func<byte[], byte[]> change)
    {
        try
        {
            // a file that is kept elsewhere and linked to stays a link
            string target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;

            // writers of this process take turns; each turn waits for the disk, and is rare
            while (Interlocked.CompareExchange(ref s_writing, 1, 0) != 0)
            {
                Thread.Sleep(1);
            }

            try
            {
                while (!TryChange(target, isPrivate, change))
                {
                }
            }
            finally
            {
                Volatile.Write(ref s_writing, 0);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DbConductorException(DbErrorKind.Permission, $"The configuration file {path} cannot be written: {e.Message}", e) { Target = path };
        }
    }

    /// <returns>False where another process has changed the file meanwhile: its change must not be lost, so the whole is done again.</returns>
    private static bool TryChange(string path, bool isPrivate, Func<byte[], byte[]> change)
    {
        byte[]? old = Read(path);
        byte[] start = old ?? Encoding.UTF8.GetBytes($"{{{Environment.NewLine}}}{Environment.NewLine}");
        byte[] changed = change(start);
        if (ReferenceEquals(start, changed))
        {
            return true;
        }

        Check(path, changed);
        string directory = Path.GetDirectoryName(path)!;
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        UnixFileMode? keep = null;
        if (OperatingSystem.IsWindows())
        {
            // %APPDATA% is the user's alone by the rights that it hands down
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, own | UnixFileMode.UserExecute);
            keep = !isPrivate && old is not null ? File.GetUnixFileMode(path) : null;
            options.UnixCreateMode = isPrivate || keep is not null ? own : null;
        }

        string temporary = Path.Combine(directory, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            using (FileStream stream = new(temporary, options))
            {
                stream.Write(changed);
                stream.Flush(flushToDisk: true);
                if (keep is { } mode && !OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(stream.SafeFileHandle, mode);
                }
            }

            bool same = Read(path) is { } now ? old is not null && now.AsSpan().SequenceEqual(old) : old is null;
            if (same)
            {
                File.Move(temporary, path, overwrite: true);
            }

            return same;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void Check(string path, byte[] json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            foreach (JsonProperty section in Properties(path, "the file", document.RootElement))
            {
                if (section.Name.Equals(ProfileKeys.Profiles, StringComparison.OrdinalIgnoreCase))
                {
                    CheckProfiles(path, section.Value);
                }
            }
        }
        catch (JsonException e)
        {
            // neither the parser's text nor the exception itself: both quote the place, where a password may stand
            throw new DbConductorException(DbErrorKind.InvalidArgument, $"{path} is not JSON in line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. Correct it there.")
            { Target = path };
        }
    }

    private static void CheckProfiles(string path, JsonElement profiles)
    {
        foreach (JsonProperty profile in Properties(path, $"\"{ProfileKeys.Profiles}\"", profiles))
        {
            if (!ProfileKeys.IsName(profile.Name))
            {
                throw Refuse(path, ProfileKeys.NameRule(profile.Name));
            }

            foreach (JsonProperty setting in Properties(path, $"profile '{profile.Name}'", profile.Value))
            {
                if (setting.Name.Equals(ProfileKeys.Options, StringComparison.OrdinalIgnoreCase))
                {
                    foreach (JsonProperty option in Properties(path, $"\"{ProfileKeys.Options}\" of profile '{profile.Name}'", setting.Value))
                    {
                        CheckScalar(path, profile.Name, option);
                    }
                }
                else
                {
                    CheckScalar(path, profile.Name, setting);
                }
            }
        }
    }

    /// <summary>An object's properties, none twice; null counts as empty.</summary>
    private static IEnumerable<JsonProperty> Properties(string path, string what, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            yield break;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Refuse(path, $"{what} must be an object {{ ... }}");
        }

        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            yield return names.Add(property.Name) ? property : throw Refuse(path, $"{what} has '{property.Name}' twice (case does not matter)");
        }
    }

    private static void CheckScalar(string path, string profile, JsonProperty setting)
    {
        if (setting.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array || setting.Name.Contains(':', StringComparison.Ordinal))
        {
            throw Refuse(path, $"setting '{setting.Name}' of profile '{profile}' must be a name without a colon, and a text, a number, true or false");
        }
    }

    private static DbConductorException Refuse(string path, string why) => new(DbErrorKind.InvalidArgument, $"{path}: {why}.") { Target = path };
}
