using System.Data;
using System.Data.Common;
using System.Globalization;
using DbConductor.Sql;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace DbConductor.Adapters.Sqlite;

/// <summary>
/// SQLite: a file in WAL mode, where readers and the one writer do not block each other, or a database in memory on a single connection.
/// </summary>
internal sealed class SqliteAdapter : SqlAdapter
{
    private static readonly TimeSpan DefaultBusyTimeout = TimeSpan.FromSeconds(30);

    private readonly SqliteConnectionStringBuilder _settings;
    private readonly SemaphoreSlim? _only;
    private SqliteConnection? _kept;
    private bool _wal;

    public SqliteAdapter(AdapterProfile profile, AdapterServices services)
        : base(profile, services)
    {
        _settings = Settings(profile, services);
        IsMemory = _settings.DataSource == ":memory:";
        _only = IsMemory ? new SemaphoreSlim(1, 1) : null;
    }

    private bool IsMemory { get; }

    public override string SystemName => "sqlite";

    protected override SqlDialect Dialect => SqliteDialect.Instance;

    protected override bool SingleConnection => IsMemory;

    // in rollback-journal mode a reader keeps the writer from committing
    protected override bool ReadersBlockWriters => !_wal;

    protected override string ListTablesSql =>
        "SELECT NULL, name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";

    protected override string ServerTimeSql => "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')";

    private string Location => _settings.DataSource;

    public override async Task ConnectAsync(CancellationToken cancel)
    {
        if (!IsMemory && Path.GetDirectoryName(Path.GetFullPath(Location)) is { } directory && !Directory.Exists(directory))
        {
            throw new DbConductorException(DbErrorKind.NotFound, $"There is no directory '{directory}' for the database file. Create it first.")
            { Target = Location };
        }

        try
        {
            await using SqlLease lease = await OpenAsync(cancel).ConfigureAwait(false);
            _ = await ScalarAsync(lease.Connection, null, new("SELECT count(*) FROM sqlite_schema"), cancel).ConfigureAwait(false);
            _wal = !IsMemory && await TryWalAsync(lease.Connection, cancel).ConfigureAwait(false);
            Info = new AdapterInfo
            {
                Type = "Sqlite",
                Product = "SQLite",
                ServerVersion = lease.Connection.ServerVersion,
                Location = Location,
                SystemName = SystemName,
                SingleWriter = true,
                BulkPath = "prepared insert",
            };
        }
        catch (SqliteException e)
        {
            throw ToError(e, null);
        }
    }

    // a file that cannot be written, or a file system without shared memory, has no WAL: then readers set their rows aside
    private async Task<bool> TryWalAsync(DbConnection connection, CancellationToken cancel)
    {
        try
        {
            return string.Equals(
                await ScalarAsync(connection, null, new("PRAGMA journal_mode=WAL"), cancel).ConfigureAwait(false) as string, "wal", StringComparison.OrdinalIgnoreCase);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            return false;
        }
    }

    protected override async Task<SqlLease> OpenAsync(CancellationToken cancel)
    {
        if (_only is null)
        {
            return new(await ConnectAsync(new SqliteConnection(_settings.ConnectionString), cancel).ConfigureAwait(false));
        }

        if (!await _only.WaitAsync(BusyTimeout, cancel).ConfigureAwait(false))
        {
            throw new DbConductorException(
                DbErrorKind.Busy, "A database in memory has one connection, and a transaction or a query still has it. End that one first, or use a file.")
            { Target = Location, IsTransient = true };
        }

        try
        {
            _kept ??= await ConnectAsync(new SqliteConnection(_settings.ConnectionString), cancel).ConfigureAwait(false);
            return new(_kept, () => _only.Release());
        }
        catch
        {
            _only.Release();
            throw;
        }
    }

