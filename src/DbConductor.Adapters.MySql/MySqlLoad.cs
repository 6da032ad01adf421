using System.Data.Common;
using System.Globalization;
using DbConductor.Sql;
using MySqlConnector;

namespace DbConductor.Adapters.MySql;

/// <summary>
/// LOAD DATA LOCAL. It never fails on a bad value: it clips it, or skips the row, and leaves a warning
/// (https://dev.mysql.com/doc/refman/8.4/en/load-data.html, "Error handling"); here any warning is the error. Lines go in parts of some megabytes, of which the last is at hand
/// when the server answers: a row that is refused without a number, such as one whose key is taken, is looked for in it.
/// </summary>
internal sealed class MySqlLoad(MySqlAdapter adapter, SqlLoad load)
{
    private const string Savepoint = "dbconductor_load";

    // a temporary table of ours has neither keys nor checks
    private readonly bool _searches = load.NamesRows && !load.IsStage;
    private readonly MySqlDialect _dialect = adapter.Words;

    /// <summary>Loads all rows, and returns how many the server counts.</summary>
    public async Task<long> RunAsync(CancellationToken cancel)
    {
        await using LoadStream lines = new(load, _dialect.Limits, _searches, cancel);
        long inserted = 0;
        while (!lines.HasEnded)
        {
            lines.Begin();
            await SaveAsync(cancel).ConfigureAwait(false);
            try
            {
                inserted += await SendAsync(lines, lines.RowsBefore, cancel).ConfigureAwait(false);
            }
            catch (Exception) when (lines.Failure is { } failure)
            {
                throw failure;
            }
            catch (Exception e) when (_searches && ErrorOf(e) is { Row: null } error && Reject.IsOfRow(error.Kind))
            {
                throw await FindAsync(lines, cancel).ConfigureAwait(false) ?? error;
            }
        }

        if (_searches)
        {
            await ExecuteAsync("RELEASE SAVEPOINT", cancel).ConfigureAwait(false);
        }

        return inserted;
    }

    private async Task<long> SendAsync(Stream lines, long before, CancellationToken cancel)
    {
        MySqlBulkLoader loader = new((MySqlConnection)load.Connection)
        {
            TableName = _dialect.Quote(load.Table),
            CharacterSet = "utf8mb4",
            Local = true,
            SourceStream = lines,
            FieldTerminator = "\t",
            LineTerminator = "\n",
            EscapeCharacter = '\\',
            Timeout = 0,
        };
        for (int i = 0; i < load.Columns.Count; i++)
        {
            Column column = load.Columns[i];
            string name = _dialect.Quote(column.Name);
            bool hex = LoadStream.IsHex(column);
            bool bit = LoadStream.IsBit(column);
            string variable = string.Create(CultureInfo.InvariantCulture, $"@dbconductor{i}");
            loader.Columns.Add(hex || bit ? variable : name);
            if (hex || bit)
            {
                loader.Expressions.Add(hex ? $"{name} = UNHEX({variable})" : $"{name} = CAST({variable} AS UNSIGNED)");
            }
        }

        long inserted = await loader.LoadAsync(cancel).ConfigureAwait(false);
        await RefuseWarningsAsync(before, cancel).ConfigureAwait(false);
        return inserted;
    }

    /// <summary>SHOW WARNINGS is capped by max_error_count; the count is not.</summary>
    private async Task RefuseWarningsAsync(long before, CancellationToken cancel)
    {
        object? count = await adapter.ScalarAsync(load.Connection, load.Transaction, new("SHOW COUNT(*) WARNINGS"), cancel).ConfigureAwait(false);
        long warnings = Convert.ToInt64(count, CultureInfo.InvariantCulture);
        if (warnings == 0)
        {
            return;
        }

        await using DbCommand command = adapter.CreateCommand(load.Connection, load.Transaction, new("SHOW WARNINGS LIMIT 1"));
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            throw new DbConductorException(DbErrorKind.InvalidData, $"The server did not take all rows as they are, and tells no more than the number of its warnings, {warnings}, since its max_error_count is 0. Nothing was kept.")
            { Target = load.Table.ToString() };
        }

        string message = reader.GetString(2);
        long? row = MySqlErrors.RowOf(message) is { } line ? load.FirstRow + before + line - 1 : null;
        throw MySqlErrors.From(
            Convert.ToInt32(reader.GetValue(1), CultureInfo.InvariantCulture), _dialect.Server.IsMariaDb, message, null, load.Table.ToString(), adapter.Info.Location, row, null);
    }

    // the transaction is lost already, so that nothing of the search stays
    private async Task<DbConductorException?> FindAsync(LoadStream lines, CancellationToken cancel)
    {
        try
        {
            await ExecuteAsync("ROLLBACK TO SAVEPOINT", cancel).ConfigureAwait(false);
            ReadOnlyMemory<byte> kept = lines.Kept;
            List<int> ends = EndsOf(kept.Span);
            DbConductorException? last = null;
            long? found = await FirstRefused.FindAsync(0, ends.Count, async (from, to) =>
            {
                int start = from == 0 ? 0 : ends[(int)from - 1];
                last = await TryAsync(kept[start..ends[(int)to - 1]], cancel).ConfigureAwait(false);
                return last is null;
            }).ConfigureAwait(false);
            return found is null ? null : last!.At(load.FirstRow + lines.RowsBefore + found.Value);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // the connection broke, or another one holds a lock: the first error is the one to tell
            return null;
        }
    }

    private async Task<DbConductorException?> TryAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        await SaveAsync(cancel).ConfigureAwait(false);
        try
        {
            await using MemoryStream part = new(lines.ToArray(), writable: false);
            await SendAsync(part, 0, cancel).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (ErrorOf(e) is { } error && Reject.IsOfRow(error.Kind))
        {
            await ExecuteAsync("ROLLBACK TO SAVEPOINT", cancel).ConfigureAwait(false);
            return error;
        }
    }

    // a line feed behind a backslash belongs to a value
    private static List<int> EndsOf(ReadOnlySpan<byte> lines)
    {
        List<int> ends = [];
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i] == (byte)'\\')
            {
                i++;
            }
            else if (lines[i] == (byte)'\n')
            {
                ends.Add(i + 1);
            }
        }

        return ends;
    }

    private DbConductorException ErrorOf(Exception error) =>
        error as DbConductorException ?? MySqlErrors.From(error, _dialect.Server.IsMariaDb, load.Table.ToString(), adapter.Info.Location);

    private Task SaveAsync(CancellationToken cancel) => _searches ? ExecuteAsync("SAVEPOINT", cancel) : Task.CompletedTask;

    private Task ExecuteAsync(string statement, CancellationToken cancel) =>
        adapter.ExecuteAsync(load.Connection, load.Transaction, new($"{statement} {Savepoint}"), cancel);
}
