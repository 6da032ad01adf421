namespace DbConductor;

/// <summary>Which column of the input goes to which column of the table.</summary>
public sealed class TableMapping
{
    private readonly TableName _table;
    private readonly TableSchema _schema;
    private readonly IReadOnlyList<int> _sources;

    private TableMapping(TableName table, TableSchema schema, IReadOnlyList<Column> columns, IReadOnlyList<int> sources, IReadOnlyList<Column> key)
    {
        _table = table;
        _schema = schema;
        _sources = sources;
        Columns = columns;
        Key = key;
    }

    /// <summary>The table's columns that get values, in the order of the input.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The columns that identify a row; empty where the call names none and the table has no primary key.</summary>
    public IReadOnlyList<Column> Key { get; }

    /// <summary>The table's columns that get no value and have no default, though they may not be null.</summary>
    public IEnumerable<Column> Unfilled =>
        _schema.Columns.Where(c => !c.Nullable && !c.HasDefault && !c.IsGenerated && !Columns.Contains(c));

    /// <summary>The table's columns that get no value but can be set.</summary>
    public IEnumerable<Column> Omitted => _schema.Columns.Where(c => !c.IsGenerated && !Columns.Contains(c));

    /// <summary>Finds the table's column for each of the input's.</summary>
    /// <param name="table">The table.</param>
    /// <param name="schema">Its columns.</param>
    /// <param name="input">The input's columns.</param>
    /// <param name="keyNames">The columns that identify a row; empty means the table's key.</param>
    /// <param name="keyOnly">Whether only the key's columns are looked at.</param>
    /// <exception cref="DbConductorException">A column of the input or of the key that the table lacks, or one given twice.</exception>
    public static TableMapping Make(TableName table, TableSchema schema, IReadOnlyList<Column> input, IReadOnlyList<string> keyNames, bool keyOnly = false)
    {
        string owner = $"Table '{table}'";
        IReadOnlyList<string> names = keyNames.Count > 0 ? keyNames : schema.Key;
        List<Column> key = [.. names.Select(name => schema.Columns[ColumnNames.Require(schema.Columns, name, owner)])];
        List<Column> columns = [];
        List<int> sources = [];
        for (int i = 0; i < input.Count; i++)
        {
            int index = schema.IndexOf(input[i].Name);
            if (keyOnly && (index < 0 || !key.Contains(schema.Columns[index])))
            {
                continue;
            }

            if (index < 0)
            {
                throw new DbConductorException(
                    DbErrorKind.ColumnNotFound,
                    $"{owner} has no column '{input[i].Name}', which the rows bring. Its columns are: {string.Join(", ", schema.Columns.Select(c => c.Name))}. " +
                    "Leave the property out with Select-Object (or -Property), or add the column.")
                { Target = table.ToString(), Column = input[i].Name };
            }

            Column column = schema.Columns[index];
            if (column.IsGenerated)
            {
                throw new DbConductorException(
                    DbErrorKind.InvalidArgument, $"Column '{column.Name}' of '{table}' is computed by the database and takes no values. Leave the property out.")
                { Target = table.ToString(), Column = column.Name };
            }

            if (columns.Contains(column))
            {
                throw new DbConductorException(
                    DbErrorKind.InvalidArgument, $"The rows bring column '{column.Name}' of '{table}' twice, in names that differ by case. Leave one out.")
                { Target = table.ToString(), Column = column.Name };
            }

            columns.Add(column);
            sources.Add(i);
        }

        return new(table, schema, columns, sources, key);
    }

    /// <summary>Says so where there is no key, or the rows lack part of it.</summary>
    public void RequireKey(string what)
    {
        if (Key.Count == 0)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, $"{what} finds rows by key, and '{_table}' has no primary key: say -Key.") { Target = _table.ToString() };
        }

        foreach (Column column in Key)
        {
            if (!Columns.Contains(column))
            {
                throw new DbConductorException(
                    DbErrorKind.ColumnNotFound, $"The rows lack '{column.Name}', which is part of the key of '{_table}'.")
                { Target = _table.ToString(), Column = column.Name };
            }
        }
    }

    /// <summary>Says so where a column that may not be null gets no value.</summary>
    public void RequireFilled()
    {
        if (Unfilled.FirstOrDefault() is { } column)
        {
            throw new DbConductorException(
                DbErrorKind.Constraint,
                $"Column '{column.Name}' of '{_table}' may not be null and has no default, and the rows bring no such property. Add it to the rows.")
            { Target = _table.ToString(), Column = column.Name };
        }
    }

    /// <summary>The input as rows of the table: each value converted to its column's type, or refused with row and column.</summary>
    /// <param name="rows">The input.</param>
    /// <param name="nullTexts">Texts that mean null, as in <see cref="SaveOptions.NullTexts"/>.</param>
    /// <param name="keyed">Whether rows are found by their key, so that a null in it is refused.</param>
    /// <param name="updates">Whether a field that a row lacks leaves its column alone.</param>
    /// <param name="onNewColumn">Called with each column that the input appends; null makes it an error.</param>
    /// <param name="rowsBefore">How many rows of the input were read before.</param>
    public ConvertingRows Convert(
        RowReader rows,
        IReadOnlyDictionary<string, IReadOnlyList<string>> nullTexts,
        bool keyed,
        bool updates,
        Action<Column, long>? onNewColumn = null,
        long rowsBefore = 0) => new(
        rows,
        [.. Columns.Select((column, i) => new ColumnMapping(_sources[i], column, keyed && Key.Contains(column)))],
        nullTexts,
        onNewColumn,
        passesMissing: updates,
        rowsBefore);
}
