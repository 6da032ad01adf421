namespace DbConductor;

/// <summary>Where the files with profiles are.</summary>
public sealed record ProfileLocations
{
    /// <summary>The name of the file, everywhere.</summary>
    public const string FileName = "dbconductor.json";

    /// <summary>The user's file, whether or not it is there; null where the user has no home.</summary>
    public string? UserFile { get; init; }

    /// <summary>The project's file; where there is none yet, the one that would be made in <see cref="CurrentDirectory"/>.</summary>
    public required string ProjectFile { get; init; }

    /// <summary>The directory that the caller stands in: PowerShell's current location, never the process's directory.</summary>
    public required string CurrentDirectory { get; init; }

    /// <summary>Files that were passed over, and why.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// Finds the files: the user's where the platform keeps such (Linux: <c>$XDG_CONFIG_HOME</c> or <c>~/.config</c>; macOS:
    /// <c>~/Library/Application Support</c>; Windows: <c>%APPDATA%</c>; in all of them <c>dbconductor/dbconductor.json</c>), and the project's in
    /// <paramref name="directory"/> or the nearest directory above it, up to the root; the nearest one alone counts.
    /// </summary>
    /// <remarks>A shared directory for temporary files, such as /tmp, is passed over: anybody can put a file there that sends the user's data elsewhere.</remarks>
    public static ProfileLocations Find(string directory)
    {
        string applicationData = Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        string? user = applicationData.Length == 0 ? null : Path.Combine(applicationData, "dbconductor", FileName);
        List<string> warnings = [];
        string? project = Above(directory).Select(d => Path.Combine(d, FileName)).FirstOrDefault(file => file != user && IsProject(file, warnings));
        return new()
        {
            UserFile = user,
            ProjectFile = project ?? Path.Combine(directory, FileName),
            CurrentDirectory = directory,
            Warnings = warnings,
        };
    }

    private static bool IsProject(string file, List<string> warnings)
    {
        if (!File.Exists(file))
        {
            return false;
        }

        string directory = Path.GetDirectoryName(file)!;
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(directory) is var mode
            && mode.HasFlag(UnixFileMode.StickyBit) && mode.HasFlag(UnixFileMode.OtherWrite))
        {
            warnings.Add($"{file} is not read: everybody can put files into {directory}. Move it into a directory of its own.");
            return false;
        }

        return true;
    }

    private static IEnumerable<string> Above(string directory)
    {
        for (string? d = Path.GetFullPath(directory); d is not null; d = Path.GetDirectoryName(d))
        {
            yield return d;
        }
    }
}
