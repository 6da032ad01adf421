using System.Data;
using DbConductor.Tests.Servers;
using Xunit;

namespace DbConductor.Tests.Contract;

/// <summary>A server that dies and connections that break, on a server of the tests' own.</summary>
[Trait(Faults.Category, Faults.Name)]
public abstract class ServerFaultTests(ServerFaultTests.OwnServer server)
{
    private static readonly string[] Pair = ["id int!", "v string"];
    private static int s_names;

    /// <summary>The server under test.</summary>
    protected OwnServer Target { get; } = server;

    private readonly TableName _table = new(null, $"fault_{Interlocked.Increment(ref s_names)}");

    /// <summary>What stands in a COMMIT as the driver sends it, and in nothing before it.</summary>
    protected abstract string CommitText { get; }

    /// <summary>An adapter, not connected yet, that reaches the running server by a port.</summary>
    protected abstract Task<IDbAdapter> MakeAsync(int port);

    /// <summary>Ends every other session on the server.</summary>
    protected abstract Task TerminateOthersAsync();

    public static TheoryData<SaveMode, int> Kills
    {
        get
        {
            TheoryData<SaveMode, int> kills = [];
            foreach (SaveMode mode in Faults.Modes)
            {
                foreach (int point in Faults.Points)
                {
                    kills.Add(mode, point);
                }
            }

            return kills;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Kills))]
    public async Task A_server_killed_in_the_middle_of_a_write_has_nothing_of_it_and_the_session_can_reconnect(SaveMode mode, int rows)
    {
        await using IDbAdapter db = await OpenAsync(Target.Port);
        await FillAsync(db);

        await FailsAsync(DbErrorKind.Connection, () => db.SaveAsync(_table, KillingRows(rows), new SaveOptions { Mode = mode }, default));
        await FailsAsync(DbErrorKind.Connection, () => db.PingAsync(default));
        await FailsAsync(DbErrorKind.Connection, () => db.ConnectAsync(default));
        Target.Start();
        await db.ConnectAsync(default);

        Assert.Equal([[-1, "old"]], await RowsOf(db));
        await db.SaveAsync(_table, Spec.Rows(Pair, [1, "new"]), new(), default);
        Assert.Equal([[-1, "old"], [1, "new"]], await RowsOf(db));
    }

    [SkippableFact]
    public async Task A_server_killed_inside_a_transaction_ends_it()
    {
        await using IDbAdapter db = await OpenAsync(Target.Port);
        await FillAsync(db);
        await using (IDbTransaction transaction = await db.BeginAsync(IsolationLevel.Unspecified, default))
        {
            await transaction.SaveAsync(_table, Spec.Rows(Pair, [1, "new"]), new(), default);
            Target.Kill();

            await FailsAsync(DbErrorKind.Connection, () => transaction.SaveAsync(_table, Spec.Rows(Pair, [2, "new"]), new(), default));
            Assert.Equal(DbErrorKind.Connection, transaction.DoomedBy?.Kind);
            await FailsAsync(DbErrorKind.InvalidOperation, () => transaction.CommitAsync(default));
            await transaction.RollbackAsync(default);
        }

        Target.Start();
        await db.ConnectAsync(default);
        Assert.Equal([[-1, "old"]], await RowsOf(db));
    }

    [SkippableFact]
    public async Task A_server_killed_in_the_middle_of_a_read_is_an_error_and_no_end_of_rows()
    {
        await using IDbAdapter db = await OpenAsync(Target.Port);
        await FillAsync(db);
        await db.SaveAsync(_table, Spec.Stream(Pair, 100_000, i => [i, new string('x', 100)]), new(), default);

        await FailsAsync(DbErrorKind.Connection, async () =>
        {
            await using RowReader rows = await db.GetAsync(new BatchQuery(_table), default);
            Assert.True(await rows.ReadAsync());
            Target.Kill();
            while (await rows.ReadAsync())
            {
            }
        });
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_breaks_during_commit_leaves_the_outcome_unknown(bool committed)
    {
        using CuttingProxy proxy = new(Target.Port);
        await using IDbAdapter db = await OpenAsync(proxy.Port);
        await FillAsync(db);

        proxy.Arm(CommitText, committed);
        DbConductorException error = await FailsAsync(DbErrorKind.OutcomeUnknown, () => db.SaveAsync(_table, Spec.Rows(Pair, [1, "new"]), new(), default));
        Assert.True(proxy.HasCut);
        AssertUnknown(error);
        Assert.Equal(committed ? 2 : 1, (await RowsOf(db)).Length);

        await using IDbTransaction transaction = await db.BeginAsync(IsolationLevel.Unspecified, default);
        await transaction.SaveAsync(_table, Spec.Rows(Pair, [2, "new"]), new(), default);
        proxy.Arm(CommitText, committed);
        error = await FailsAsync(DbErrorKind.OutcomeUnknown, () => transaction.CommitAsync(default));
        AssertUnknown(error);
        await FailsAsync(DbErrorKind.InvalidOperation, () => transaction.CommitAsync(default));
        Assert.Equal(committed ? 3 : 1, (await RowsOf(db)).Length);
    }

    [SkippableFact]
    public async Task A_connection_that_breaks_before_commit_has_written_nothing_and_says_so()
    {
        using CuttingProxy proxy = new(Target.Port);
        await using IDbAdapter db = await OpenAsync(proxy.Port);
        await FillAsync(db);

        proxy.Arm("row 20000", delivered: true);
        await FailsAsync(DbErrorKind.Connection, () => db.SaveAsync(_table, Spec.Stream(Pair, 100_000, i => [i, "row " + i]), new(), default));
        Assert.True(proxy.HasCut);

        Assert.Equal([[-1, "old"]], await RowsOf(db));
    }

    [SkippableFact]
    public async Task A_session_that_the_server_ends_is_replaced_by_itself_for_the_next_call()
    {
        await using IDbAdapter db = await OpenAsync(Target.Port);
        await FillAsync(db);
        await using (IDbTransaction transaction = await db.BeginAsync(IsolationLevel.Unspecified, default))
        {
            await transaction.SaveAsync(_table, Spec.Rows(Pair, [1, "new"]), new(), default);
            await TerminateOthersAsync();
            await FailsAsync(DbErrorKind.Connection, () => transaction.SaveAsync(_table, Spec.Rows(Pair, [2, "new"]), new(), default));
        }

        await db.ConnectAsync(default);
        Assert.Equal([[-1, "old"]], await RowsOf(db));
    }

    private static void AssertUnknown(DbConductorException error)
    {
        Assert.Contains("unknown", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("rolled back", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.False(error.IsTransient);
    }

    private RowReader KillingRows(int good) => Spec.Stream(Pair, 300_000, i =>
    {
        if (i == good + 1)
        {
            Target.Kill();
        }

        return [i, new string('x', 50)];
    });

    private async Task FillAsync(IDbAdapter db)
    {
        await db.CreateAsync(_table, Spec.Table(Pair, "id"), default);
        await db.SaveAsync(_table, Spec.Rows(Pair, [-1, "old"]), new(), default);
    }

    private async Task<object?[][]> RowsOf(IDbAdapter db)
    {
        await using RowReader rows = await db.GetAsync(new BatchQuery(_table) { OrderBy = [new("id")] }, default);
        return await rows.ToArrayAsync();
    }

    private async Task<IDbAdapter> OpenAsync(int port)
    {
        Target.Start();
        IDbAdapter adapter = await MakeAsync(port);
        await adapter.ConnectAsync(default);
        return adapter;
    }

    private static async Task<DbConductorException> FailsAsync(DbErrorKind kind, Func<Task> action)
    {
        DbConductorException error = await Assert.ThrowsAnyAsync<DbConductorException>(action);
        Assert.True(kind == error.Kind, $"expected {kind}, not {error.Kind}: {error}");
        return error;
    }

    /// <summary>The server that these tests kill; skips where its programs are missing, which on CI is a failure.</summary>
    public abstract class OwnServer(string product, Func<ThrowawayServer?> start) : IDisposable
    {
        private readonly ThrowawayServer? _server = start();
        private bool _isDown;

        internal int Port => Running.Port;

        internal string ConnectionString => Running.ConnectionString;

        private ThrowawayServer Running => Needed.Find(_server, product + "'s programs are not installed");

        /// <inheritdoc/>
        public void Dispose()
        {
            GC.SuppressFinalize(this);
            _server?.Dispose();
        }

        internal void Kill()
        {
            _isDown = true;
            Running.Kill();
        }

        /// <summary>Starts it where a test has killed it.</summary>
        internal void Start()
        {
            if (_isDown)
            {
                Running.Restart();
                _isDown = false;
            }
        }
    }
}
