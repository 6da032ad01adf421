using System.Data.Common;
using System.Globalization;
using DbConductor.Sql;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>
/// A query inside a transaction, fetched in pieces from a cursor of the server: an early end just closes the cursor, where cancelling the statement
/// would make the whole transaction useless (https://www.postgresql.org/docs/current/sql-declare.html).
/// </summary>
internal sealed class PostgreSqlCursor(PostgreSqlAdapter adapter, SqlTransaction transaction, string name, IReadOnlyList<Column> columns) : RowReader
{
    private const int FetchRows = 4096;

    private SqlRowReader? _piece;
    private long _inPiece;
    private bool _ended;

    public override IReadOnlyList<Column> Columns { get; } = columns;

    public static async Task<PostgreSqlCursor> OpenAsync(
        PostgreSqlAdapter adapter, SqlTransaction transaction, SqlStatement statement, CancellationToken cancel)
    {
        string name = PostgreSqlDialect.Instance.Quote($"dbconductor_{Guid.NewGuid():N}");
        SqlStatement declare = statement with { Text = $"DECLARE {name} NO SCROLL CURSOR FOR {statement.Text}" };
        await transaction.ExecuteAsync(declare, cancel).ConfigureAwait(false);
        PostgreSqlCursor cursor = new(adapter, transaction, name, statement.Columns!);
        await cursor.FetchAsync(cancel).ConfigureAwait(false);
        return cursor;
    }

    public override bool Read() => ReadAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (!_ended)
        {
            if (await _piece!.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                _inPiece++;
                return true;
            }

            bool last = _inPiece < FetchRows;
            await _piece.DisposeAsync().ConfigureAwait(false);
            if (last)
            {
                _ended = true;
                break;
            }

            await FetchAsync(cancellationToken).ConfigureAwait(false);
        }

        return false;
    }

    private async Task FetchAsync(CancellationToken cancel)
    {
        string fetch = string.Create(CultureInfo.InvariantCulture, $"FETCH FORWARD {FetchRows} FROM {name}");
        _inPiece = 0;
        _piece = await adapter.OpenPieceAsync(transaction, new SqlStatement(fetch) { Columns = Columns }, cancel).ConfigureAwait(false);
    }

    public override bool IsDBNull(int ordinal) => _piece!.IsDBNull(ordinal);

    public override object GetValue(int ordinal) => _piece!.GetValue(ordinal);

    public override async ValueTask DisposeAsync()
    {
        if (_piece is not null)
        {
            await _piece.DisposeAsync().ConfigureAwait(false);
            _piece = null;
            _ended = true;
            try
            {
                await transaction.ExecuteAsync(new($"CLOSE {name}"), CancellationToken.None).ConfigureAwait(false);
            }
            catch (DbException)
            {
                // in a transaction that has failed the cursor is gone already
            }
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }
}
