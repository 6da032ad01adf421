using System.Diagnostics;
using Xunit;

namespace DbConductor.Tests.Contract;

public abstract partial class ContractTests
{
    [SkippableFact]
    public void Connect_tells_what_is_at_the_other_end()
    {
        Assert.Equal(Factory.Type, Db.Info.Type);
        Assert.All(
            new[] { Db.Info.Product, Db.Info.ServerVersion, Db.Info.Location, Db.Info.SystemName, Db.Info.BulkPath },
            text => Assert.False(string.IsNullOrWhiteSpace(text)));
        Assert.Matches(@"^\d+\.\d+", Db.Info.ServerVersion);
    }

    [SkippableFact]
    public async Task Connect_again_on_an_open_session_does_no_harm()
    {
        TableName table = await CreateAsync(["id int"], [], [1]);

        await Db.ConnectAsync(default);

        Assert.Equal(1, await Db.CountAsync(table, null, default));
    }

    [SkippableFact]
    public async Task Ping_answers_and_the_servers_clock_is_right()
    {
        await Db.PingAsync(default);
        DateTimeOffset time = await Db.GetServerTimeAsync(default);

        Assert.InRange(time - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
    }

    [SkippableFact]
    public async Task Connect_fails_soon_and_says_why()
    {
        List<string> wrong = [];
        foreach ((string what, AdapterProfile profile, DbErrorKind kind) in BadProfiles)
        {
            Stopwatch watch = Stopwatch.StartNew();
            Exception? error = await Record.ExceptionAsync(async () =>
            {
                await using IDbAdapter adapter = Factory.Create(profile, new AdapterServices());
                await adapter.ConnectAsync(default);
            });
            if (error is not DbConductorException { Kind: var found } || found != kind)
            {
                wrong.Add($"{what}: expected {kind}, got {error?.ToString() ?? "no error"}");
            }
            else if (watch.Elapsed > TimeSpan.FromSeconds(20))
            {
                wrong.Add($"{what}: took {watch.Elapsed}");
            }
            else if (profile.Password is { } password && error.ToString().Contains(password.Reveal(), StringComparison.Ordinal))
            {
                wrong.Add($"{what}: the password is in the error");
            }
        }

        Assert.Empty(wrong);
    }

    [SkippableFact]
    public void A_setting_that_means_nothing_is_refused_by_name()
    {
        AdapterProfile profile = Profile with { Options = new Dictionary<string, string> { ["NoSuchSetting"] = "s3cret-value" } };

        DbConductorException error = Assert.ThrowsAny<DbConductorException>(() => Factory.Create(profile, new AdapterServices()));

        Assert.Equal(DbErrorKind.InvalidArgument, error.Kind);
        Assert.Contains("NoSuchSetting", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("s3cret-value", error.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Connect_with_a_cancelled_token_is_cancelled()
    {
        await using IDbAdapter adapter = Factory.Create(Profile, new AdapterServices());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adapter.ConnectAsync(new CancellationToken(canceled: true)));
    }

    [SkippableFact]
    public async Task A_closed_session_says_so()
    {
        IDbAdapter adapter = await ConnectAsync();
        await adapter.DisposeAsync();
        await adapter.DisposeAsync();

        await Fails(DbErrorKind.InvalidOperation, () => adapter.PingAsync(default));
        await Fails(DbErrorKind.InvalidOperation, () => adapter.CountAsync(NewName(), null, default));
    }

    [SkippableFact]
    public async Task Closing_a_session_with_work_open_keeps_nothing_of_it()
    {
        TableName table = await CreateAsync(["id int"], [], [1]);
        IDbAdapter session = await ConnectAsync();
        IDbTransaction transaction = await session.BeginAsync(System.Data.IsolationLevel.Unspecified, default);
        await transaction.SaveAsync(table, Spec.Rows(["id int"], [2]), new(), default);
        RowReader rows = await session.GetAsync(new BatchQuery(table), default);

        await session.DisposeAsync();
        await rows.DisposeAsync();
        await transaction.DisposeAsync();

        Assert.Equal([[1]], await RowsOf(table));
        await SaveAsync(table, ["id int"], [3]);
    }

    [SkippableFact]
    public async Task A_session_that_was_never_connected_says_so()
    {
        await using IDbAdapter adapter = Factory.Create(Profile, new AdapterServices());

        await Fails(DbErrorKind.InvalidOperation, () => adapter.CountAsync(NewName(), null, default));
    }
}
