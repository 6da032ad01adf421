using System.Data;
using System.Data.Common;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DbConductor.Spark;
using DbConductor.Sql;
using Npgsql;
using NpgsqlTypes;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>PostgreSQL through Npgsql, whose pool gives each reader and each transaction a connection of its own.</summary>
internal sealed class PostgreSqlAdapter : SqlAdapter
{
    private static readonly TimeSpan HardCancel = TimeSpan.FromSeconds(2);

    private readonly NpgsqlDataSource _source;
    private readonly string _location;

    public PostgreSqlAdapter(AdapterProfile profile, AdapterServices services)
        : base(profile, services)
    {
        NpgsqlConnectionStringBuilder settings = Settings(profile);
        _location = $"{settings.Host}:{settings.Port}/{settings.Database ?? settings.Username}";
        Source = new OperationSource(SystemName, profile) { Server = settings.Host, Port = settings.Port, Database = settings.Database };
        _source = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    public override string SystemName => "postgresql";

    protected override SqlDialect Dialect => PostgreSqlDialect.Instance;

    protected override (SparkConnection? Connection, string? Refusal) SparkConnection => PostgreSqlSpark.Connection(Settings(Profile), Profile);

    protected override string ListTablesSql =>
        "SELECT CASE WHEN pg_table_is_visible(c.oid) THEN NULL ELSE n.nspname END, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace " +
        "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' " +
        "AND has_schema_privilege(n.oid, 'USAGE') ORDER BY 1 NULLS FIRST, 2";

    protected override string ServerTimeSql => "SELECT clock_timestamp()";

    protected override bool ReadErrorsDoom => true;

    public override async Task ConnectAsync(CancellationToken cancel)
    {
        try
        {
            await using NpgsqlConnection connection = await OpenConnectionAsync(cancel).ConfigureAwait(false);
            Info = new AdapterInfo
            {
                Type = "PostgreSql",
                Product = "PostgreSQL",
                ServerVersion = connection.ServerVersion,
                Location = _location,
                SystemName = SystemName,
                BulkPath = "binary COPY",
            };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw ToError(e, null);
        }
    }

    protected override async Task<SqlLease> OpenAsync(CancellationToken cancel) => new(await OpenConnectionAsync(cancel).ConfigureAwait(false));

    // the driver does not look at the token while it waits for the first answer of a server that gives none
    private async Task<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancel)
    {
        Task<NpgsqlConnection> opening = _source.OpenConnectionAsync(cancel).AsTask();
        try
        {
            return await opening.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!opening.IsCompleted)
        {
            _ = opening.ContinueWith(late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    protected override async Task<long> LoadAsync(SqlLoad load, CancellationToken cancel)
    {
        if (load.Packed is not null || load.IsStage || !load.Columns.Any(PostgreSqlDialect.IsCarriedAsText))
        {
            return await CopyAsync(load, cancel).ConfigureAwait(false);
        }

        // columns without a binary form here go over as text, and are cast by the server
        TableName stage = Dialect.StageName($"dbconductor_{Guid.NewGuid():N}"[..28]);
        foreach (string sql in Dialect.CreateStage(stage, load.Table, load.Columns, []))
        {
            await ExecuteAsync(load.Connection, load.Transaction, new(sql), cancel).ConfigureAwait(false);
        }

        await CopyAsync(load with { Table = stage, IsStage = true }, cancel).ConfigureAwait(false);
        long rows = await ExecuteAsync(
            load.Connection, load.Transaction, new(Dialect.InsertFromStage(load.Table, stage, load.Columns, [])), cancel).ConfigureAwait(false);
        await ExecuteAsync(load.Connection, load.Transaction, new(Dialect.DropStage(stage)), cancel).ConfigureAwait(false);
        return rows;
    }

    /// <inheritdoc/>
    protected override bool TakesPacked(IPackedRows rows, IReadOnlyList<Column> from, IReadOnlyList<Column> into) =>
        rows.Format == PostgreSqlPacked.BinaryCopy && from.Zip(into).All(pair => PostgreSqlTypes.IsTakenAsItIs(pair.First, pair.Second));

    // COPY takes no parameters, and answers no sooner for a time limit
    protected override RowReader? Defer(SqlLease lease, SqlStatement statement, Operation operation, Func<CancellationToken, Task<RowReader>> open) =>
        statement is { Parameters.Items.Count: 0, Timeout: null, Columns.Count: > 0 } ? new PostgreSqlPacked(this, lease, statement, operation, open) : null;

    internal DbConductorException ToError(Exception error) => ToError(error, null);

    private async Task<long> CopyAsync(SqlLoad load, CancellationToken cancel)
    {
        NpgsqlConnection connection = (NpgsqlConnection)load.Connection;
        PostgreSqlCopy copy = new(load);
        NpgsqlRawCopyStream? stream = null;
        using CancellationTokenSource hard = new();
        int process = connection.ProcessID;
        await using CancellationTokenRegistration interrupt = cancel.UnsafeRegister(_ => hard.CancelAfter(HardCancel), null);
        Task onServer = Task.CompletedTask;
        await using CancellationTokenRegistration telling = cancel.UnsafeRegister(_ => onServer = Task.Run(() => CancelBackendAsync(process)), null);
        try
        {
            stream = await connection.BeginRawBinaryCopyAsync(copy.Sql, cancel).ConfigureAwait(false);
            long rows = load.Packed is { } packed
                ? await PostgreSqlPacked.SendAsync(load, packed, stream, cancel, hard.Token).ConfigureAwait(false)
                : await copy.SendAsync(stream, cancel, hard.Token).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
            return rows;
        }
        catch (Exception e)
        {
            if (stream is not null && e is not (PostgresException or NpgsqlException))
            {
                await CancelCopyAsync(stream).ConfigureAwait(false);
            }

            throw e is DbConductorException or OperationCanceledException
                ? e
                : PostgreSqlErrors.From(e, load.Table.ToString(), _location, load.FirstRow);
        }
        finally
        {
            // a cancel that comes late would hit whatever the connection does next
            await telling.DisposeAsync().ConfigureAwait(false);
            await onServer.ConfigureAwait(false);
        }
    }

    private static async Task CancelCopyAsync(NpgsqlRawCopyStream stream)
    {
        try
        {
            await stream.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or IOException or ObjectDisposedException)
        {
            // the rows' own error is what matters; the transaction is rolled back, or its connection is gone
        }
    }

    // a COPY that waits for a lock does not look at its connection: the server must be told
    private async Task CancelBackendAsync(int process)
    {
        using CancellationTokenSource enough = new(HardCancel);
        try
        {
            await using NpgsqlCommand command = _source.CreateCommand("SELECT pg_cancel_backend($1)");
            command.Parameters.AddWithValue(process);
            await command.ExecuteNonQueryAsync(enough.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or InvalidOperationException or OperationCanceledException)
        {
            // then the hard cancel ends the connection
        }
    }

    protected override Task<TableSchema?> DescribeAsync(DbConnection connection, DbTransaction? transaction, TableName table, CancellationToken cancel) =>
        PostgreSqlSchema.DescribeAsync(this, connection, transaction, table, cancel);

    protected override string ResolveSql => PostgreSqlSchema.ResolveSql;

    protected override string CascadesSql => PostgreSqlSchema.CascadesSql;

    protected override IReadOnlyList<Column> DescribeResult(DbDataReader reader)
    {
        Column[] columns = new Column[reader.FieldCount];
        for (int i = 0; i < columns.Length; i++)
        {
            string native = reader.GetDataTypeName(i);
            columns[i] = new(reader.GetName(i), PostgreSqlTypes.IsCarriedAsText(native) ? new(PortableKind.Object) : PostgreSqlTypes.Read(native)) { NativeType = native };
        }

        return columns;
    }

    protected override SqlRowReader Wrap(
        DbCommand? command, DbDataReader reader, IReadOnlyList<Column> columns, IAsyncDisposable? owned, CancellationToken cancel) =>
        new PostgreSqlRowReader(this, command, reader, columns, owned, cancel);

    protected override async Task<RowReader> OpenInTransactionAsync(SqlTransaction transaction, SqlStatement statement, CancellationToken cancel) =>
        await PostgreSqlCursor.OpenAsync(this, transaction, statement, cancel).ConfigureAwait(false);

    internal Task<SqlRowReader> OpenPieceAsync(SqlTransaction transaction, SqlStatement statement, CancellationToken cancel) =>
        OpenReaderAsync(transaction.Connection, transaction.Inner, null, statement, cancel);

    // Npgsql cancels on the server by itself, by the token that each call is given
    protected override CancellationTokenRegistration CancelOn(DbCommand command, CancellationToken cancel) => default;

    /// <summary>
    /// Checks deferred constraints now, since a savepoint that is released as good must not fail at COMMIT, and defers them again for what follows.
    /// </summary>
    protected override async Task BeforeReleaseAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancel)
    {
        const string Deferred =
            "SELECT string_agg(quote_ident(n.nspname) || '.' || quote_ident(c.conname), ', ') FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.condeferred";
        if (await ScalarAsync(connection, transaction, new(Deferred), cancel).ConfigureAwait(false) is string names)
        {
            await ExecuteAsync(connection, transaction, new("SET CONSTRAINTS ALL IMMEDIATE"), cancel).ConfigureAwait(false);
            await ExecuteAsync(connection, transaction, new($"SET CONSTRAINTS {names} DEFERRED"), cancel).ConfigureAwait(false);
        }
    }

    protected override IDisposable? ListenToNotices(DbConnection connection, Action<string> onNotice)
    {
        NpgsqlConnection npgsql = (NpgsqlConnection)connection;
        NoticeEventHandler handler = (_, e) => onNotice($"{e.Notice.Severity}: {e.Notice.MessageText}");
        npgsql.Notice += handler;
        return new Undo(() => npgsql.Notice -= handler);
    }

    protected override DbConductorException Classify(Exception error, TableName? table) => PostgreSqlErrors.From(error, table?.ToString(), _location, 1);

    protected override void Bind(DbCommand command, SqlParameter parameter)
    {
        NpgsqlParameter bound = new() { ParameterName = parameter.Name, Value = Value(parameter.Value) };
        switch (parameter)
        {
            case { Value: JsonNode }:
                bound.NpgsqlDbType = parameter.Column?.NativeType == "json" ? NpgsqlDbType.Json : NpgsqlDbType.Jsonb;
                break;
            case { Value: string or null }:
                // untyped, so that the server takes it for what the other side of the comparison is
                bound.NpgsqlDbType = NpgsqlDbType.Unknown;
                break;
        }

        command.Parameters.Add(bound);
    }

    // the driver takes only instants in UTC for timestamptz, and only times without a kind for timestamp
    private static object Value(object? value) => value switch
    {
        null => DBNull.Value,
        JsonNode json => json.ToJsonString(),
        DateTimeOffset time => time.ToUniversalTime(),
        DateTime time => DateTime.SpecifyKind(time, DateTimeKind.Unspecified),
        DateTimeOffset[] times => Array.ConvertAll(times, time => time.ToUniversalTime()),
        DateTime[] times => Array.ConvertAll(times, time => DateTime.SpecifyKind(time, DateTimeKind.Unspecified)),
        sbyte or byte => Convert.ToInt16(value, System.Globalization.CultureInfo.InvariantCulture),
        ushort => Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture),
        uint => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
        ulong => Convert.ToDecimal(value, System.Globalization.CultureInfo.InvariantCulture),
        char c => c.ToString(),
        Enum e => e.ToString(),
        _ => value,
    };

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private static NpgsqlConnectionStringBuilder Settings(AdapterProfile profile)
    {
        try
        {
            NpgsqlConnectionStringBuilder settings = new(profile.ConnectionString?.Reveal() ?? "");
            Apply(profile.Options, settings);
            settings.Host = profile.Server ?? settings.Host ?? "localhost";
            settings.Port = profile.Port ?? settings.Port;
            settings.Database = profile.Database ?? settings.Database;
            settings.Username = profile.UserName ?? settings.Username;
            settings.Password = profile.Password?.Reveal() ?? settings.Password;
            settings.ApplicationName ??= "DbConductor";
            settings.Enlist = false;

            // a command has its own limit, or none; this one is COPY's and COMMIT's, which take as long as locks, triggers and keys do
            settings.CommandTimeout = 0;

            // an array with a null in it would be an error otherwise
            settings.ArrayNullabilityMode = ArrayNullabilityMode.PerInstance;
            if (profile.Timeout is { } timeout)
            {
                settings.Timeout = Math.Clamp((int)Math.Ceiling(timeout.TotalSeconds), 1, 1024);
            }

            return settings;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "The connection string is not one of Npgsql's.");
        }
    }

    private sealed class Undo(Action undo) : IDisposable
    {
        public void Dispose() => undo();
    }
}
