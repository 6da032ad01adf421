using System.Globalization;

namespace DbConductor.Sql;

/// <summary>
/// Feeds one input to a table's bulk path, in one load where it can, in several where the transaction is shared with the one who makes the rows.
/// </summary>
internal sealed class SqlLoader(SqlAdapter adapter, RowReader rows, SqlShapes? shapes, Action<long>? onProgress)
{
    private readonly RowSegments _segments = new(rows, shapes);

    /// <summary>Rows taken from the input so far.</summary>
    public long RowNumber => _segments.RowNumber;

    /// <inheritdoc cref="SqlLoad.NamesRows"/>
    public bool NamesRows { get; init; } = true;

    /// <summary>Whether the input has come to its end.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether the last load ended before a row that lacks columns.</summary>
    public bool IsAtPartial => _segments.IsAtPartial;

    /// <summary>Notes that so many rows of the input went by another way, before the first one here.</summary>
    public void Skip(long rows) => _segments.Skip(rows);

    /// <summary>Loads rows until the end of the input, or until the limit; unless they are marked, also until a row that lacks columns.</summary>
    /// <param name="transaction">The transaction that they become part of.</param>
    /// <param name="into">The table loaded: the target itself, or a temporary one.</param>
    /// <param name="target">The table to name in errors.</param>
    /// <param name="columns">The columns loaded.</param>
    /// <param name="limit">How many rows at most; null means all.</param>
    /// <param name="batchSize">How many rows at most go in one load, after which the server has answered for them.</param>
    /// <param name="marks">Whether the table is a temporary one in which each row is marked with its shape.</param>
    /// <param name="cancel">Stops the load.</param>
    /// <returns>The number of rows loaded.</returns>
    public async Task<long> LoadAsync(
        SqlTransaction transaction, TableName into, TableName target, IReadOnlyList<Column> columns, long? limit, int? batchSize, bool marks,
        CancellationToken cancel)
    {
        // the caller's thread may need the connection to make its next row: leave it free while waiting for one
        bool yield = rows.FedByCaller && !transaction.IsExclusive;
        IReadOnlyList<Column> all = marks ? [.. columns, SqlShapes.Mark] : columns;
        long loaded = 0;
        while (!IsDone && (limit is null || loaded < limit))
        {
            if (!await _segments.BeginAsync(Math.Min(limit - loaded ?? long.MaxValue, batchSize ?? long.MaxValue), yield, marks, cancel).ConfigureAwait(false))
            {
                IsDone = true;
                break;
            }

            if (!marks && IsAtPartial)
            {
                break;
            }

            long first = _segments.RowNumber;
            SqlLoad load = new(
                transaction.Connection, transaction.Inner, into, all, _segments, first + 1, batchSize,
                onProgress is null ? null : rowsOfLoad => onProgress(first + rowsOfLoad)) { IsStage = into != target, NamesRows = NamesRows };
            long sent = await transaction.RunAsync(true, target, () => NamingRowAsync(load, target, cancel), cancel).ConfigureAwait(false);
            if (sent != _segments.RowNumber - first)
            {
                throw Miscounted(target, _segments.RowNumber - first, sent);
            }

            loaded += sent;
        }

        return loaded;
    }

    /// <summary>Loads rows into a temporary table until the end of the input, or until the limit: from the first one on that lacks columns they are marked.</summary>
    /// <inheritdoc cref="LoadAsync"/>
    public async Task<long> StageAsync(
        SqlTransaction transaction, TableName into, TableName target, IReadOnlyList<Column> columns, long? limit, int? batchSize, CancellationToken cancel)
    {
        long loaded = await LoadAsync(transaction, into, target, columns, limit, batchSize, marks: false, cancel).ConfigureAwait(false);
        return IsAtPartial && loaded != limit
            ? loaded + await LoadAsync(transaction, into, target, columns, limit - loaded, batchSize, marks: true, cancel).ConfigureAwait(false)
            : loaded;
    }

    // MySQL is sent all rows before it says what it makes of them, and of some errors without the row
    private async Task<long> NamingRowAsync(SqlLoad load, TableName target, CancellationToken cancel)
    {
        try
        {
            return await adapter.LoadAsync(load, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (adapter.ToError(e, target, cancel) is DbConductorException { Row: null, ServerCode: not null } error && Reject.IsOfRow(error.Kind))
        {
            throw _segments.RowNumber == load.FirstRow
                ? error.At(load.FirstRow)
                : error.WithRejectHint(string.Create(CultureInfo.InvariantCulture, $" It is one of the rows {load.FirstRow} to {_segments.RowNumber}."));
        }
    }

    /// <summary>An error of rows that went where they were not sent.</summary>
    public static DbConductorException Miscounted(TableName target, long sent, long counted) => new(
        DbErrorKind.Server, $"{sent} rows were sent to '{target}', but the server counts {counted}. Nothing of this call was kept.")
    { Target = target.ToString() };
}
