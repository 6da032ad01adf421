using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using DbConductor.Spark;
using DbConductor.Sql;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace DbConductor.Adapters.MySql;

/// <summary>MySQL and MariaDB through MySqlConnector. What differs between them, and between their versions, is asked of the server, not told from its version.</summary>
internal sealed class MySqlAdapter : SqlAdapter
{
    private const string ZeroDates = "ZeroDates";
    private const string MergeLock = "dbconductor.";
    private const string Mark = "dbconductor_before_query";
    private const int NoSuchSavepoint = 1305;

    private readonly MySqlDataSource _source;
    private readonly string _location;
    private readonly System.Runtime.CompilerServices.ConditionalWeakTable<DbConnection, SqlTransaction> _merging = [];
    private readonly bool _zeroDatesAreNull;
    private readonly bool _mayLoad;
    private readonly bool _binaryGuids;
    private MySqlDialect _dialect;
    private bool _localInfile;
    private bool _saidNoLoad;

    public MySqlAdapter(AdapterProfile profile, AdapterServices services)
        : base(profile, services)
    {
        MySqlConnectionStringBuilder settings = Settings(profile);
        _zeroDatesAreNull = settings.AllowZeroDateTime;
        _mayLoad = settings.AllowLoadLocalInfile;
        _binaryGuids = settings.GuidFormat == MySqlGuidFormat.Binary16;
        _dialect = new(new(), _binaryGuids);
        settings.GuidFormat = MySqlGuidFormat.None;
        _location = $"{settings.Server}:{settings.Port.ToString(CultureInfo.InvariantCulture)}/{settings.Database}";
        Source = new OperationSource(SystemName, profile) { Server = settings.Server, Port = (int)settings.Port, Database = settings.Database };
        try
        {
            _source = new MySqlDataSourceBuilder(settings.ConnectionString).Build();
        }
        catch (MySqlException e) when (settings.ConnectionProtocol == MySqlConnectionProtocol.UnixSocket)
        {
            // the driver looks for the socket before anybody connects
            throw ToError(MySqlErrors.NoSocket(settings.Server, e), null);
        }
    }

    public override string SystemName => "mysql";

    internal MySqlDialect Words => _dialect;

    protected override SqlDialect Dialect => _dialect;

    protected override (SparkConnection? Connection, string? Refusal) SparkConnection => MySqlSpark.Connection(Settings(Profile), Profile, SessionSql);

    protected override string ListTablesSql =>
        "SELECT NULLIF(TABLE_SCHEMA, DATABASE()), TABLE_NAME FROM information_schema.TABLES " +
        "WHERE TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys') ORDER BY 1, 2";

    protected override string ServerTimeSql => "SELECT UTC_TIMESTAMP(6)";

    public override async Task ConnectAsync(CancellationToken cancel)
    {
        try
        {
            await using MySqlConnection connection = await _source.OpenConnectionAsync(cancel).ConfigureAwait(false);
            if (connection.Database.Length == 0)
            {
                throw new DbConductorException(DbErrorKind.InvalidArgument, $"A session on {_location} needs -Database.") { Target = _location };
            }

            MySqlCapabilities server = MySqlCapabilities.From(await VariablesAsync(connection, cancel).ConfigureAwait(false), _location);
            await SetSessionAsync(connection, cancel).ConfigureAwait(false);
            _dialect = new MySqlDialect(server, _binaryGuids);
            _localInfile = server.AllowsLoadLocal && _mayLoad;
            if (!server.AllowsLoadLocal && _mayLoad && !_saidNoLoad)
            {
                _saidNoLoad = true;
                MySqlLog.NoLocalInfile(Logger, _location);
            }

            Info = new AdapterInfo
            {
                Type = "MySql",
                Product = server.Product,
                ServerVersion = server.ServerVersion,
                Location = _location,
                SystemName = server.IsMariaDb ? "mariadb" : "mysql",
                TransactionalDdl = false,
                BulkPath = _localInfile ? "LOAD DATA LOCAL" : "prepared inserts of many rows",
            };
        }
        catch (Exception e) when (e is not (OperationCanceledException or DbConductorException))
        {
            throw ToError(e, null);
        }
    }

