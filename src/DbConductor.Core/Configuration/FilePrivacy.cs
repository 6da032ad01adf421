namespace DbConductor;

/// <summary>Whether others can read a file. On Windows that is left to the rights that directories hand down.</summary>
internal static class FilePrivacy
{
    /// <summary>A warning with its remedy where group or others can read the file; else null.</summary>
    public static string? Warning(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        return (File.GetUnixFileMode(path) & others) == 0 ? null : $"Others can read {path}, which holds a secret in plain text: chmod 600 '{path}'.";
    }
}
