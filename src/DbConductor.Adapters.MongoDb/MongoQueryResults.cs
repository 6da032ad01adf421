using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// The results of native commands: a command that gives a cursor gives its documents, one that changes documents how many they are, any other its answer as one row.
/// </summary>
internal sealed class MongoQueryResults : IQueryResults
{
    private readonly MongoScope _scope;
    private readonly CancellationToken _cancel;
    private readonly CancellationTokenSource _limit;
    private readonly Queue<(string? Database, BsonDocument Command)> _commands;
    private readonly TimeSpan? _timeout;
    private BsonDocument? _answer;
    private DocumentRows? _open;
    private string? _database;
    private string _name = "";

    public MongoQueryResults(MongoScope scope, NativeQuery query, CancellationToken cancel)
    {
        _scope = scope;
        _cancel = cancel;
        _timeout = query.Timeout;
        _commands = new(CommandText.Read(query));
        _limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (_timeout is { } timeout)
        {
            _limit.CancelAfter(timeout);
        }
    }

    public long RowsAffected { get; private set; } = -1;

    /// <summary>Sends the first command, so that an error of it is the query's.</summary>
    public Task StartAsync() => RunNextAsync();

    public async Task<RowReader?> NextAsync(CancellationToken cancel)
    {
        if (_open is not null)
        {
            await _open.DisposeAsync().ConfigureAwait(false);
            _open = null;
        }

        while (_answer is not null || _commands.Count > 0)
        {
            if (_answer is null)
            {
                await RunNextAsync().ConfigureAwait(false);
            }

            BsonDocument answer = _answer!;
            _answer = null;
            if (answer.GetValue("cursor", null) is BsonDocument cursor)
            {
                CommandCursor documents = new(_scope, _database, cursor);
                return _open = await DocumentRows.OpenAsync(new(documents, ToError), DocumentShape.All([]), null, _limit.Token).ConfigureAwait(false);
            }

            if (Changed(answer) is { } changed)
            {
                RowsAffected = Math.Max(RowsAffected, 0) + changed;
            }
            else if (Row(answer) is { ElementCount: > 0 } row)
            {
                CommandCursor one = new(_scope, null, new() { { "id", 0L }, { "firstBatch", new BsonArray { row } } });
                return _open = await DocumentRows.OpenAsync(new(one, ToError), DocumentShape.All([]), null, _limit.Token).ConfigureAwait(false);
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_open is not null)
        {
            await _open.DisposeAsync().ConfigureAwait(false);
        }

        _limit.Dispose();
    }

    private async Task RunNextAsync()
    {
        (_database, BsonDocument command) = _commands.Dequeue();
        _name = command.GetElement(0).Name;
        try
        {
            if (_timeout is { } timeout && !command.Contains("maxTimeMS"))
            {
                command.Add("maxTimeMS", Math.Max(1, (long)timeout.TotalMilliseconds));
            }

            _answer = await _scope.RunAsync(_database, command, _limit.Token).ConfigureAwait(false);
            if (_answer.GetValue("writeErrors", null) is BsonArray { Count: > 0 } errors)
            {
                BsonDocument first = errors[0].AsBsonDocument;
                throw MongoDbErrors.From(first["code"].ToInt32(), first.GetValue("errmsg", "").AsString, first, _scope.Adapter.Location);
            }
        }
        catch (Exception e)
        {
            throw ToError(e);
        }
    }

    private Exception ToError(Exception error) => error is OperationCanceledException && !_cancel.IsCancellationRequested && _timeout is not null
        ? _scope.Adapter.Calls.ToError(new TimeoutException("The query took longer than it was given.", error), null)
        : _scope.Adapter.Calls.ToError(error, null, _cancel);

    private long? Changed(BsonDocument answer) => _name is "insert" or "update" or "delete" ? answer.GetValue("n", 0).ToInt64() : null;

    private static BsonDocument Row(BsonDocument answer) => new(answer.Where(e => e.Name is not ("ok" or "$clusterTime" or "operationTime" or "$gleStats" or "electionId" or "opTime")));
}
