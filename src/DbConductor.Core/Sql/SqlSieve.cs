namespace DbConductor.Sql;

/// <summary>
/// Writes rows of which some may be refused. They are gathered in memory, some tens of thousands at a time, and loaded under a savepoint; where that fails by
/// a row's fault, the load is undone and repeated in parts, until the row stands alone. A good load costs two short statements more, a bad row a few loads of
/// parts that become smaller by half.
/// </summary>
internal sealed class SqlSieve(
    SqlAdapter adapter, TableName table, SaveOptions options, SqlSaveTarget target, BatchContent? content, SqlRejects rejects)
{
    /// <summary>The savepoint under which rows are tried.</summary>
    public const string Savepoint = "dbconductor_try";

    private const int MostRows = 50_000;
    private const int MostBytes = 16 << 20;

    private readonly TableMapping _mapping = target.Mapping!;
    private readonly RowBuffer _buffer = new(target.Mapping!.Columns);
    private readonly RowWalker _walker = new(target.Rows);

    /// <summary>Whether the input has come to its end.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether rows lacked columns, so that a temporary table was needed.</summary>
    public bool Split { get; private set; }

    /// <summary>Writes rows until the end of the input, or until so many were taken from it.</summary>
    /// <returns>How many landed, and how many were left out.</returns>
    public async Task<(long Landed, long Skipped)> RunAsync(SqlTransaction transaction, long? limit, CancellationToken cancel)
    {
        if (!transaction.IsExclusive)
        {
            // a constraint that the operator has left unmet must not be laid at the rows' door
            await transaction.SaveAsync(Savepoint, cancel).ConfigureAwait(false);
            await transaction.ReleaseAsync(Savepoint, cancel).ConfigureAwait(false);
        }

        return target.Merges
            ? await MergeAsync(transaction, limit, cancel).ConfigureAwait(false)
            : (await PassAsync(transaction, limit, (from, to) => InsertAsync(transaction, from, to, cancel), cancel).ConfigureAwait(false), 0);
    }

    private async Task<(long Landed, long Skipped)> MergeAsync(SqlTransaction transaction, long? limit, CancellationToken cancel)
    {
        // every row is marked, so that the mark tells its number
        SqlShapes shapes = target.MakeShapes() ?? SqlShapes.Whole(adapter, table, _mapping.Columns);
        SqlStage stage = new(adapter, table, _mapping.Columns, _mapping.Key);
        await stage.OpenAsync(transaction, cancel).ConfigureAwait(false);
        long loaded = await PassAsync(transaction, limit, (from, to) => Loader(from, to, shapes).LoadAsync(
            transaction, stage.Name, table, _mapping.Columns, null, options.BatchSize, marks: true, cancel), cancel).ConfigureAwait(false);

        SqlMerge merge = new(adapter, table, options.Mode, _mapping, shapes);
        long repeated = await transaction.RunAsync(true, table, async () =>
        {
            long gone = await stage.CloseAsync(transaction, cancel).ConfigureAwait(false);
            await merge.BeginAsync(transaction, stage.Name, cancel).ConfigureAwait(false);
            return gone;
        }, cancel).ConfigureAwait(false);
        SqlMergeSieve parts = new(adapter, table, _mapping, shapes, merge, stage, rejects);
        long before = rejects.Count;
        long landed = await parts.RunAsync(transaction, loaded - repeated, cancel).ConfigureAwait(false);
        await transaction.RunAsync(true, table, async () =>
        {
            await stage.DropAsync(transaction, cancel).ConfigureAwait(false);
            return 0;
        }, cancel).ConfigureAwait(false);
        return (landed, loaded - landed - (rejects.Count - before));
    }

    private async Task<long> InsertAsync(SqlTransaction transaction, int from, int to, CancellationToken cancel)
    {
        SqlShapes? shapes = target.MakeShapes();
        SqlInsert insert = new(adapter, table, _mapping, shapes);
        long landed = await insert.RunAsync(transaction, Loader(from, to, shapes), null, options.BatchSize, cancel).ConfigureAwait(false);
        Split |= insert.Split;
        return landed;
    }

    private SqlLoader Loader(int from, int to, SqlShapes? shapes)
    {
        SqlLoader loader = new(adapter, _buffer.Read(from, to), shapes, options.OnProgress) { NamesRows = false };
        loader.Skip(_buffer.NumberOf(from) - 1);
        return loader;
    }

    private async Task<long> PassAsync(SqlTransaction transaction, long? limit, Func<int, int, Task<long>> write, CancellationToken cancel)
    {
        long passed = 0;
        long first = target.Rows.RowNumber;
        while (!IsDone && (limit is null || target.Rows.RowNumber - first < limit))
        {
            await FillAsync(limit is null ? long.MaxValue : first + limit.Value, cancel).ConfigureAwait(false);
            passed += _buffer.Count == 0 ? 0 : await TryAsync(transaction, write, cancel).ConfigureAwait(false);
            if (rejects.IsFull)
            {
                await rejects.FlushAsync(transaction, cancel).ConfigureAwait(false);
            }
        }

        return passed;
    }

    private async Task FillAsync(long lastRow, CancellationToken cancel)
    {
        _buffer.Clear();
        while (_buffer.Count < MostRows && _buffer.Size < MostBytes && target.Rows.RowNumber < lastRow)
        {
            switch (await _walker.NextAsync(cancel).ConfigureAwait(false))
            {
                case RowStep.End:
                    IsDone = true;
                    return;
                case RowStep.Row:
                    Take();
                    break;
            }
        }
    }

    private void Take()
    {
        ConvertingRows row = target.Rows;
        DbConductorException? error = content?.TryAdd(row);
        try
        {
            if (error is null)
            {
                _buffer.Add(row, row.RowNumber);
            }
        }
        catch (DbConductorException e) when (Reject.IsOfRow(e.Kind))
        {
            error = e;
        }

        if (error is not null)
        {
            rejects.Add(error, row.RowNumber, RowJson.Write(row.Origin));
        }
    }

    private async Task<long> TryAsync(SqlTransaction transaction, Func<int, int, Task<long>> write, CancellationToken cancel)
    {
        long passed = 0;
        Stack<(int From, int To)> parts = new([(0, _buffer.Count)]);
        while (parts.TryPop(out (int From, int To) part))
        {
            await transaction.SaveAsync(Savepoint, cancel).ConfigureAwait(false);
            try
            {
                long written = await write(part.From, part.To).ConfigureAwait(false);
                await transaction.ReleaseAsync(Savepoint, cancel).ConfigureAwait(false);
                passed += written;
            }
            catch (DbConductorException e) when (Reject.IsOfRow(e.Kind))
            {
                await transaction.RollbackToAsync(Savepoint, cancel).ConfigureAwait(false);
                if (part.To - part.From == 1)
                {
                    RowBuffer.Reader row = _buffer.Read(part.From, part.To);
                    await using (row.ConfigureAwait(false))
                    {
                        row.Read();
                        rejects.Add(e, row.Number, RowJson.Write(row));
                    }

                    continue;
                }

                // where the server names the row, it is tried alone; else the half that it is in is looked for
                long named = part.From + (e.Row - _buffer.NumberOf(part.From)) ?? -1;
                if (named >= part.From && named < part.To)
                {
                    Push(parts, (int)named + 1, part.To);
                    Push(parts, (int)named, (int)named + 1);
                    Push(parts, part.From, (int)named);
                }
                else
                {
                    int middle = part.From + ((part.To - part.From) / 2);
                    Push(parts, middle, part.To);
                    Push(parts, part.From, middle);
                }
            }
        }

        return passed;
    }

    private static void Push(Stack<(int From, int To)> parts, int from, int to)
    {
        if (from < to)
        {
            parts.Push((from, to));
        }
    }
}
