namespace DbConductor;

/// <summary>Reads and writes the manifest. Every change is one statement that says what it expects to find, so that it holds without transactions too.</summary>
internal sealed class StashManifest(IDbAdapter adapter)
{
    private bool _created;

    /// <summary>The database that the manifest is in.</summary>
    internal AdapterInfo Info => adapter.Info;

    internal bool HasPins => !adapter.Info.SingleWriter;

    internal async Task<long> NowAsync(CancellationToken cancel) => StashTables.Micros(await adapter.GetServerTimeAsync(cancel).ConfigureAwait(false));

    /// <summary>Makes what is missing; several processes may do so at once.</summary>
    internal async Task CreateAsync(CancellationToken cancel)
    {
        if (_created)
        {
            return;
        }

        foreach ((TableName table, TableSchema schema) in new[]
        {
            (StashTables.Heads, StashTables.HeadSchema), (StashTables.Versions, StashTables.VersionSchema), (StashTables.Pins, StashTables.PinSchema),
        })
        {
            if (await adapter.DescribeAsync(table, cancel).ConfigureAwait(false) is null)
            {
                try
                {
                    await adapter.CreateAsync(table, schema, cancel).ConfigureAwait(false);
                }
                catch (DbConductorException e) when (e.Kind is DbErrorKind.AlreadyExists or DbErrorKind.DuplicateKey)
                {
                    // another process was first
                }
            }
        }

        _created = true;
    }

    /// <summary>Whether there is a manifest. Who only reads does not make one.</summary>
    internal async Task<bool> ExistsAsync(CancellationToken cancel)
    {
        if (!_created)
        {
            foreach (TableName table in new[] { StashTables.Heads, StashTables.Versions, StashTables.Pins })
            {
                if (await adapter.DescribeAsync(table, cancel).ConfigureAwait(false) is null)
                {
                    return false;
                }
            }

            _created = true;
        }

        return true;
    }

    internal Task<StashHead?> HeadAsync(string name, CancellationToken cancel) => HeadAsync(name, adapter, cancel);

    internal async Task<StashHead?> HeadAsync(string name, IDbOperations within, CancellationToken cancel)
    {
        List<StashHead> found = await ReadAsync(StashTables.Heads, StashTables.HeadSchema, Filter.Equal("id", StashTables.IdOf(name)), StashHead.Read, within, cancel).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }

    internal Task<List<StashHead>> HeadsAsync(CancellationToken cancel) => ReadAsync(StashTables.Heads, StashTables.HeadSchema, null, StashHead.Read, adapter, cancel);

    /// <summary>Adds the first row of a name.</summary>
    /// <returns>False where there is one.</returns>
    internal Task<bool> AddHeadAsync(StashHead head, CancellationToken cancel) => AddAsync(StashTables.Heads, StashTables.HeadSchema, head.ToValues(), cancel);

    /// <summary>Changes the row of a name if it is as it was read.</summary>
    internal Task<bool> SwapHeadAsync(StashHead old, StashHead head, CancellationToken cancel) => SwapHeadAsync(old, head, adapter, cancel);

    internal async Task<bool> SwapHeadAsync(StashHead old, StashHead head, IDbOperations within, CancellationToken cancel)
    {
        Filter expected = Filter.All(
            Filter.Equal("id", old.Id), Filter.Equal("version", old.Version), Filter.Equal("fence", old.Fence), Filter.Equal("lease_owner", old.LeaseOwner),
            Filter.Equal("lease_until", old.LeaseUntil));
        Dictionary<string, object?> set = new()
        {
            ["version"] = head.Version, ["version_id"] = head.VersionId, ["fence"] = head.Fence, ["lease_owner"] = head.LeaseOwner, ["lease_until"] = head.LeaseUntil,
        };
        return await within.UpdateAsync(StashTables.Heads, expected, set, cancel).ConfigureAwait(false) == 1;
    }

    internal Task<bool> AddVersionAsync(StashVersion version, CancellationToken cancel) => AddAsync(
        StashTables.Versions,
        StashTables.VersionSchema,
        [
            version.Id, StashTables.IdOf(version.Name), version.Name, version.Version, StashTables.Writing, version.Rows, version.Bytes, version.Checksum, version.ColumnsText,
            version.Owner, StashTables.Micros(version.Started), StashTables.Micros(version.Alive), null, null,
        ],
        cancel);

