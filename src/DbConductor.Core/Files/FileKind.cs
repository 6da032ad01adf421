namespace DbConductor.Files;

/// <summary>What a file's name says of its content.</summary>
/// <param name="Format">The format.</param>
/// <param name="Gzip">Whether it is compressed.</param>
public readonly record struct FileKind(FileFormat Format, bool Gzip)
{
    /// <summary>Reads a file's extension: <c>.csv</c>, <c>.tsv</c>, <c>.jsonl</c> or <c>.ndjson</c>, each with <c>.gz</c> behind it where it is compressed.</summary>
    /// <param name="path">The file's path or name.</param>
    /// <param name="format">The format where it was given; then any extension will do.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: the extension is none of these.</exception>
    public static FileKind Of(string path, FileFormat? format = null)
    {
        (string extension, bool gzip) = Extension(path);
        return new(format ?? FormatOf(path) ?? throw Unknown(path, extension), gzip);
    }

    /// <summary>The format that a file's name tells; null where it tells none that is known.</summary>
    internal static FileFormat? FormatOf(string path) => Extension(path).Extension.ToLowerInvariant() switch
    {
        ".csv" => FileFormat.Csv,
        ".tsv" => FileFormat.Tsv,
        ".jsonl" or ".ndjson" => FileFormat.JsonLines,
        _ => null,
    };

    private static (string Extension, bool Gzip) Extension(string path)
    {
        string name = Path.GetFileName(path);
        bool gzip = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        return (Path.GetExtension(gzip ? name[..^3] : name), gzip);
    }

    private static DbConductorException Unknown(string path, string extension) => new(
        DbErrorKind.InvalidArgument,
        (extension.Length == 0 ? "The file's name has no extension that tells its format" : $"The extension '{extension}' tells no format that is known here")
        + $" ({path}). Known are .csv, .tsv, .jsonl and .ndjson, each with .gz behind it; for any other name say -Format Csv, Tsv or JsonLines.")
    { Target = path };
}
