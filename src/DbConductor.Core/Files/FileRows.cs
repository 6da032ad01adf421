namespace DbConductor.Files;

/// <summary>
/// The rows of a file, one at a time. A line that cannot be read is a row with a <see cref="RowReader.RowProblem"/> that names the file and the line.
/// </summary>
public abstract class FileRows : RowReader
{
    private protected FileRows(string path) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The number of rows met so far; while the reader stands on a row, that row's number, counted from 1.</summary>
    public long RowNumber { get; private protected set; }

    /// <summary>The line on which the current row begins, counted from 1.</summary>
    public long LineNumber { get; private protected set; }

    /// <summary>How much of the file has been read, from 0 to 1.</summary>
    public abstract double Progress { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its full path. Whether it is compressed is told by its first bytes.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.NotFound"/>, <see cref="DbErrorKind.Permission"/>; <see cref="DbErrorKind.InvalidData"/>: it has no header, or one with a name twice or none.
    /// </exception>
    public static FileRows Open(string path, FileReadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        FileFormat format = FileKind.Of(path, options.Format).Format;
        return format == FileFormat.JsonLines ? JsonLinesRows.OpenLines(path, options) : CsvRows.Open(path, format, options);
    }

    /// <summary>The same error with the file and, where it is of one row, the line on which that row begins.</summary>
    /// <param name="error">An error of rows that came from this reader.</param>
    /// <param name="again">Opens the file anew, to find the line of a row that has gone by.</param>
    /// <param name="cancel">Cancels the search.</param>
    public async Task<DbConductorException> LocateAsync(DbConductorException error, Func<FileRows> again, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentNullException.ThrowIfNull(again);
        if (error.Row is not { } row || error.Target == Path)
        {
            return error;
        }

        long line = row == RowNumber ? LineNumber : await LineOfAsync(row, again, cancel).ConfigureAwait(false);
        return line == 0 ? error : error.With(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{error.Message} (row {row} is line {line} of {System.IO.Path.GetFileName(Path)})"), error);
    }

    private protected static bool Cancelled(CancellationToken cancel, out Task<bool> cancelled)
    {
        cancelled = cancel.IsCancellationRequested ? Task.FromCanceled<bool>(cancel) : null!;
        return cancel.IsCancellationRequested;
    }

    /// <summary>An error of a line.</summary>
    private protected DbConductorException BadLine(long line, long? row, string what) => new(
        DbErrorKind.InvalidData, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Line {line} of '{Path}' {what}")) { Target = Path, Row = row };

    private static async Task<long> LineOfAsync(long row, Func<FileRows> again, CancellationToken cancel)
    {
        FileRows rows = again();
        await using (rows.ConfigureAwait(false))
        {
            RowWalker walker = new(rows);
            while (await walker.NextAsync(cancel).ConfigureAwait(false) is var step and not RowStep.End)
            {
                if (step == RowStep.Row && walker.RowNumber == row)
                {
                    return rows.LineNumber;
                }
            }
        }

        return 0;
    }
}
