using System.Globalization;
using DbConductor.Files;

namespace DbConductor.Spark;

/// <summary>The rows of a result that Spark has written as files of JSON lines, which go with the reader. Ends with an error where rows are missing.</summary>
internal sealed class ResultRows : RowReader
{
    private readonly string _folder;
    private readonly Queue<string> _files;
    private readonly IReadOnlyList<Column> _columns;
    private readonly ColumnMapping[] _mapping;
    private readonly long _expected;
    private ConvertingRows? _rows;
    private long _read;

    /// <param name="folder">The folder of the call, which is removed at the end.</param>
    /// <param name="files">The folder that Spark wrote.</param>
    /// <param name="columns">The columns, in the order in which they stand in each row.</param>
    /// <param name="expected">How many rows Spark's tasks wrote.</param>
    internal ResultRows(string folder, string files, IReadOnlyList<Column> columns, long expected)
    {
        (_folder, _columns, _expected) = (folder, columns, expected);
        _files = new(Directory.EnumerateFiles(files, "part-*.json").Order(StringComparer.Ordinal));

        // what stands in a row is there, also where the source's column took no null
        _mapping = [.. columns.Select((column, i) => new ColumnMapping(i, column with { Nullable = true }))];
    }

    public override IReadOnlyList<Column> Columns => _columns;

    public override long? RowCount => _expected;

    private ConvertingRows Current => _rows ?? throw new InvalidOperationException("The reader stands on no row.");

    public override bool Read()
    {
        while (true)
        {
            if (_rows?.Read() == true)
            {
                _read++;
                return true;
            }

            _rows?.Dispose();
            _rows = null;
            if (!_files.TryDequeue(out string? file))
            {
                return _read == _expected ? false : throw new DbConductorException(
                    DbErrorKind.Server, string.Create(CultureInfo.InvariantCulture, $"Spark wrote {_expected} rows, and {_read} could be read: an executor may have written them where this machine does not see them. Every executor must see -WorkPath under the same path. Nothing was written to the target."))
                { Target = "Spark" };
            }

            FileRows lines = FileRows.Open(file, new FileReadOptions { Format = FileFormat.JsonLines });
            if (lines.Columns.Count == 0)
            {
                lines.Dispose();
                continue;
            }

            _rows = new ConvertingRows(lines, _mapping);
        }
    }

    public override Task<bool> ReadAsync(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled<bool>(cancellationToken) : Task.FromResult(Read());

    public override bool IsDBNull(int ordinal) => Current.IsDBNull(ordinal);

    public override object GetValue(int ordinal) => Current.GetValue(ordinal);

    public override T GetFieldValue<T>(int ordinal) => Current.GetFieldValue<T>(ordinal);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rows?.Dispose();
            WorkFolder.RemoveHere(_folder);
        }

        base.Dispose(disposing);
    }
}
