using System.Collections;
using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Makes rows of objects and packs them into chunks. For the pipeline thread only.</summary>
/// <param name="full">Takes a chunk that is full.</param>
/// <param name="wait">Waits until a task has ended.</param>
/// <param name="cancel">Stops what a handle's rows are opened by.</param>
internal sealed class RowBuilder(Action<RowChunk> full, Action<Task> wait, CancellationToken cancel)
{
    // the columns are those of the first chunk's rows: as many rows as types are inferred from, and some more
    private const int RowsPerChunk = 2048;

    // characters and bytes: rows of megabytes must not pile up by the thousand
    private const long SizePerChunk = 4 << 20;

    private readonly ColumnMap _columns = new();
    private readonly CellConverter _cells = new();
    private readonly Dictionary<Type, RowSource> _sources = [];
    private object?[][] _rows = new object?[RowsPerChunk][];
    private int _count;
    private Type? _lastType;
    private RowSource? _lastSource;

    /// <summary>The number of rows made so far.</summary>
    internal long Count { get; private set; }

    /// <summary>Takes an object, or the rows of a container of rows.</summary>
    internal void Add(object? item)
    {
        PSObject? wrapper = item as PSObject;
        object? value = wrapper is null ? item : wrapper.BaseObject;
        Type? type = value?.GetType();
        if (type is not null && type == _lastType)
        {
            Append(_lastSource!, value!, wrapper);
            return;
        }

        switch (value)
        {
            case null or DBNull:
                throw NotARow("is null");
            case DataTable table:
                foreach (DataRow row in table.Rows)
                {
                    if (row.RowState != DataRowState.Deleted)
                    {
                        Add(row);
                    }
                }

                break;
            case DbDataReader reader:
                AddReader(reader);
                break;
            case DbStash stash:
                AddRowsOf(() => stash.OpenAsync(new StashQuery(), cancel));
                break;
            case DbDataFrame frame:
                AddRowsOf(() => JoinInput.OfFrame(frame.Inner).Open(cancel));
                break;
            case IDataReader reader:
                for (RecordSource source = new(_columns, _cells); reader.Read();)
                {
                    Append(source, reader, null);
                }

                break;
            case IList list and not byte[]:
                foreach (object? element in list)
                {
                    Add(element);
                }

                break;
            default:
                if (!_sources.TryGetValue(type!, out RowSource? known))
                {
                    _sources.Add(type!, known = SourceOf(value, type!));
                }

                (_lastType, _lastSource) = (type, known);
                Append(known, value, wrapper);
                break;
        }
    }

    /// <summary>Hands over the rows of the chunk that is not full.</summary>
    internal void Flush()
    {
        if (_count == 0)
        {
            return;
        }

        RowChunk chunk = new(_columns.Columns, _rows, _count);
        _columns.Fix();
        _rows = new object?[RowsPerChunk][];
        _count = 0;
        _cells.Size = 0;
        full(chunk);
    }

    private RowSource SourceOf(object value, Type type) => value switch
    {
        PSCustomObject => new NotePropertySource(_columns, _cells),
        DataRow or DataRowView => new TableSource(_columns, _cells),
        IDataRecord => new RecordSource(_columns, _cells),
        IDictionary or IDictionary<string, object?> => new DictionarySource(_columns, _cells),
        _ when CellConverter.IsScalar(type) => throw NotARow($"is a single value of type {type.Name}"),
        _ when PropertySource.IsAdapted(type) => new PropertySource(_columns, _cells),
        _ => new ClassSource(_columns, _cells, value),
    };

    private void AddReader(DbDataReader reader)
    {
        RecordSource source = new(_columns, _cells);
        do
        {
            while (Await(reader.ReadAsync()))
            {
                Append(source, reader, null);
            }
        }
        while (reader is RowReader && Await(reader.NextResultAsync()));
    }

    /// <summary>A handle means its rows.</summary>
    private void AddRowsOf(Func<Task<RowReader>> open)
    {
        RowReader rows = Await(Task.Run(open));
        try
        {
            AddReader(rows);
        }
        finally
        {
            rows.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private T Await<T>(Task<T> task)
    {
        if (!task.IsCompleted)
        {
            wait(task);
        }

        return task.GetAwaiter().GetResult();
    }

    private void Append(RowSource source, object value, PSObject? wrapper)
    {
        _cells.Row = Count + 1;
        _rows[_count] = source.Read(value, wrapper);
        _count++;
        Count++;
        if (_count == RowsPerChunk || _cells.Size > SizePerChunk)
        {
            Flush();
        }
    }

    private DbConductorException NotARow(string what) => new(
        DbErrorKind.InvalidData,
        string.Create(CultureInfo.InvariantCulture, $"Row {Count + 1} {what}. Objects with properties are needed: [pscustomobject]@{{ name = $_ }} makes one of a value."))
    { Row = Count + 1 };
}
