using System.Data;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>
/// What every adapter must do, tried on a real database. An adapter joins by one subclass, which says where its database is and in which of the
/// points below it differs; each difference is a skip with its reason, never a test left out.
/// </summary>
public abstract partial class ContractTests : IAsyncLifetime
{
    private static int s_names;

    private IDbAdapter? _db;

    /// <summary>What makes the adapter.</summary>
    protected abstract IAdapterFactory Factory { get; }

    /// <summary>The database that the tests may fill; skips, or on CI fails, where there is no server.</summary>
    protected abstract AdapterProfile Profile { get; }

    /// <summary>Profiles that cannot be connected to: what is wrong with each, and the kind of the error.</summary>
    protected abstract IEnumerable<(string What, AdapterProfile Profile, DbErrorKind Kind)> BadProfiles { get; }

    /// <summary>The names of those cases of <see cref="TypeCases"/> that this database cannot hold and therefore must refuse.</summary>
    protected abstract IReadOnlySet<string> Refused { get; }

    /// <summary>What others have in their tables: a native type, a value of it as the database writes it, and what it is read as.</summary>
    protected abstract IEnumerable<(string Type, string Literal, object Expected)> NativeValues { get; }

    /// <summary>What others have in their tables and no portable type can hold.</summary>
    protected abstract IEnumerable<(string Type, string Literal)> UnreadableValues { get; }

    /// <summary>The native type of a primary key that the database numbers.</summary>
    protected abstract string IdentityColumn { get; }

    /// <summary>The native type of a text column that compares without case; null where there is none.</summary>
    protected virtual string? IgnoreCaseColumn => null;

    /// <summary>A native query that gives no row before it is cancelled, and has <paramref name="mark"/> in its text.</summary>
    protected abstract string EndlessQuery(string mark);

    /// <summary>Whether the server is running a query with this mark in its text; null where nothing outside the session could tell.</summary>
    protected virtual Task<bool?> IsRunningAsync(string mark) => Task.FromResult<bool?>(null);

    /// <summary>Whether a table can have columns whose names differ only by case.</summary>
    protected virtual bool CaseDistinctColumns => true;

    /// <summary>Whether the database lives in the session's only connection, so that there is no second session, and nothing goes on beside a transaction.</summary>
    protected virtual bool OneConnection => false;

    /// <summary>Whether a table's columns have types, into which values are converted; else each value keeps its own.</summary>
    protected virtual bool FixedTypes => true;

    /// <summary>Whether an offset comes back as it was given; else the instant does, in UTC.</summary>
    protected virtual bool KeepsOffsets => false;

    /// <summary>Whether a binary column can have a greatest length.</summary>
    protected virtual bool BinaryLengths => true;

    /// <summary>The database's own language.</summary>
    protected virtual NativeWords Words { get; } = new();

    /// <summary>Whether that is SQL.</summary>
    protected virtual bool SpeaksSql => true;

    /// <summary>Whether columns can have defaults, be numbered or be computed by the database.</summary>
    protected virtual bool Defaults => true;

    /// <summary>Whether there are foreign keys and check constraints.</summary>
    protected virtual bool ForeignKeys => true;

    /// <summary>Whether a table has only the columns that it was created with; else a row may bring any other.</summary>
    protected virtual bool ClosedColumns => true;

    /// <summary>Whether rows can be matched by columns without a unique index over them.</summary>
    protected virtual bool KeysNeedNoIndex => true;

    /// <summary>Whether an input is read while it is sent; else it is put aside first, to be sent again after a conflict.</summary>
    protected virtual bool StreamsInput => !OneConnection;

    /// <summary>The finest difference of time that a column keeps.</summary>
    protected virtual TimeSpan TimeResolution => TimeSpan.FromMicroseconds(1);

    /// <summary>Whether a constraint can be checked as late as COMMIT.</summary>
    protected virtual bool DeferredConstraints => true;

    /// <summary>Names of <see cref="OddNames"/> that no table or column of this database can have, and which it therefore must refuse.</summary>
    protected virtual IReadOnlySet<string> ImpossibleNames { get; } = new HashSet<string>();

    /// <summary>Those that no table can have.</summary>
    protected virtual IReadOnlySet<string> ImpossibleTableNames => ImpossibleNames;

    /// <summary>Whether a transaction holds as much as a table; else the greatest number of rows that tests put into one.</summary>
    protected virtual long? MostInTransaction => null;

    /// <summary>Whether a reader sees the rows of one moment.</summary>
    protected virtual bool ReadsOneMoment => true;

