using MongoDB.Bson;
using MongoDB.Driver;

namespace DbConductor.Adapters.MongoDb;

/// <summary>
/// One write of many rows: looks at the collection, creates it where that was asked for, maps the columns, then sends the rows by the path of the mode. In an operator's
/// transaction everything goes on its session; otherwise in a transaction of the call's own, which begins anew after a conflict, or where there is none, so that a failure can be taken back.
/// </summary>
internal sealed class MongoSave(MongoScope scope, TableName table, RowReader rows, SaveOptions options)
{
    /// <summary>What an insert may have to go in one transaction. Beyond it neither the server's 60 seconds nor its log of changes are put to the test.</summary>
    public const long TransactionBytes = 16L << 20;

    /// <summary>How many documents it may have for that: the server's cache keeps far more of each until the commit than its bytes, however small it is.</summary>
    public const long TransactionRows = 50_000;

    /// <summary>How much of an input that is put aside stays in memory.</summary>
    public const long SpoolMemory = 8L << 20;

    /// <summary>Changes by key that go in one round trip.</summary>
    public const int KeyedBatch = 1000;

    public const string CreateRemedy = "Create it with New-DbTable, or say -CreateTable.";

    /// <summary>What a batch with an id may have to go in one transaction.</summary>
    public const long LedgerBytes = 64L << 20;

    /// <summary>Whether so much goes by way of something other than a transaction; a batch with an id goes as far as one reaches.</summary>
    public static bool IsLarge(long bytes, long rows, bool hasLedger) => hasLedger ? bytes > LedgerBytes : bytes > TransactionBytes || rows > TransactionRows;

    private readonly MongoRejects? _rejects = options.Reject is null ? null : new(scope, table, options);
    private readonly MadeIds _ids = new();
    private BatchStep _step = null!;
    private bool _created;