    private static async Task<Dictionary<string, string>> VariablesAsync(MySqlConnection connection, CancellationToken cancel)
    {
        Dictionary<string, string> variables = new(StringComparer.OrdinalIgnoreCase);
        await using MySqlCommand command = new(MySqlCapabilities.Sql, connection);
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            variables[reader.GetString(0)] = reader.GetString(1);
        }

        return variables;
    }

    protected override async Task<SqlLease> OpenAsync(CancellationToken cancel)
    {
        MySqlConnection connection = await _source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        try
        {
            await SetSessionAsync(connection, cancel).ConfigureAwait(false);
            return new(connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Every connection speaks UTC, refuses what it cannot store, keeps a 0 in an auto-increment column, and has no mode under which the driver's or our
    /// text would mean something else, or values would be read or written as others, whatever the server's defaults are
    /// (https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html, https://mariadb.com/kb/en/sql-mode/); its other modes stay as they are. Notes count as warnings, since blanks
    /// that LOAD DATA cuts are a note (https://dev.mysql.com/doc/refman/8.4/en/show-warnings.html). Nothing here needs a right beyond the database's own.
    /// </summary>
    private static async Task SetSessionAsync(MySqlConnection connection, CancellationToken cancel)
    {
        await using MySqlCommand command = new(SessionSql, connection);
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    private const string SessionSql =
        "SET time_zone = '+00:00', sql_notes = 1, sql_mode = CONCAT(REGEXP_REPLACE(@@sql_mode, " +
        "'(NO_BACKSLASH_ESCAPES|HIGH_NOT_PRECEDENCE|EMPTY_STRING_IS_NULL|PAD_CHAR_TO_FULL_LENGTH|ALLOW_INVALID_DATES)(,|$)', ''), ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO')";

    internal string QuotedName(TableName table) => _dialect.Quote(table);

    protected override Task<long> LoadAsync(SqlLoad load, CancellationToken cancel) =>
        _localInfile ? new MySqlLoad(this, load).RunAsync(cancel) : new MySqlInserts(this, load, _dialect.Server.MaxAllowedPacket).RunAsync(cancel);

    protected override async Task RefuseUnsafeAsync(DbConnection connection, DbTransaction transaction, TableName table, CancellationToken cancel)
    {
        (string? engine, _) = await MySqlSchema.EngineAsync(this, connection, transaction, table, cancel).ConfigureAwait(false);
        if (engine is "MyISAM" or "Aria" or "MEMORY" or "CSV" or "ARCHIVE" or "MRG_MyISAM" or "BLACKHOLE")
        {
            throw new DbConductorException(
                DbErrorKind.NotSupported,
                $"'{table}' is stored by {engine}, which has no transactions: a failed write could not be undone. Alter it to ENGINE=InnoDB.")
            { Target = table.ToString() };
        }
    }

    /// <summary>
    /// Two merges that each lock the gap where the other is going to insert would be a deadlock: one waits for the other instead. The lock belongs to the
    /// connection, is ours alone and by the table's name; against others' inserts the update's own locks help.
    /// </summary>
    protected override async Task LockForMergeAsync(
        SqlTransaction transaction, TableName table, TableName stage, IReadOnlyList<Column> key, CancellationToken cancel)
    {
        SqlStatement statement = SqlStatement.Of(table, $"SELECT GET_LOCK(CONCAT('{MergeLock}', LEFT(SHA2(LOWER(CONCAT(COALESCE(@schema, DATABASE()), '.', @name)), 256), 40)), @@innodb_lock_wait_timeout)");
        object? got = await ScalarAsync(transaction.Connection, transaction.Inner, statement, cancel).ConfigureAwait(false);
        if (got is null or DBNull || Convert.ToInt64(got, CultureInfo.InvariantCulture) != 1)
        {
            throw new DbConductorException(DbErrorKind.Busy, $"Another transaction that merges rows into '{table}' did not end in time. Send the rows again.")
            { Target = table.ToString(), IsTransient = true };
        }

        _merging.AddOrUpdate(transaction.Connection, transaction);
    }

    protected override async Task AfterTransactionAsync(DbConnection connection)
    {
        if (_merging.Remove(connection) && connection.State == System.Data.ConnectionState.Open)
        {
            try
            {
                await ExecuteAsync(connection, null, new("DO RELEASE_ALL_LOCKS()"), CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is MySqlException or InvalidOperationException)
            {
                // locks go with their connection
            }
        }
    }

    /// <summary>A deadlock rolls the whole transaction back (https://dev.mysql.com/doc/refman/8.4/en/innodb-deadlocks.html).</summary>
    protected override bool IsAlive(DbTransaction transaction, DbConductorException error) => error.Kind != DbErrorKind.Deadlock && base.IsAlive(transaction, error);

    // what commits drops the savepoint: CREATE, ALTER, TRUNCATE and more, and COMMIT itself
    protected override async Task BeforeQueryAsync(SqlTransaction transaction, CancellationToken cancel) =>
        await ExecuteAsync(transaction.Connection, transaction.Inner, new($"SAVEPOINT {Mark}"), cancel).ConfigureAwait(false);

    protected override async Task AfterQueryAsync(SqlTransaction transaction, CancellationToken cancel)
    {
        try
        {
            await ExecuteAsync(transaction.Connection, transaction.Inner, new($"RELEASE SAVEPOINT {Mark}"), cancel).ConfigureAwait(false);
        }
        catch (MySqlException e) when (e.Number == NoSuchSavepoint)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidOperation,
                "The statement ended the transaction, as statements that create, alter or drop something do: what was written before it stays. " +
                "Run such statements outside a transaction.",
                e) { Target = _location };
        }
    }

    protected override Task<TableSchema?> DescribeAsync(DbConnection connection, DbTransaction? transaction, TableName table, CancellationToken cancel) =>
        MySqlSchema.DescribeAsync(this, connection, transaction, table, cancel);

    protected override string ResolveSql => MySqlSchema.ResolveSql;

    protected override string CascadesSql => MySqlSchema.CascadesSql;

    // a key that is taken undoes the statement and nothing else
    protected override async Task<bool> TryInsertAsync(SqlTransaction transaction, SqlStatement insert, CancellationToken cancel)
    {
        try
        {
            return await transaction.ExecuteAsync(insert, cancel).ConfigureAwait(false) > 0;
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            return false;
        }
    }

    protected override IReadOnlyList<Column> DescribeResult(DbDataReader reader)
    {
        Column[] columns = new Column[reader.FieldCount];
        for (int i = 0; i < columns.Length; i++)
        {
            Type type = reader.GetFieldType(i);
            string native = reader.GetDataTypeName(i);
            columns[i] = new(reader.GetName(i), native.ToUpperInvariant() switch
            {
                "JSON" => new(PortableKind.Json),
                "DATE" => new(PortableKind.Date),
                "DATETIME" => new(PortableKind.DateTime),
                "TIMESTAMP" => new(PortableKind.DateTimeOffset),
                "FLOAT" => new(PortableKind.Object),
                "DECIMAL" => new(PortableKind.Decimal),
                _ => PortableType.FromClr(type),
            }) { NativeType = native };
        }

        return columns;
    }

    protected override SqlRowReader Wrap(
        DbCommand? command, DbDataReader reader, IReadOnlyList<Column> columns, IAsyncDisposable? owned, CancellationToken cancel) =>
        new MySqlRowReader(this, command, (MySqlDataReader)reader, columns, owned, _zeroDatesAreNull, cancel);

    // MySqlConnector kills the query on the server by itself, by the token that each call is given
    protected override CancellationTokenRegistration CancelOn(DbCommand command, CancellationToken cancel) => default;

    protected override DbConductorException Classify(Exception error, TableName? table) => MySqlErrors.From(error, _dialect.Server.IsMariaDb, table?.ToString(), _location);

    protected override void Bind(DbCommand command, SqlParameter parameter) =>
        ((MySqlCommand)command).Parameters.AddWithValue("@" + parameter.Name, parameter.Value is null ? DBNull.Value : Value(parameter.Value, parameter.Column));

    /// <summary>A value as the driver takes it.</summary>
    internal static object Value(object value, Column? column) => value switch
    {
        JsonNode json => json.ToJsonString(),
        Guid guid when column is not null && MySqlTypes.IsBytes(column) => guid.ToByteArray(bigEndian: true),
        Guid guid => guid.ToString("D"),
        DateTimeOffset time => time.UtcDateTime,
        TimeOnly time => time.ToTimeSpan(),
        DateOnly date => date.ToDateTime(TimeOnly.MinValue),
        float f => (double)f,
        char c => c.ToString(),
        Enum e => e.ToString(),
        _ => value,
    };

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private static bool IsZeroDates(string option) => option.Equals(ZeroDates, StringComparison.OrdinalIgnoreCase);

    private static MySqlConnectionStringBuilder Settings(AdapterProfile profile)
    {
        try
        {
            MySqlConnectionStringBuilder settings = new(profile.ConnectionString?.Reveal() ?? "");
            Apply(profile.Options.Where(o => !IsZeroDates(o.Key)).ToDictionary(), settings);

            settings.Server = profile.Server ?? (settings.Server.Length > 0 ? settings.Server : "localhost");
            settings.Port = (uint?)profile.Port ?? settings.Port;
            settings.Database = profile.Database ?? settings.Database;
            settings.UserID = profile.UserName ?? settings.UserID;
            settings.Password = profile.Password?.Reveal() ?? settings.Password;
            settings.ApplicationName = settings.ApplicationName is { Length: > 0 } ? settings.ApplicationName : "DbConductor";
            settings.AllowZeroDateTime = profile.Options.FirstOrDefault(o => IsZeroDates(o.Key)).Value?.ToUpperInvariant() switch
            {
                null or "REFUSE" => false,
                "NULL" => true,
                _ => throw new DbConductorException(DbErrorKind.InvalidArgument, $"Option '{ZeroDates}' is Refuse or Null."),
            };
            settings.AutoEnlist = false;

            // a command has its own limit, or none; this one is COMMIT's, which takes as long as the server's backup or its replicas do
            settings.DefaultCommandTimeout = 0;
            settings.AllowLoadLocalInfile |= !settings.ContainsKey(nameof(settings.AllowLoadLocalInfile));
            settings.AllowUserVariables = true;
            settings.TreatTinyAsBoolean = false;
            settings.GuidFormat = settings.GuidFormat switch
            {
                MySqlGuidFormat.Binary16 => MySqlGuidFormat.Binary16,
                MySqlGuidFormat.Default or MySqlGuidFormat.None or MySqlGuidFormat.Char36 => MySqlGuidFormat.None,
                _ => throw new DbConductorException(DbErrorKind.InvalidArgument, "Option 'GuidFormat' is Char36 or Binary16."),
            };
            settings.UseAffectedRows = false;
            settings.CharacterSet = "utf8mb4";
            if (profile.Server is { } socket && socket.StartsWith('/'))
            {
                settings.ConnectionProtocol = MySqlConnectionProtocol.UnixSocket;
            }

            if (profile.Timeout is { } timeout)
            {
                settings.ConnectionTimeout = (uint)Math.Clamp(Math.Ceiling(timeout.TotalSeconds), 1, 1024);
            }

            return settings;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "The connection string is not one of MySqlConnector's.");
        }
    }
}
