using System.Globalization;

namespace DbConductor.Sql;

/// <summary>
/// Tells apart rows of one input by the columns that they lack, where it matters: an update leaves such a column alone, an insert gives it its default.
/// No bulk path can say "absent", so these rows are loaded into a temporary table, numbered so that the number also tells the row's shape, and go on
/// from there shape by shape.
/// </summary>
internal sealed class SqlShapes
{
    // each shape costs some statements of its own
    private const int Most = 1000;

    // numbers that a temporary table gives by itself stay below those that are given here, which are multiples of this and a shape
    private const int Step = 1024;

    private readonly SqlAdapter _adapter;
    private readonly TableName _table;
    private readonly IReadOnlyList<Column> _columns;
    private readonly bool[] _matters;
    private readonly Dictionary<string, int> _shapes = [];
    private long _firstMark;

    private SqlShapes(SqlAdapter adapter, TableName table, IReadOnlyList<Column> columns, bool[] matters)
    {
        _adapter = adapter;
        _table = table;
        _columns = columns;
        _matters = matters;
    }

    /// <summary>The column that a temporary table numbers its rows by.</summary>
    public static Column Mark { get; } = new(SqlDialect.StageOrdinalName, new(PortableKind.Int64)) { Nullable = false };

    /// <summary>Null where it matters of no column whether a row lacks it.</summary>
    public static SqlShapes? Make(SqlAdapter adapter, TableName table, IReadOnlyList<Column> columns, Func<Column, bool> matters)
    {
        bool[] all = [.. columns.Select(matters)];
        return all.Contains(true) ? new(adapter, table, columns, all) : null;
    }

    /// <summary>For rows of which it matters of no column whether they lack it, but which are marked all the same.</summary>
    public static SqlShapes Whole(SqlAdapter adapter, TableName table, IReadOnlyList<Column> columns) => new(adapter, table, columns, new bool[columns.Count]);

    /// <summary>Whether rows were marked since they were last forgotten.</summary>
    public bool IsMarked => _firstMark != 0;

    /// <summary>The number of the row that was loaded under a mark.</summary>
    public static long RowOf(long mark) => mark / Step;

    /// <summary>The columns that the row under a mark does not lack.</summary>
    public IReadOnlyList<Column> ColumnsOf(long mark)
    {
        string? lacks = _shapes.FirstOrDefault(s => s.Value == mark % Step).Key;
        return lacks is null ? _columns : [.. _columns.Where((_, i) => lacks[i] == ' ')];
    }

    /// <summary>Whether the current row lacks a column of which it matters.</summary>
    public bool IsPartial(RowReader rows)
    {
        if (!rows.HasMissing)
        {
            return false;
        }

        for (int i = 0; i < _matters.Length; i++)
        {
            if (_matters[i] && rows.IsMissing(i))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The number under which the current row is loaded.</summary>
    public long MarkOf(RowReader rows, long row)
    {
        if (_firstMark == 0)
        {
            _firstMark = row * Step;
        }

        return (row * Step) + (IsPartial(rows) ? ShapeOf(rows, row) : 0);
    }

    /// <summary>
    /// Does something with each shape's rows in a loaded temporary table, which are taken out of it first; what is left in the end are the rows that lack nothing.
    /// </summary>
    /// <param name="shapes">The shapes; null where no row can lack anything.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="stage">The temporary table, closed.</param>
    /// <param name="whole">All columns.</param>
    /// <param name="key">The key by which rows are found, if any.</param>
    /// <param name="work">Called with each temporary table and the columns in it.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task ForEachAsync(
        SqlShapes? shapes, SqlTransaction transaction, TableName stage, IReadOnlyList<Column> whole, IReadOnlyList<Column> key,
        Func<TableName, IReadOnlyList<Column>, Task> work, CancellationToken cancel)
    {
        if (shapes is not null)
        {
            await shapes.TakeOutAsync(transaction, stage, key, work, cancel).ConfigureAwait(false);
        }

        await work(stage, whole).ConfigureAwait(false);
    }

    private async Task TakeOutAsync(
        SqlTransaction transaction, TableName stage, IReadOnlyList<Column> key, Func<TableName, IReadOnlyList<Column>, Task> work, CancellationToken cancel)
    {
        SqlDialect dialect = _adapter.Dialect;
        string marked = string.Create(CultureInfo.InvariantCulture, $"{dialect.StageOrdinal} >= {_firstMark} AND {dialect.StageOrdinal} % {Step}");
        foreach ((string lacks, int shape) in _shapes)
        {
            List<Column> columns = [.. _columns.Where((_, i) => lacks[i] == ' ')];
            string names = string.Join(", ", columns.Select(c => dialect.Quote(c.Name)));
            SqlStage part = new(_adapter, _table, columns, key);
            await part.CreateAsync(transaction, cancel).ConfigureAwait(false);
            string move = string.Create(
                CultureInfo.InvariantCulture,
                $"INSERT INTO {dialect.Quote(part.Name)} ({names}) SELECT {names} FROM {dialect.Quote(stage)} WHERE {marked} = {shape} ORDER BY {dialect.StageOrdinal}");
            await transaction.ExecuteAsync(new(move), cancel).ConfigureAwait(false);
            await part.CloseAsync(transaction, cancel).ConfigureAwait(false);
            await work(part.Name, columns).ConfigureAwait(false);
            await part.DropAsync(transaction, cancel).ConfigureAwait(false);
        }

        if (_shapes.Count > 0)
        {
            await transaction.ExecuteAsync(new($"DELETE FROM {dialect.Quote(stage)} WHERE {marked} <> 0"), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Called when the rows of a temporary table have landed: the next commit's go into another one.</summary>
    public void Forget()
    {
        _shapes.Clear();
        _firstMark = 0;
    }

    private int ShapeOf(RowReader rows, long row)
    {
        string lacks = string.Create(_matters.Length, rows, (text, source) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = _matters[i] && source.IsMissing(i) ? '-' : ' ';
            }
        });
        if (_shapes.TryGetValue(lacks, out int known))
        {
            return known;
        }

        if (!lacks.Contains(' ', StringComparison.Ordinal))
        {
            throw Refused(row, lacks, "has none of the columns that the other rows bring. Leave the row out.");
        }

        if (_shapes.Count == Most)
        {
            throw Refused(
                row, lacks, string.Create(CultureInfo.InvariantCulture, $"is the {Most + 1:N0}th kind of row by the columns that it lacks; {Most:N0} are taken in one commit. ") +
                "Give the rows the same properties (as Select-Object does), or write them in several calls.");
        }

        return _shapes[lacks] = _shapes.Count + 1;
    }

    private DbConductorException Refused(long row, string lacks, string why)
    {
        string column = _columns[lacks.IndexOf('-', StringComparison.Ordinal)].Name;
        return new(DbErrorKind.InvalidData, string.Create(CultureInfo.InvariantCulture, $"Row {row} lacks column '{column}' and {why}"))
        { Row = row, Column = column, Target = _table.ToString() };
    }
}