    /// <summary>Runs the write.</summary>
    public async Task<SaveResult> RunAsync(CancellationToken cancel)
    {
        CheckOptions();
        try
        {
            return await RunCheckedAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (_created && e is not OperationCanceledException)
        {
            // creating a collection is no part of a transaction
            DbConductorException ours = scope.Adapter.Calls.ToError(e, table);
            throw new DbConductorException(ours.Kind, $"{ours.Message} Collection '{table}', which was created for this call, stays, empty.", ours)
            { Target = ours.Target, Row = ours.Row, Column = ours.Column, ServerCode = ours.ServerCode, IsTransient = ours.IsTransient };
        }
    }

    private async Task<SaveResult> RunCheckedAsync(CancellationToken cancel)
    {
        MongoLedger? ledger = options.BatchId is null ? null : await MongoLedger.OpenAsync(scope, table, options, cancel).ConfigureAwait(false);
        MongoFence? fence = options.Lease is null ? null : await MongoFence.OpenAsync(scope, table, options.Lease, cancel).ConfigureAwait(false);
        _step = new(ledger, options.Mode, _rejects, _ids, fence);
        CollectionSchema? found = await CollectionSchema.LoadAsync(scope, table, cancel).ConfigureAwait(false);
        if (found is null && ledger?.Last is { } landed)
        {
            throw new DbConductorException(
                DbErrorKind.NotFound,
                $"The ledger says that batch '{landed.BatchId}' was written into '{table}', but there is no such collection any more. To write it again, take another -BatchId.")
            { Target = table.ToString() };
        }

        bool brings = await RowWalker.BringsColumnsAsync(rows, cancel).ConfigureAwait(false);
        if (found is null && (found = await CreateAsync(brings, cancel).ConfigureAwait(false)) is null)
        {
            return Result(0, 0, Path(transactions: true), 0);
        }

        WriteSchema schema = await WriteSchema.MakeAsync(scope, found, cancel).ConfigureAwait(false);
        await OpenReads.SetAsideAsync(scope.Adapter.NameOf(table), cancel).ConfigureAwait(false);
        DocumentInput? input = brings ? Open(schema) : null;
        await (_rejects?.OpenAsync(cancel) ?? Task.CompletedTask).ConfigureAwait(false);
        if (ledger is not null)
        {
            if (input is not null)
            {
                input.Content = ledger.Content;
            }

            if (await ledger.SkipAsync(input, cancel).ConfigureAwait(false))
            {
                return Replayed(ledger.Last!.Rows);
            }
        }

        long before = ledger?.Last?.Rows ?? 0;
        if (fence is { IsPartOfCommit: false })
        {
            // also for what goes by no commit of its own, such as the exchange of a whole collection
            await fence.EnterAsync(scope, cancel).ConfigureAwait(false);
        }

        try
        {
            SaveResult result = await WriteAsync(input, schema, cancel).ConfigureAwait(false);
            return result with { Replayed = before };
        }
        catch (BatchTakenException)
        {
            await ledger!.LookAsync(cancel).ConfigureAwait(false);
            return ledger.Last is { IsComplete: true } && await ledger.SkipAsync(input, cancel).ConfigureAwait(false) ? Replayed(ledger.Last.Rows) : throw new DbConductorException(
                DbErrorKind.Busy, $"Batch '{options.BatchId}' is being written into '{table}' by another call. Send it again: what has landed meanwhile is not written twice.")
            { Target = table.ToString(), IsTransient = true };
        }
    }

    private async Task<SaveResult> WriteAsync(DocumentInput? input, WriteSchema schema, CancellationToken cancel)
    {
        switch (options.Mode)
        {
            case var _ when input is null:
                await _step.RunAsync(scope, EmptyAsync, () => true, cancel).ConfigureAwait(false);
                return Result(0, 0, Path(transactions: true), 1);
            case SaveMode.Insert when _rejects is null:
                return await InsertAsync(input!, schema.Collection, cancel).ConfigureAwait(false);
            case SaveMode.Overwrite:
                return await OverwriteAsync(input!, schema, cancel).ConfigureAwait(false);
            default:
                return await AsideAsync(input!, schema.Collection, cancel).ConfigureAwait(false);
        }
    }

    // without rows there is nothing to write, except that Overwrite empties the collection
    private async Task<Written> EmptyAsync(MongoScope one)
    {
        if (options.Mode == SaveMode.Overwrite)
        {
            await one.DeleteAsync(table, [], CancellationToken.None).ConfigureAwait(false);
        }

        return default;
    }

    private SaveResult Replayed(long rows) => Result(0, 0, Path(transactions: true), 0) with { Rejected = 0, Replayed = rows, Status = SaveStatus.Replayed };

    /// <summary>The columns that a collection is made with: those whose type was said, and those of a source that has types. What an object or a document brings stays free.</summary>
    public static TableSchema Declare(IReadOnlyList<Column> input, SaveOptions options, bool fedByCaller)
    {
        List<Column> columns = [];
        foreach (Column column in input)
        {
            PortableType type = options.ColumnTypes.FirstOrDefault(t => string.Equals(t.Key, column.Name, StringComparison.OrdinalIgnoreCase)) is { Key: not null } said ? said.Value
                : fedByCaller ? default : column.Type;
            bool inKey = options.Key.Contains(column.Name, StringComparer.OrdinalIgnoreCase);
            if (type.Kind != PortableKind.Object || inKey)
            {
                columns.Add(new(column.Name, type) { Nullable = column.Nullable && !inKey, NativeType = column.NativeType == BsonNames.ObjectId ? BsonNames.ObjectId : null });
            }
        }

        if (input.Count == 0)
        {
            columns.AddRange(options.ColumnTypes.Select(t => new Column(t.Key, t.Value)));
        }
        else if (options.ColumnTypes.Keys.FirstOrDefault(name => ColumnNames.IndexOf(input, name) < 0) is { } unknown)
        {
            ColumnNames.Require(input, unknown, "The input");
        }

        return new(columns) { Key = [.. options.Key.Select(name => columns[ColumnNames.Require(columns, name, "The input")].Name)] };
    }

    private DocumentInput Open(WriteSchema schema)
    {
        bool merges = options.Mode is SaveMode.Upsert or SaveMode.SkipExisting;
        bool updates = options.Mode == SaveMode.Upsert;
        IReadOnlyList<string> key = options.Key.Count > 0 ? options.Key : options.Mode is SaveMode.Insert or SaveMode.Overwrite && schema.Collection.Key is [CollectionSchema.Id] ? [] : schema.Collection.Key;
        DocumentInput input = DocumentInput.Open(rows, schema, key, options.NullTexts, keyed: options.Mode != SaveMode.Insert, updates);
        input.LetsUnfit = _rejects is not null;
        if (merges || (options.Mode == SaveMode.Overwrite && input.Mapping.Key.Count > 0))
        {
            input.Mapping.RequireKey($"-Mode {options.Mode}");
        }

        if (merges && !schema.Collection.IsUnique([.. input.Mapping.Key.Select(c => c.Name)]))
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument,
                $"-Mode {options.Mode} needs a unique index over its key ({string.Join(", ", input.Mapping.Key.Select(c => c.Name))}) in '{table}': without one, two writers at a time could each add the same key. " +
                "Create the collection with -Key, or the index with Invoke-DbQuery (createIndexes, unique: true).")
            { Target = table.ToString() };
        }

        if (!updates)
        {
            input.Mapping.RequireFilled();
        }

