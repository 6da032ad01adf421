using System.Globalization;
using System.Text;
using DbConductor.Sql;
using MySqlConnector;

namespace DbConductor.Adapters.MySql;

/// <summary>Prepared inserts of many rows each: the path where the server does not allow LOAD DATA LOCAL.</summary>
internal sealed class MySqlInserts(MySqlAdapter adapter, SqlLoad load, long maxPacket)
{
    // the protocol counts a statement's parameters in 16 bits
    private const int MostParameters = 65535;
    private const int MostRows = 500;

    private readonly int _most = Math.Clamp(Math.Min(load.BatchSize ?? MostRows, MostParameters / Math.Max(1, load.Columns.Count)), 1, MostRows);

    private (int Number, string Message)? _warning;

    public async Task<long> RunAsync(CancellationToken cancel)
    {
        long total = 0;
        List<object?[]> chunk = new(_most);
        long bytes = 0;
        MySqlCommand? full = null;
        MySqlConnection connection = (MySqlConnection)load.Connection;
        connection.InfoMessage += KeepWarning;
        try
        {
            bool more = true;
            while (more)
            {
                more = await load.Rows.ReadAsync(cancel).ConfigureAwait(false);
                if (more)
                {
                    object?[] row = new object?[load.Columns.Count];
                    for (int i = 0; i < row.Length; i++)
                    {
                        row[i] = load.Rows.IsDBNull(i) ? null : ToDriver(load.Rows.GetValue(i), total + chunk.Count + 1, i);
                        bytes += row[i] switch { string s => s.Length * 4L, byte[] b => b.Length, _ => 16 };
                    }

                    chunk.Add(row);
                }

                if (chunk.Count == _most || bytes > maxPacket / 2 || (!more && chunk.Count > 0))
                {
                    bool whole = chunk.Count == _most;
                    MySqlCommand command = whole ? full ??= await PrepareAsync(_most, cancel).ConfigureAwait(false) : await PrepareAsync(chunk.Count, cancel).ConfigureAwait(false);
                    await SendAsync(command, chunk, total, cancel).ConfigureAwait(false);
                    total += chunk.Count;
                    load.OnProgress?.Invoke(total);
                    chunk.Clear();
                    bytes = 0;
                    if (!whole)
                    {
                        await command.DisposeAsync().ConfigureAwait(false);
                    }
                }
            }

            return total;
        }
        finally
        {
            connection.InfoMessage -= KeepWarning;
            if (full is not null)
            {
                await full.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private object ToDriver(object value, long row, int ordinal) => adapter.Words.Refusal(load.Columns[ordinal], value) is { } why
        ? throw load.Refused(row, ordinal, why)
        : MySqlAdapter.Value(value, load.Columns[ordinal]);

    private async Task SendAsync(MySqlCommand command, List<object?[]> chunk, long before, CancellationToken cancel)
    {
        Fill(command, chunk);
        try
        {
            int inserted = await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            if (_warning is { } warning)
            {
                throw Error(warning.Number, warning.Message, null, before, null);
            }

            if (inserted != chunk.Count)
            {
                throw new DbConductorException(DbErrorKind.Server, $"{chunk.Count} rows were sent to '{load.Table}', but the server counts {inserted}.")
                { Target = load.Table.ToString() };
            }
        }
        catch (MySqlException e) when (e.Number > 0)
        {
            DbConductorException error = Error(e.Number, e.Message, e.SqlState, before, e);
            throw error.Row is not null || !Reject.IsOfRow(error.Kind) || !load.NamesRows || await FirstRefusedAsync(chunk, cancel).ConfigureAwait(false) is not { } row
                ? error
                : MySqlErrors.From(e.Number, adapter.Words.Server.IsMariaDb, e.Message, e.SqlState, load.Table.ToString(), adapter.Info.Location, load.FirstRow + before + row, e);
        }
    }

    // a duplicate, or a key or check that does not hold, names no row: the statement is undone, and its rows are tried in parts
    private async Task<long?> FirstRefusedAsync(List<object?[]> chunk, CancellationToken cancel)
    {
        try
        {
            return await FirstRefused.FindAsync(0, chunk.Count, (from, to) => PassesAsync(chunk[(int)from..(int)to], cancel)).ConfigureAwait(false);
        }
        catch (MySqlException)
        {
            // the connection broke, or another one holds a lock: the first error is the one to tell
            return null;
        }
    }

    private async Task<bool> PassesAsync(List<object?[]> rows, CancellationToken cancel)
    {
        await using MySqlCommand command = await PrepareAsync(rows.Count, cancel).ConfigureAwait(false);
        Fill(command, rows);
        try
        {
            await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            return true;
        }
        catch (MySqlException e) when (Reject.IsOfRow(Error(e.Number, e.Message, e.SqlState, 0, e).Kind))
        {
            return false;
        }
    }

    private static void Fill(MySqlCommand command, List<object?[]> rows)
    {
        int at = 0;
        foreach (object? value in rows.SelectMany(row => row))
        {
            command.Parameters[at++].Value = value ?? DBNull.Value;
        }
    }

    // strict mode makes errors of what matters, yet not of blanks cut off a text's end
    private void KeepWarning(object sender, MySqlInfoMessageEventArgs e) =>
        _warning ??= e.Errors is [var first, ..] ? ((int)first.ErrorCode, first.Message) : null;

    private DbConductorException Error(int number, string message, string? sqlState, long before, Exception? inner) => MySqlErrors.From(
        number, adapter.Words.Server.IsMariaDb, message, sqlState, load.Table.ToString(), adapter.Info.Location,
        MySqlErrors.RowOf(message) is { } inStatement ? load.FirstRow + before + inStatement - 1 : null, inner);

    private async Task<MySqlCommand> PrepareAsync(int rows, CancellationToken cancel)
    {
        MySqlDialect dialect = adapter.Words;
        StringBuilder sql = new($"INSERT INTO {dialect.Quote(load.Table)} ({string.Join(", ", load.Columns.Select(c => dialect.Quote(c.Name)))}) VALUES ");
        MySqlCommand command = new() { Connection = (MySqlConnection)load.Connection, Transaction = (MySqlTransaction)load.Transaction, CommandTimeout = 0 };
        int parameter = 0;
        for (int row = 0; row < rows; row++)
        {
            sql.Append(row == 0 ? "(" : ", (");
            for (int i = 0; i < load.Columns.Count; i++)
            {
                string name = "@p" + parameter++.ToString(CultureInfo.InvariantCulture);
                sql.Append(i == 0 ? "" : ", ").Append(name);
                command.Parameters.Add(new MySqlParameter { ParameterName = name });
            }

            sql.Append(')');
        }

        command.CommandText = sql.ToString();
        await command.PrepareAsync(cancel).ConfigureAwait(false);
        return command;
    }
}
