using System.Text;

namespace DbConductor.Files;

/// <summary>How rows are written to a file.</summary>
public sealed record FileWriteOptions
{
    /// <summary>The format; null goes by the file's extension.</summary>
    public FileFormat? Format { get; init; }

    /// <summary>The character between two values; null means the format's own. Not for JSON lines.</summary>
    public char? Delimiter { get; init; }

    /// <summary>The encoding, with a byte order mark where it has one; null means UTF-8 without. JSON lines are UTF-8.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>What stands for null, without quotes; a text that reads the same is quoted. Not for JSON lines, which have null.</summary>
    public string NullText { get; init; } = "";

    /// <summary>Whether a file that is there already is left alone and is an error.</summary>
    public bool NoClobber { get; init; }

    /// <summary>Whether a file that is read-only is replaced too.</summary>
    public bool Force { get; init; }

    /// <summary>Called now and then with the number of rows written so far.</summary>
    public Action<long>? OnProgress { get; init; }
}
