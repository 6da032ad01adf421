namespace DbConductor.Files;

/// <summary>
/// The rows of several files, one file after another. Files with a header have the same columns, in any order; lines of JSON bring theirs as they come.
/// </summary>
internal sealed class FileSequence : RowReader
{
    private readonly IReadOnlyList<string> _paths;
    private readonly FileReadOptions _options;
    private readonly List<Column> _known = [];
    private Column[] _columns = [];
    private FileRows _file;
    private int[] _ordinals = [];
    private int _index;

    internal FileSequence(IReadOnlyList<string> paths, FileReadOptions options)
    {
        (_paths, _options) = (paths, options);
        _file = FileRows.Open(paths[0], options);
        Absorb();
        _columns = [.. _known];
    }

    protected override RowReader Owned => _file;

    public override IReadOnlyList<Column> Columns => _columns;

    public override bool MayAppendColumns => _file.MayAppendColumns;

    public override DbConductorException? RowProblem => _file.RowProblem;

    public override string? RowText => _file.RowText;

    /// <summary>Where the current row stands, for people.</summary>
    internal string Place => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {_file.LineNumber} of '{_file.Path}'");

    public override bool Read()
    {
        while (_known.Count == _columns.Length)
        {
            if (_file.Read())
            {
                return true;
            }

            if (!_file.NextResult())
            {
                if (_index + 1 == _paths.Count)
                {
                    return false;
                }

                _file.Dispose();
                _file = FileRows.Open(_paths[++_index], _options);
                RequireSame();
            }

            Absorb();
        }

        // what is new is announced before its first row
        return false;
    }

    public override bool NextResult()
    {
        bool more = _known.Count > _columns.Length;
        _columns = [.. _known];
        return more;
    }

    public override bool IsMissing(int ordinal) => _ordinals[ordinal] is var i && (i < 0 || _file.IsMissing(i));

    public override bool IsDBNull(int ordinal) => _ordinals[ordinal] is var i && (i < 0 || _file.IsDBNull(i));

    public override object GetValue(int ordinal) => _ordinals[ordinal] is var i && i < 0 ? DBNull.Value : _file.GetValue(i);

    public override string GetString(int ordinal) => _file.GetString(_ordinals[ordinal]);

    public override ReadOnlySpan<char> GetText(int ordinal) => _file.GetText(_ordinals[ordinal]);

    /// <summary>Finds the columns of the current file among those that are known, and takes new ones in.</summary>
    private void Absorb()
    {
        foreach (Column column in _file.Columns)
        {
            if (IndexOf(_known, column.Name) < 0)
            {
                _known.Add(column);
            }
        }

        _ordinals = [.. _known.Select(column => IndexOf(_file.Columns, column.Name))];
    }

    private void RequireSame()
    {
        if (_file.MayAppendColumns)
        {
            return;
        }

        Column? other = _file.Columns.FirstOrDefault(c => IndexOf(_columns, c.Name) < 0);
        Column? missing = _columns.FirstOrDefault(c => IndexOf(_file.Columns, c.Name) < 0);
        if ((other ?? missing) is { } column)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidData,
                $"The header of '{_file.Path}' {(other is null ? "lacks" : "has")} the column '{column.Name}', which that of '{_paths[0]}' {(other is null ? "has" : "lacks")}. Files that are read as one have the same columns, in any order.")
            { Target = _file.Path, Column = column.Name };
        }
    }

    // fields of JSON may differ by case alone, a header's names do not
    private int IndexOf(IReadOnlyList<Column> columns, string name)
    {
        if (!_file.MayAppendColumns)
        {
            return ColumnNames.IndexOf(columns, name);
        }

        for (int i = 0; i < columns.Count; i++)
        {
            if (columns[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