        return input;
    }

    private async Task<CollectionSchema?> CreateAsync(bool brings, CancellationToken cancel)
    {
        if (!options.CreateTable)
        {
            throw DocumentQuery.Missing(scope, table, CreateRemedy);
        }

        if (!brings && options.ColumnTypes.Count == 0)
        {
            return null;
        }

        await CollectionCreation.RunAsync(scope, table, Declare(rows.Columns, options, rows.FedByCaller), cancel).ConfigureAwait(false);
        _created = true;
        return await DocumentQuery.RequireAsync(scope, table, cancel).ConfigureAwait(false);
    }

    private void CheckOptions()
    {
        options.RequireValid();
        if (options.CommitEvery is not null && scope.Session is not null)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "-CommitEvery has no meaning inside a transaction, which commits once, at its end.");
        }
    }

    private async Task<SaveResult> InsertAsync(DocumentInput input, CollectionSchema collection, CancellationToken cancel)
    {
        DocumentInsert insert = new(scope, collection, input, options, _step, _ids);
        long total = 0;
        int commits = 0;
        string path = Path(transactions: true);
        do
        {
            (Written written, bool removable) = await insert.RunAsync(options.CommitEvery, cancel).ConfigureAwait(false);
            total += written.Added;
            commits += written.Added > 0 || commits == 0 ? 1 : 0;
            path = removable ? MongoPlan.Removed : path;
        }
        while (!insert.IsDone);
        return Result(total, 0, path, commits);
    }

    // rows that are put aside before they are sent: to find the last of each key, or those that are refused
    private async Task<SaveResult> AsideAsync(DocumentInput input, CollectionSchema collection, CancellationToken cancel)
    {
        if (options.Mode == SaveMode.Upsert && options.CommitEvery is null)
        {
            Standalone.Refuse(scope, table, "An upsert", "Say -CommitEvery to let each document be written by itself, or make the server a replica set (one member is enough).");
        }

        RowChunks chunks = new(input, options.CommitEvery);
        string path = Path(transactions: options.Mode == SaveMode.Insert);
        long landed = 0;
        long skipped = 0;
        int commits = 0;
        do
        {
            AsideWrites writes = options.Mode == SaveMode.Insert
                ? await PutAsideAsync(collection, chunks, input, cancel).ConfigureAwait(false)
                : await DocumentMerge.PrepareAsync(collection, chunks, input, options, _ids, _rejects, cancel).ConfigureAwait(false);
            await using RowsAside aside = writes.Rows;
            if (aside.Count == 0 && commits > 0 && !_step.HasLedger && _rejects is not { Waits: true })
            {
                continue;
            }

            AsideCommit commit = new(scope, collection, writes, _step, _ids, options.Mode);
            bool direct = options.Mode == SaveMode.Insert && scope.Adapter.HasTransactions && IsLarge(aside.Bytes, aside.Count, _step.HasLedger);
            _step.RequireTransaction(direct, table, "Say -CommitEvery, which keeps the ledger commit by commit.");
            Written written = direct
                ? await commit.RunDirectAsync(cancel).ConfigureAwait(false)
                : await commit.RunAsync(() => chunks.IsDone, cancel).ConfigureAwait(false);
            path = direct ? MongoPlan.Removed : path;
            landed += written.Landed(options.Mode);
            skipped += aside.Count - aside.Left - written.Landed(options.Mode);
            commits++;
        }
        while (!chunks.IsDone);
        return Result(landed, skipped, path, commits);
    }

    private async Task<AsideWrites> PutAsideAsync(CollectionSchema collection, RowChunks chunks, DocumentInput input, CancellationToken cancel)
    {
        RowEncoder encoder = new(collection, []);
        void Add(WriteBatch batch, RowReader row, long number) => encoder.Add(batch, row, number, _ids);
        RowsAside aside = await RowsAside.TakeAsync(chunks, input, _rejects, AsideWrites.Trial(table, Add), cancel).ConfigureAwait(false);
        return new(aside, table, table, Add, options.BatchSize ?? DocumentInsert.BatchRows, options.OnProgress);
    }

    private async Task<SaveResult> OverwriteAsync(DocumentInput input, WriteSchema schema, CancellationToken cancel)
    {
        await using DocumentReplacement replacement = await DocumentReplacement.PrepareAsync(scope, schema.Collection, input, _step, cancel).ConfigureAwait(false);
        RowsAside aside = replacement.Rows;
        bool exchanges = scope.Session is null && (!scope.Adapter.HasTransactions || IsLarge(aside.Bytes, aside.Count, _step.HasLedger)
            || (!_step.HasLedger && await CollectionDescription.EstimateAsync(scope, table, cancel).ConfigureAwait(false) > TransactionRows));
        _step.RequireTransaction(exchanges, table, "Write it without them.");
        Written written = exchanges ? await replacement.ExchangeAsync(cancel).ConfigureAwait(false) : await replacement.RunAsync(cancel).ConfigureAwait(false);
        return Result(written.Added, aside.Count - aside.Left - written.Added, exchanges ? MongoPlan.Exchanged : Path(transactions: true), 1);
    }

    private string Path(bool transactions) => MongoPlan.Path(scope.Session is not null || (scope.Adapter.HasTransactions && (transactions || options.Mode != SaveMode.Insert)), options.Mode);

    private SaveResult Result(long landed, long skipped, string path, int commits) => new()
    {
        Rows = landed, Skipped = skipped, Rejected = _rejects?.Count ?? 0, Path = path, Created = _created, Commits = scope.Session is null ? commits : 0,
    };
}
