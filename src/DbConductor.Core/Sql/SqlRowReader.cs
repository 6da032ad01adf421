using System.Data.Common;
using System.Text.Json;

namespace DbConductor.Sql;

/// <summary>
/// A driver's reader as a row stream. It owns its command, and what else was opened for it; disposed early, it cancels the command first,
/// since drivers otherwise read the rest of the result to its end.
/// </summary>
public class SqlRowReader : RowReader
{
    private readonly SqlAdapter _adapter;
    private readonly DbCommand? _command;
    private readonly IAsyncDisposable? _owned;
    private readonly CancellationTokenRegistration _interrupt;
    private readonly CancellationToken _cancel;
    private readonly bool[] _json;
    private bool _ended;
    private bool _disposed;
    private long _row;

    /// <summary>Wraps a reader that stands before its first row.</summary>
    /// <param name="adapter">The adapter, which classifies errors.</param>
    /// <param name="command">The command, cancelled on an early end and disposed with the reader; null where somebody else owns command and reader.</param>
    /// <param name="reader">The driver's reader.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="owned">What is disposed after the reader: its connection.</param>
    /// <param name="cancel">Cancels the command, for as long as the reader lives.</param>
    public SqlRowReader(
        SqlAdapter adapter, DbCommand? command, DbDataReader reader, IReadOnlyList<Column> columns, IAsyncDisposable? owned, CancellationToken cancel)
    {
        _adapter = adapter;
        _command = command;
        Inner = reader;
        Columns = columns;
        _json = [.. columns.Select(c => c.Type.Kind == PortableKind.Json)];
        _owned = owned;
        _cancel = cancel;
        if (command is not null)
        {
            _interrupt = adapter.CancelOn(command, cancel);
        }
    }

    /// <summary>The driver's reader.</summary>
    protected DbDataReader Inner { get; }

    /// <summary>The operation that ends with the reader.</summary>
    internal Operation? Operation { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns { get; }

    /// <inheritdoc/>
    public override bool Read()
    {
        try
        {
            return Count(!_ended && Inner.Read());
        }
        catch (Exception e) when (e is not DbConductorException)
        {
            throw Classify(e);
        }
    }

    /// <inheritdoc/>
    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_ended)
        {
            return Task.FromResult(false);
        }