    /// <summary>Changes a version's row if it is in a state.</summary>
    internal async Task<bool> SetVersionAsync(string id, string state, Dictionary<string, object?> set, CancellationToken cancel) =>
        await adapter.UpdateAsync(StashTables.Versions, Filter.All(Filter.Equal("id", id), Filter.Equal("state", state)), set, cancel).ConfigureAwait(false) == 1;

    internal Task DeleteVersionAsync(string id, CancellationToken cancel) => adapter.DeleteAsync(StashTables.Versions, Filter.Equal("id", id), cancel);

    /// <summary>Versions with their states as the manifest has them.</summary>
    internal Task<List<(StashVersion Version, string State)>> VersionsAsync(Filter? where, long now, CancellationToken cancel) => ReadAsync(
        StashTables.Versions,
        StashTables.VersionSchema,
        where,
        row =>
        {
            string state = row.Text(4)!;
            long? expires = row.Number(13);
            return (new StashVersion
            {
                Id = row.Text(0)!,
                Name = row.Text(2)!,
                Version = row.Number(3)!.Value,
                State = state == StashTables.Writing ? StashState.Writing : expires <= now ? StashState.Expired : StashState.Ready,
                Rows = row.Number(5)!.Value,
                Bytes = row.Number(6)!.Value,
                Checksum = row.Text(7)!,
                Columns = StashVersion.ReadColumns(row.Text(8)!),
                Owner = row.Text(9)!,
                Started = StashTables.Time(row.Number(10)!.Value),
                Alive = StashTables.Time(row.Number(11)!.Value),
                Published = row.Number(12) is { } published ? StashTables.Time(published) : null,
                Expires = expires is { } end ? StashTables.Time(end) : null,
            }, state);
        },
        adapter,
        cancel);

    internal Task<bool> AddPinAsync(string id, string versionId, long until, CancellationToken cancel) =>
        AddAsync(StashTables.Pins, StashTables.PinSchema, [id, versionId, until], cancel);

    internal Task ExtendPinAsync(string id, long until, CancellationToken cancel) =>
        adapter.UpdateAsync(StashTables.Pins, Filter.Equal("id", id), new Dictionary<string, object?> { ["until"] = until }, cancel);

    internal Task DeletePinAsync(string id, CancellationToken cancel) => adapter.DeleteAsync(StashTables.Pins, Filter.Equal("id", id), cancel);

    internal async Task<bool> IsPinnedAsync(string versionId, long now, CancellationToken cancel) =>
        HasPins && await adapter.CountAsync(
            StashTables.Pins, Filter.All(Filter.Equal("version_id", versionId), new CompareFilter("until", CompareOp.Greater, now)), cancel).ConfigureAwait(false) > 0;

    /// <summary>Forgets pins of readers that have died.</summary>
    internal Task DeleteDeadPinsAsync(long now, CancellationToken cancel) =>
        adapter.DeleteAsync(StashTables.Pins, new CompareFilter("until", CompareOp.LessOrEqual, now), cancel);

    private async Task<bool> AddAsync(TableName table, TableSchema schema, object?[] values, CancellationToken cancel)
    {
        await using BufferedRows row = new(schema.Columns, [values]);
        try
        {
            await adapter.SaveAsync(table, row, new SaveOptions(), cancel).ConfigureAwait(false);
            return true;
        }
        catch (DbConductorException e) when (e.Kind == DbErrorKind.DuplicateKey)
        {
            return false;
        }
    }

    private async Task<List<T>> ReadAsync<T>(TableName table, TableSchema schema, Filter? where, Func<StashRow, T> read, IDbOperations within, CancellationToken cancel)
    {
        List<T> found = [];
        BatchQuery query = new(table) { Where = where, Columns = [.. schema.Columns.Select(c => new ColumnPick(c.Name, c.Name))] };
        await using RowReader rows = await within.GetAsync(query, cancel).ConfigureAwait(false);
        while (await rows.ReadAsync(cancel).ConfigureAwait(false))
        {
            found.Add(read(new StashRow(rows, schema)));
        }

        return found;
    }
}
