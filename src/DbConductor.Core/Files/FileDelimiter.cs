namespace DbConductor.Files;

/// <summary>The character between two values of a line.</summary>
internal static class FileDelimiter
{
    /// <summary>The one that was given, else the format's.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: it cannot be told from what stands in values that are not quoted.</exception>
    internal static char For(FileFormat format, char? given)
    {
        char delimiter = given ?? (format == FileFormat.Tsv ? '\t' : ',');
        return char.IsLetterOrDigit(delimiter) || char.IsSurrogate(delimiter) || "\"\r\n.+-:{}[]\0".Contains(delimiter, StringComparison.Ordinal)
            ? throw new DbConductorException(
                DbErrorKind.InvalidArgument, "That delimiter could be part of a number, a time or a quoted text. Take a comma, a semicolon, a tab (\"`t\") or |.")
            : delimiter;
    }
}