        // drivers hand out what they have buffered without a look at the token
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<bool>(cancellationToken);
        }

        // the common case, a row at hand, takes neither a state machine nor a try block per row
        Task<bool> read = Inner.ReadAsync(cancellationToken);
        if (read.IsCompletedSuccessfully && read.Result)
        {
            _row++;
            return read;
        }

        return ReadSlowAsync(read);
    }

    private async Task<bool> ReadSlowAsync(Task<bool> read)
    {
        try
        {
            return Count(await read.ConfigureAwait(false));
        }
        catch (Exception e) when (e is not DbConductorException)
        {
            throw Classify(e);
        }
    }

    private bool Count(bool read)
    {
        if (read)
        {
            _row++;
        }
        else
        {
            _ended = true;
        }

        return read;
    }

    /// <summary>An error of the driver as ours; a cell's error names the row and the column.</summary>
    protected Exception Classify(Exception error, int ordinal = -1)
    {
        Exception ours = _cancel.IsCancellationRequested ? new OperationCanceledException(null, error, _cancel)
            : _adapter.ToError(ordinal < 0 ? error : Misfit(error, ordinal), null);
        Operation?.Fail(ours);
        return ours;
    }

    private DbConductorException Misfit(Exception error, int ordinal) => new(
        DbErrorKind.InvalidData,
        $"Row {_row}, column '{Columns[ordinal].Name}' ({GetDataTypeName(ordinal)}): the value does not fit {Columns[ordinal].Type}. " +
        MisfitRemedy(ordinal),
        error)
    { Row = _row, Column = Columns[ordinal].Name };

    private static bool IsMisfit(Exception error) => error is InvalidCastException or OverflowException or FormatException or ArgumentException or JsonException;

    /// <summary>What helps where a cell's value does not fit its column's portable type.</summary>
    protected virtual string MisfitRemedy(int ordinal) => "Read the column as text with Invoke-DbQuery and a cast.";

    /// <inheritdoc/>
    public override object GetValue(int ordinal)
    {
        try
        {
            return ReadValue(ordinal);
        }
        catch (Exception e) when (IsMisfit(e))
        {
            throw Classify(e, ordinal);
        }
    }

    /// <summary>A cell's value in the column's portable type; <see cref="DBNull"/> for null.</summary>
    protected virtual object ReadValue(int ordinal) => Inner.GetValue(ordinal);

    /// <inheritdoc/>
    public override bool HasMissing => false;

    /// <inheritdoc/>
    public override bool IsDBNull(int ordinal) => Inner.IsDBNull(ordinal) || IsJsonNull(ordinal);

    /// <summary>Whether a cell that is not null to the database holds JSON's null, which is null to everybody else.</summary>
    protected bool IsJsonNull(int ordinal) => _json[ordinal] && JsonText(ordinal).AsSpan().Trim(" \t\r\n").SequenceEqual("null");

    /// <summary>The text of a JSON cell that is not null to the database; null where it is stored as something else.</summary>
    protected virtual string? JsonText(int ordinal) => Inner.GetString(ordinal);

    /// <inheritdoc/>
    public override bool GetBoolean(int ordinal) => Inner.GetBoolean(ordinal);

    /// <inheritdoc/>
    public override short GetInt16(int ordinal) => Inner.GetInt16(ordinal);

    /// <inheritdoc/>
    public override int GetInt32(int ordinal) => Inner.GetInt32(ordinal);

    /// <inheritdoc/>
    public override long GetInt64(int ordinal) => Inner.GetInt64(ordinal);

    /// <inheritdoc/>
    public override float GetFloat(int ordinal) => Inner.GetFloat(ordinal);

    /// <inheritdoc/>
    public override double GetDouble(int ordinal) => Inner.GetDouble(ordinal);

    /// <inheritdoc/>
    public override string GetString(int ordinal) => Inner.GetString(ordinal);

    /// <inheritdoc/>
    public override decimal GetDecimal(int ordinal)
    {
        try
        {
            return ReadDecimal(ordinal);
        }
        catch (Exception e) when (IsMisfit(e))
        {
            throw Classify(e, ordinal);
        }
    }

    /// <summary>A decimal cell.</summary>
    protected virtual decimal ReadDecimal(int ordinal) => Inner.GetDecimal(ordinal);

    /// <inheritdoc/>
    public override DateTime GetDateTime(int ordinal)
    {
        try
        {
            return ReadDateTime(ordinal);
        }
        catch (Exception e) when (IsMisfit(e))
        {
            throw Classify(e, ordinal);
        }
    }

    /// <summary>A date-and-time cell.</summary>
    protected virtual DateTime ReadDateTime(int ordinal) => Inner.GetDateTime(ordinal);

    /// <inheritdoc/>
    public override Guid GetGuid(int ordinal) => Inner.GetGuid(ordinal);

    /// <inheritdoc/>
    public override T GetFieldValue<T>(int ordinal)
    {
        try
        {
            return ReadField<T>(ordinal);
        }
        catch (Exception e) when (IsMisfit(e))
        {
            throw Classify(e, ordinal);
        }
    }

    /// <summary>A cell in a type that the column's portable type names.</summary>
    protected virtual T ReadField<T>(int ordinal) => (T)ReadValue(ordinal);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (Operation is not null)
        {
            Operation.RowsRead = _row;
            Operation.Dispose();
        }

        await _interrupt.DisposeAsync().ConfigureAwait(false);
        try
        {
            if (_command is not null)
            {
                if (!_ended)
                {
                    _adapter.Cancel(_command);
                }

                await Inner.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is DbException or OperationCanceledException or InvalidOperationException or IOException)
        {
            // the cancelled command answers with its cancellation; nobody waits for these rows any more
        }
        finally
        {
            if (_command is not null)
            {
                await _command.DisposeAsync().ConfigureAwait(false);
            }

            if (_owned is not null)
            {
                await _owned.DisposeAsync().ConfigureAwait(false);
            }

            GC.SuppressFinalize(this);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }
}