    /// <summary>The condition that two operands differ, null counted as a value.</summary>
    protected virtual string IsDistinct(string left, string right) => $"{left} is distinct from {right}";

    /// <summary>A query that gives a thousand million rows, each as soon as it is made.</summary>
    protected virtual string ManyRows => "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000000) select i from n";

    /// <summary>A second schema (or the like) that exists in the database; null where there is none.</summary>
    protected virtual string? OtherSchema => null;

    /// <summary>The session of this test.</summary>
    protected IDbAdapter Db => _db ?? throw new InvalidOperationException("The test has not been initialised.");

    /// <inheritdoc/>
    public virtual async Task InitializeAsync() => _db = await OpenAsync();

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_db is not null)
        {
            await _db.DisposeAsync();
        }
    }

    /// <summary>Another session on the same database.</summary>
    protected Task<IDbAdapter> ConnectAsync()
    {
        SkipUnless(!OneConnection, "the database lives in its only connection");
        return OpenAsync();
    }

    private async Task<IDbAdapter> OpenAsync()
    {
        IDbAdapter adapter = Factory.Create(Profile, new AdapterServices());
        await adapter.ConnectAsync(default);
        return adapter;
    }

    /// <summary>A table's name that no other test uses; it needs no quotes.</summary>
    protected static TableName NewName(string stem = "t") => new(null, $"{stem}_{Interlocked.Increment(ref s_names)}");

    protected async Task<TableName> CreateAsync(string[] columns, params string[] key)
    {
        TableName table = NewName();
        await Db.CreateAsync(table, Spec.Table(columns, key), default);
        return table;
    }

    /// <summary>A table with these rows in it.</summary>
    protected async Task<TableName> CreateAsync(string[] columns, string[] key, params object?[][] rows)
    {
        TableName table = await CreateAsync(columns, key);
        await SaveAsync(table, columns, rows);
        return table;
    }

    protected Task<SaveResult> SaveAsync(TableName table, string[] columns, params object?[][] rows) =>
        Db.SaveAsync(table, Spec.Rows(columns, rows), new SaveOptions(), default);

    protected Task<SaveResult> SaveAsync(TableName table, SaveOptions options, string[] columns, params object?[][] rows) =>
        Db.SaveAsync(table, Spec.Rows(columns, rows), options, default);

    /// <summary>All rows of a table, ordered by a column.</summary>
    protected Task<object?[][]> RowsOf(TableName table, string orderBy = "id", Filter? where = null) =>
        RowsOf(Db, new BatchQuery(table) { OrderBy = [new(orderBy)], Where = where });

    protected static async Task<object?[][]> RowsOf(IDbOperations db, BatchQuery query)
    {
        await using RowReader rows = await db.GetAsync(query, default);
        return await rows.ToArrayAsync();
    }

    /// <summary>Runs a native query and gives the rows of its first result set.</summary>
    protected Task<object?[][]> SqlAsync(string text) => SqlAsync(Db, text);

    protected static async Task<object?[][]> SqlAsync(IDbOperations db, string text, Dictionary<string, object?>? parameters = null)
    {
        await using IQueryResults results = await db.QueryAsync(new NativeQuery(text) { Parameters = parameters ?? [] }, default);
        object?[][]? first = null;
        while (await results.NextAsync(default) is { } rows)
        {
            object?[][] all = await rows.ToArrayAsync();
            first ??= all;
        }

        return first ?? [];
    }

    protected Task<IDbTransaction> BeginAsync()
    {
        SkipUnless(Db.Info.Transactions, "the server has no transactions");
        return Db.BeginAsync(IsolationLevel.Unspecified, default);
    }

    /// <summary>Runs what must fail, and checks what is true of every error.</summary>
    protected async Task<DbConductorException> Fails(DbErrorKind kind, Func<Task> action)
    {
        Exception? thrown = await Record.ExceptionAsync(action);
        if (thrown is SkipException)
        {
            throw thrown;
        }

        DbConductorException error = Assert.IsAssignableFrom<DbConductorException>(thrown);
        Assert.True(kind == error.Kind, $"expected {kind}, not {error.Kind}: {error}");
        Assert.False(string.IsNullOrWhiteSpace(error.Message));
        if (Profile.Password is { } password)
        {
            Assert.DoesNotContain(password.Reveal(), error.ToString(), StringComparison.Ordinal);
        }

        return error;
    }

    protected static void SkipUnless(bool capability, string reason) => Skip.IfNot(capability, reason);
}
