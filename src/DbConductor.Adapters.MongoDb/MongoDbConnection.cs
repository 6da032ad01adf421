using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Clusters;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Connecting, and transactions that begin anew after a conflict.</summary>
internal static class MongoDbConnection
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a call's own transaction is tried again after conflicts with others.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Asks the server what it is, within the time given; ends early where the driver's monitors already know why no server can be had.</summary>
    public static async Task<AdapterInfo> ConnectAsync(MongoDbAdapter adapter, TimeSpan timeout, CancellationToken cancel)
    {
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        enough.CancelAfter(timeout + TimeSpan.FromSeconds(1));
        MongoScope scope = new(adapter, null);
        Task<AdapterInfo> asking = AskAsync(adapter, scope, enough.Token);
        while (await Task.WhenAny(asking, Task.Delay(PollEvery, cancel)).ConfigureAwait(false) != asking)
        {
            cancel.ThrowIfCancellationRequested();
            ClusterDescription cluster = adapter.Client.Cluster.Description;
            if (cluster.Servers.Count > 0 && cluster.Servers.All(s => s.HeartbeatException is not null) && MongoDbErrors.FromMonitors(cluster, adapter.Location) is { } known)
            {
                _ = asking.ContinueWith(late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                await enough.CancelAsync().ConfigureAwait(false);
                throw known;
            }
        }

        try
        {
            return await asking.ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            throw MongoDbErrors.FromMonitors(adapter.Client.Cluster.Description, adapter.Location) ?? MongoDbErrors.Silent(adapter.Client.Settings, adapter.Client.Cluster.Description, adapter.Location, e);
        }
    }

    private static async Task<AdapterInfo> AskAsync(MongoDbAdapter adapter, MongoScope scope, CancellationToken cancel)
    {
        BsonDocument hello = await scope.RunAsync("admin", new("hello", 1), cancel).ConfigureAwait(false);
        BsonDocument build = await scope.RunAsync("admin", new("buildInfo", 1), cancel).ConfigureAwait(false);
        await RequireAccessAsync(adapter, scope, cancel).ConfigureAwait(false);

        // a member of a replica set names its set, a router says so (https://www.mongodb.com/docs/manual/reference/command/hello/)
        bool isRouter = hello.GetValue("msg", "") == "isdbgrid";
        bool transactions = isRouter || hello.Contains("setName");
        return new()
        {
            Type = "MongoDb",
            Product = isRouter ? "MongoDB (sharded cluster)" : transactions ? "MongoDB (replica set)" : "MongoDB (standalone)",
            ServerVersion = build["version"].AsString,
            Location = adapter.Location,
            SystemName = "mongodb",
            Transactions = transactions,
            Savepoints = false,
            TransactionalDdl = false,
            FixedTypes = false,
            BulkPath = transactions ? MongoPlan.InTransaction : MongoPlan.Removed,
        };
    }

    // hello is answered to everyone; a server with access control refuses what comes next
    private static async Task RequireAccessAsync(MongoDbAdapter adapter, MongoScope scope, CancellationToken cancel)
    {
        BsonDocument list = new() { { "listCollections", 1 }, { "nameOnly", true }, { "authorizedCollections", true } };
        try
        {
            await scope.RunAsync(null, list, cancel).ConfigureAwait(false);
        }
        catch (MongoCommandException e) when (e.Code == 13)
        {
            if (!adapter.HasCredentials)
            {
                throw new DbConductorException(DbErrorKind.Authentication, $"{adapter.Location} asks for a user and a password, and none was given. Use -Credential.", e)
                { Target = adapter.Location };
            }
        }
    }

    /// <summary>Begins a transaction.</summary>
    public static async Task<IClientSessionHandle> BeginAsync(MongoDbAdapter adapter, CancellationToken cancel)
    {
        IClientSessionHandle session = await adapter.Client.StartSessionAsync(null, cancel).ConfigureAwait(false);

        // what was acknowledged must not be lost when the primary changes
        session.StartTransaction(new TransactionOptions(ReadConcern.Snapshot, ReadPreference.Primary, WriteConcern.WMajority));
        return session;
    }

    /// <summary>
    /// Runs work in a transaction of its own, where the server has any. MongoDB makes no writer wait for another: it answers with a conflict at once, and the work then
    /// begins anew, so it must be such that it can.
    /// </summary>
    public static async Task<T> InTransactionAsync<T>(MongoScope scope, Func<MongoScope, Task<T>> work, CancellationToken cancel)
    {
        // in an operator's transaction only its owner can begin anew
        if (scope.Session is not null || !scope.Adapter.HasTransactions)
        {
            return await work(scope).ConfigureAwait(false);
        }

        Stopwatch watch = Stopwatch.StartNew();
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(scope.Adapter, work, cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (IsConflict(e) && watch.Elapsed < Patience)
            {
                int most = Math.Min(250, 4 << Math.Min(attempt, 6));
                await Task.Delay(Random.Shared.Next(1, most), cancel).ConfigureAwait(false);
            }
        }
    }

    private static async Task<T> TryAsync<T>(MongoDbAdapter adapter, Func<MongoScope, Task<T>> work, CancellationToken cancel)
    {
        using IClientSessionHandle session = await BeginAsync(adapter, cancel).ConfigureAwait(false);
        T result;
        try
        {
            result = await work(new(adapter, session)).ConfigureAwait(false);

            // once the commit is under way its outcome must become known: it is not cancelled
            cancel.ThrowIfCancellationRequested();
        }
        catch
        {
            await AbortAsync(session).ConfigureAwait(false);
            throw;
        }

        await CommitAsync(adapter, session).ConfigureAwait(false);
        return result;
    }

    /// <summary>Commits; the driver itself asks again where the first answer was lost.</summary>
    public static async Task CommitAsync(MongoDbAdapter adapter, IClientSessionHandle session)
    {
        try
        {
            await session.CommitTransactionAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or MongoConnectionException || (e is MongoException mongo && mongo.HasErrorLabel("UnknownTransactionCommitResult")))
        {
            throw new DbConductorException(
                DbErrorKind.OutcomeUnknown,
                "The connection broke while the commit was under way: the outcome is unknown, the rows may be there or not. Look before sending them again.",
                e)
            { Target = adapter.Location };
        }
    }

    /// <summary>Gives a transaction up. A server that cannot be reached does so by itself.</summary>
    public static async Task AbortAsync(IClientSessionHandle session)
    {
        try
        {
            if (session.IsInTransaction)
            {
                await session.AbortTransactionAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is MongoException or TimeoutException or IOException or InvalidOperationException)
        {
            // what led here is what matters
        }
    }

    /// <summary>Whether an error comes of another write of the same documents, so that the work may begin anew.</summary>
    public static bool IsConflict(Exception error) => MongoDbErrors.IsTransient(error) || error is DbConductorException { Kind: DbErrorKind.Deadlock };
}
