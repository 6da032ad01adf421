using System.Text;

namespace DbConductor.Files;

/// <summary>How a file's rows are read.</summary>
public sealed record FileReadOptions
{
    /// <summary>The format; null goes by the file's extension.</summary>
    public FileFormat? Format { get; init; }

    /// <summary>The character between two values; null means the format's own. Not for JSON lines.</summary>
    public char? Delimiter { get; init; }

    /// <summary>The encoding of a file without a byte order mark; null means UTF-8. JSON lines are UTF-8.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>The columns' names in a file whose first line is a row; null where the first line has the names. Not for JSON lines.</summary>
    public IReadOnlyList<string>? Header { get; init; }

    /// <summary>Texts that stand for null where they have no quotes, by the file's column; the entry under the empty name holds for every column. Not for JSON lines.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> NullTexts { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>
    /// The kind of value wanted, by the file's column, so that a JSON number with a fraction is read as decimal or double at once; else it is a decimal, with an
    /// exponent a double, and text where neither holds all its digits.
    /// </summary>
    public IReadOnlyDictionary<string, PortableKind> Kinds { get; init; } = new Dictionary<string, PortableKind>();
}
