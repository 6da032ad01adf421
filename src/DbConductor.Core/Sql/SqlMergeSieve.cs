using System.Data.Common;
using System.Globalization;

namespace DbConductor.Sql;

/// <summary>
/// Carries the rows of a loaded temporary table on into the table, where some of them may be refused: all at once under a savepoint, and where that fails by a
/// row's fault, in parts by the number that each row is marked with, until the row stands alone.
/// </summary>
internal sealed class SqlMergeSieve(
    SqlAdapter adapter, TableName table, TableMapping mapping, SqlShapes shapes, SqlMerge merge, SqlStage stage, SqlRejects rejects)
{
    private static readonly Column[] s_counts = [new("n", new(PortableKind.Int64)), new("low", new(PortableKind.Int64)), new("high", new(PortableKind.Int64))];

    private readonly SqlDialect _dialect = adapter.Dialect;

    /// <summary>Carries all rows on. Returns how many landed.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="staged">How many rows there are.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<long> RunAsync(SqlTransaction transaction, long staged, CancellationToken cancel)
    {
        long landed = 0;
        Stack<(long Low, long High)> parts = new([(0, long.MaxValue)]);
        bool whole = true;
        while (parts.TryPop(out (long Low, long High) part))
        {
            (long count, long low, long high) = await CountAsync(transaction, part.Low, part.High, cancel).ConfigureAwait(false);
            if (count == 0)
            {
                continue;
            }

            await transaction.SaveAsync(SqlSieve.Savepoint, cancel).ConfigureAwait(false);
            SqlStage? some = whole ? null : new(adapter, table, mapping.Columns, mapping.Key);
            whole = false;
            try
            {
                long written = await transaction.RunAsync(
                    true, table, () => ApplyAsync(transaction, some, count, low, high, cancel), cancel).ConfigureAwait(false);
                await transaction.ReleaseAsync(SqlSieve.Savepoint, cancel).ConfigureAwait(false);
                landed += written;
            }
            catch (DbConductorException e) when (Reject.IsOfRow(e.Kind))
            {
                await transaction.RollbackToAsync(SqlSieve.Savepoint, cancel).ConfigureAwait(false);
                if (some is not null && !adapter.Info.TransactionalDdl)
                {
                    await transaction.RunAsync(true, table, async () =>
                    {
                        await some.DropAsync(transaction, cancel).ConfigureAwait(false);
                        return 0;
                    }, cancel).ConfigureAwait(false);
                }

                if (count == 1)
                {
                    rejects.Add(e, SqlShapes.RowOf(low), await RowAsync(transaction, low, cancel).ConfigureAwait(false));
                    continue;
                }

                long middle = low + ((high - low) / 2);
                parts.Push((middle + 1, high));
                parts.Push((low, middle));
            }
        }

        shapes.Forget();
        return landed;
    }

    private async Task<long> ApplyAsync(SqlTransaction transaction, SqlStage? some, long count, long low, long high, CancellationToken cancel)
    {
        if (some is null)
        {
            return await merge.ApplyAsync(transaction, stage.Name, count, cancel).ConfigureAwait(false);
        }

        await some.CreateAsync(transaction, cancel).ConfigureAwait(false);
        await transaction.ExecuteAsync(new(_dialect.CopyStage(some.Name, stage.Name, mapping.Columns, low, high)), cancel).ConfigureAwait(false);
        await some.CloseAsync(transaction, cancel).ConfigureAwait(false);
        long landed = await merge.ApplyAsync(transaction, some.Name, count, cancel).ConfigureAwait(false);
        await some.DropAsync(transaction, cancel).ConfigureAwait(false);
        return landed;
    }

    private Task<(long Count, long Low, long High)> CountAsync(SqlTransaction transaction, long low, long high, CancellationToken cancel) =>
        transaction.RunAsync(false, table, async () =>
        {
            string ordinal = _dialect.StageOrdinal;
            SqlStatement count = new(string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT count(*), min({ordinal}), max({ordinal}) FROM {_dialect.Quote(stage.Name)} WHERE {ordinal} BETWEEN {low} AND {high}")) { Columns = s_counts };
            await using SqlRowReader reader = await adapter.OpenReaderAsync(transaction.Connection, transaction.Inner, null, count, cancel).ConfigureAwait(false);
            return await reader.ReadAsync(cancel).ConfigureAwait(false) && !reader.IsDBNull(1) ? (Number(reader, 0), Number(reader, 1), Number(reader, 2)) : default;
        }, cancel);

    private static long Number(DbDataReader reader, int ordinal) => Convert.ToInt64(reader.GetValue(ordinal), CultureInfo.InvariantCulture);

    private Task<string> RowAsync(SqlTransaction transaction, long mark, CancellationToken cancel) => transaction.RunAsync(false, table, async () =>
    {
        IReadOnlyList<Column> columns = shapes.ColumnsOf(mark);
        SqlStatement select = new(string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT {string.Join(", ", columns.Select(_dialect.SelectColumn))} FROM {_dialect.Quote(stage.Name)} WHERE {_dialect.StageOrdinal} = {mark}"))
        { Columns = columns };
        await using SqlRowReader reader = await adapter.OpenReaderAsync(transaction.Connection, transaction.Inner, null, select, cancel).ConfigureAwait(false);
        return await reader.ReadAsync(cancel).ConfigureAwait(false) ? RowJson.Write(reader) : "{}";
    }, cancel);
}