    private async Task<SqliteConnection> ConnectAsync(SqliteConnection connection, CancellationToken cancel)
    {
        try
        {
            await connection.OpenAsync(cancel).ConfigureAwait(false);
            SqliteText.Register(connection);
            connection.CreateCollation(SqliteTypes.DecimalCollation, CompareDecimals);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static int CompareDecimals(string left, string right)
    {
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return decimal.TryParse(left, style, CultureInfo.InvariantCulture, out decimal a) && decimal.TryParse(right, style, CultureInfo.InvariantCulture, out decimal b)
            ? a.CompareTo(b)
            : string.CompareOrdinal(left, right);
    }

    /// <summary>BEGIN IMMEDIATE: a transaction that first reads and then writes could otherwise meet another writer in its middle and never get on.</summary>
    protected override async Task<DbTransaction> BeginTransactionAsync(DbConnection connection, IsolationLevel isolation, CancellationToken cancel)
    {
        if (isolation is IsolationLevel.ReadUncommitted)
        {
            throw new DbConductorException(DbErrorKind.NotSupported, "SQLite's transactions are serializable: leave -IsolationLevel out.");
        }

        SqliteConnection sqlite = (SqliteConnection)connection;
        long deadline = Environment.TickCount64 + (long)BusyTimeout.TotalMilliseconds;
        int pause = 1;
        while (true)
        {
            try
            {
                // the driver's own wait for a lock sleeps without looking at any token: ask for the lock without waiting, and wait here
                sqlite.DefaultTimeout = 1;
                raw.sqlite3_busy_timeout(sqlite.Handle, 0);
                using SqliteCommand begin = sqlite.CreateCommand();
                return sqlite.BeginTransaction(IsolationLevel.Serializable, deferred: false);
            }
            catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED && Environment.TickCount64 < deadline)
            {
                await Task.Delay(pause, cancel).ConfigureAwait(false);
                pause = Math.Min(pause * 2, 100);
            }
        }
    }

    private TimeSpan BusyTimeout => Profile.Options.Any(o => o.Key.Equals("Default Timeout", StringComparison.OrdinalIgnoreCase))
        ? TimeSpan.FromSeconds(_settings.DefaultTimeout)
        : DefaultBusyTimeout;

    protected override async Task<long> LoadAsync(SqlLoad load, CancellationToken cancel)
    {
        using SqliteInsert insert = new(load, Location);
        return await insert.RunAsync(cancel).ConfigureAwait(false);
    }

    protected override Task<TableSchema?> DescribeAsync(DbConnection connection, DbTransaction? transaction, TableName table, CancellationToken cancel) =>
        SqliteSchema.DescribeAsync(this, connection, transaction, table, cancel);

    protected override string ResolveSql => SqliteSchema.ResolveSql;

    protected override string CascadesSql => SqliteSchema.CascadesSql;

    protected override IReadOnlyList<Column> DescribeResult(DbDataReader reader)
    {
        sqlite3_stmt statement = ((SqliteDataReader)reader).Handle!;
        Column[] columns = new Column[reader.FieldCount];
        for (int i = 0; i < columns.Length; i++)
        {
            // an expression has no declared type: its cells come as they are stored
            string? declared = raw.sqlite3_column_decltype(statement, i).utf8_to_string();
            columns[i] = new(reader.GetName(i), SqliteTypes.Read(declared)) { NativeType = declared };
        }

        return columns;
    }

    protected override SqlRowReader Wrap(
        DbCommand? command, DbDataReader reader, IReadOnlyList<Column> columns, IAsyncDisposable? owned, CancellationToken cancel) =>
        new SqliteRowReader(this, command, (SqliteDataReader)reader, columns, owned, cancel);

    protected override void Cancel(DbCommand command)
    {
        if (command.Connection is SqliteConnection { State: ConnectionState.Open, Handle: { } handle })
        {
            raw.sqlite3_interrupt(handle);
        }
    }

    // the driver's time-out only bounds how long it waits for a lock
    protected override IDisposable? LimitTime(DbCommand command) => command.CommandTimeout > 0
        ? new Timer(_ => Cancel(command), null, TimeSpan.FromSeconds(command.CommandTimeout), Timeout.InfiniteTimeSpan)
        : null;

    protected override DbConductorException Classify(Exception error, TableName? table) => error switch
    {
        SqliteException e => SqliteErrors.From(e, table?.ToString(), Location),
        IOException => new(DbErrorKind.Connection, $"{error.Message} ({Location}).", error) { Target = Location },
        _ => new(DbErrorKind.Server, $"{error.Message} ({Location}).", error) { Target = table?.ToString() ?? Location },
    };

    // a full disk, an interrupt and some others roll the whole transaction back (https://www.sqlite.org/lang_transaction.html, section 3)
    protected override bool IsAlive(DbTransaction transaction, DbConductorException error) =>
        transaction.Connection is SqliteConnection { Handle: { } handle } && raw.sqlite3_get_autocommit(handle) == 0;

    protected override void Bind(DbCommand command, SqlParameter parameter)
    {
        object value = parameter.Value is null ? DBNull.Value : SqliteFormats.ToStorage(parameter.Value);
        ((SqliteCommand)command).Parameters.AddWithValue("@" + parameter.Name, value);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_kept is not null)
        {
            await _kept.DisposeAsync().ConfigureAwait(false);
        }
        else if (!IsMemory)
        {
            // pooled connections would keep the file, and its -wal and -shm beside it
            SqliteConnection.ClearPool(new SqliteConnection(_settings.ConnectionString));
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    private static SqliteConnectionStringBuilder Settings(AdapterProfile profile, AdapterServices services)
    {
        try
        {
            SqliteConnectionStringBuilder settings = new(profile.ConnectionString?.Reveal() ?? "");
            Apply(profile.Options, settings);
            if (profile.Database is { } database)
            {
                settings.DataSource = database;
            }

            if (settings.DataSource.Length == 0)
            {
                throw new DbConductorException(DbErrorKind.InvalidArgument, "An SQLite session needs -Database: a file's path, or :memory:.");
            }

            if (settings.DataSource != ":memory:" && settings.Mode != SqliteOpenMode.Memory
                && !settings.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            {
                // the driver would start from the process's directory, which need not be the host's
                settings.DataSource = profile.BaseDirectory is { } start
                    ? Path.GetFullPath(settings.DataSource, start) : services.ResolvePath(settings.DataSource);
            }

            if (profile.Password is { } password)
            {
                settings.Password = password.Reveal();
            }

            settings.ForeignKeys ??= true;
            return settings;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "The connection string is not one of Microsoft.Data.Sqlite's.");
        }
    }
}
