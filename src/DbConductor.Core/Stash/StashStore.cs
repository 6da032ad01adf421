using System.Globalization;

namespace DbConductor;

/// <summary>
/// Named, versioned row sets that steps leave for one another in any adapter. Publishing is one compare-and-set of the name's row: readers see the old version or the new one,
/// never half, also where a writer is killed at any moment. Built on <see cref="IDbAdapter"/> alone.
/// </summary>
public sealed partial class StashStore(IDbAdapter adapter)
{
    /// <summary>The longest name, in characters.</summary>
    public const int LongestName = 200;

    private const int MaxLooks = 100;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    /// <summary>The longest pause between two looks while waiting.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    private readonly StashManifest _manifest = new(adapter);

    /// <summary>Writes rows and publishes them as the name's next version.</summary>
    /// <param name="name">The stash's name.</param>
    /// <param name="rows">The rows; they stay open.</param>
    /// <param name="options">How.</param>
    /// <param name="cancel">Cancels; nothing is published then.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.Busy"/>: somebody else holds the stash's lease, or took this one.</exception>
    public async Task<StashVersion> SaveAsync(string name, RowReader rows, StashSaveOptions options, CancellationToken cancel)
    {
        CheckName(name);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Lease?.RequireFor(name);
        await _manifest.CreateAsync(cancel).ConfigureAwait(false);
        long now = await _manifest.NowAsync(cancel).ConfigureAwait(false);
        if (await _manifest.HeadAsync(name, cancel).ConfigureAwait(false) is { } head)
        {
            // found out at once rather than after a million rows; what counts is the publishing
            RequireFree(head, options.Lease, now);
        }

        RowSample sample = await RowSample.ReadAsync(rows, SchemaInference.SampleSize, cancel).ConfigureAwait(false);
        List<StashColumn> columns = StashLayout.Make(sample, options.ColumnTypes);
        StashVersion version = new()
        {
            Id = Guid.NewGuid().ToString("N"),
            Name = name,
            State = StashState.Writing,
            Columns = columns,
            Owner = Process(),
            Started = StashTables.Time(now),
            Alive = StashTables.Time(now),
        };
        await _manifest.AddVersionAsync(version, cancel).ConfigureAwait(false);
        try
        {
            StashInput input = new(sample.Replay(), columns, options);
            await WriteAsync(version, input, options, cancel).ConfigureAwait(false);
            version = version with { Rows = input.Checksum.Rows, Bytes = input.Bytes, Checksum = input.Checksum.ToString(), Columns = input.Layout };
            version = await PublishAsync(version, options, cancel).ConfigureAwait(false);
        }
        catch
        {
            await DiscardAsync(version).ConfigureAwait(false);
            throw;
        }

        await RemoveSupersededAsync(name, cancel).ConfigureAwait(false);
        return version;
    }

    /// <summary>The current version of each stash, and versions that are being written.</summary>
    public async Task<IReadOnlyList<StashVersion>> ListAsync(CancellationToken cancel)
    {
        if (!await _manifest.ExistsAsync(cancel).ConfigureAwait(false))
        {
            return [];
        }

        HashSet<string?> current = [.. (await _manifest.HeadsAsync(cancel).ConfigureAwait(false)).Select(h => h.VersionId)];
        long now = await _manifest.NowAsync(cancel).ConfigureAwait(false);
        return
        [
            .. (await _manifest.VersionsAsync(null, now, cancel).ConfigureAwait(false))
                .Where(v => v.State == StashTables.Writing || current.Contains(v.Version.Id))
                .Select(v => current.Contains(v.Version.Id) ? Current(v.Version) : v.Version)
                .OrderBy(v => v.Name, StringComparer.Ordinal).ThenBy(v => v.Version),
        ];
    }

    /// <summary>The current version of a stash; null where there is none.</summary>
    public async Task<StashVersion?> FindAsync(string name, CancellationToken cancel)
    {
        CheckName(name);
        if (!await _manifest.ExistsAsync(cancel).ConfigureAwait(false))
        {
            return null;
        }

        for (int attempt = 0; await _manifest.HeadAsync(name, cancel).ConfigureAwait(false) is { VersionId: { } id }; attempt++)
        {
            // a version that was superseded and removed between the two looks: look again
            if (await VersionAsync(id, cancel).ConfigureAwait(false) is ({ } version, StashTables.Ready or StashTables.Writing))
            {
                return Current(version);
            }

            if (attempt == MaxLooks)
            {
                throw new DbConductorException(DbErrorKind.InvalidData, $"The manifest of stash '{name}' names a version that is not there. Remove the stash and save it anew.") { Target = name };
            }
        }

        return null;
    }

    /// <summary>Waits until each of several stashes is ready: there, large enough and new enough.</summary>
    /// <returns>Their current versions, in the order of the names.</returns>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.Timeout"/>: the message says which is missing and in what state it is.</exception>
    public async Task<IReadOnlyList<StashVersion>> WaitAsync(IReadOnlyList<string> names, StashWait wait, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(wait);
        StashVersion?[] found = new StashVersion?[names.Count];
        System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
        TimeSpan pause = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            for (int i = 0; i < found.Length; i++)
            {
                if (found[i] is null || !wait.IsReady(found[i]!))
                {
                    found[i] = await FindAsync(names[i], cancel).ConfigureAwait(false);
                }
            }

            string[] missing = [.. names.Where((_, i) => found[i] is null || !wait.IsReady(found[i]!))];
            if (missing.Length == 0)
            {
                return found!;
            }

            if (clock.Elapsed >= wait.Timeout)
            {
                IReadOnlyList<StashVersion> all = await ListAsync(cancel).ConfigureAwait(false);
                throw wait.TimedOut([.. missing.Select(name => (name, all.Where(v => v.Name == name).ToArray()))]);
            }

            wait.OnWait?.Invoke(missing, clock.Elapsed);
            await Task.Delay(wait.Timeout - clock.Elapsed is var left && left > TimeSpan.Zero && left < pause ? left : pause, cancel).ConfigureAwait(false);
            pause = pause * 1.5 < MaxPause ? pause * 1.5 : MaxPause;
        }
    }

    /// <summary>Opens a version's rows, which stay until the reader is disposed. A read of all rows and columns compares the checksum at its end.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotFound"/>: the version is gone. <see cref="DbErrorKind.InvalidData"/>, also from the reader: it is damaged.</exception>
    public async Task<RowReader> OpenAsync(StashVersion version, StashQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(query);
        StashPin pin = await StashPin.SetAsync(_manifest, version.Id, cancel).ConfigureAwait(false);
        try
        {
            await RequireThereAsync(version, cancel).ConfigureAwait(false);
            List<(int Ordinal, string Name)> picks = query.Columns.Count == 0
                ? [.. version.Columns.Select((c, i) => (i, c.Name))]
                : [.. query.Columns.Select(c => (Require(version, c.Source), c.Name))];
            BatchQuery table = new(version.Table)
            {
                Where = query.Where is null ? null : new StashFilter(version).Translate(query.Where),
                Columns = [.. picks.Select(p => version.Columns[p.Ordinal].Native).OfType<string>().Append(StashVersion.Rest).Distinct().Select(n => new ColumnPick(n, n))],
                First = query.First,
            };
            RowReader rows;
            try
            {
                rows = await adapter.GetAsync(table, cancel).ConfigureAwait(false);
            }
            catch (DbConductorException e) when (e.Kind == DbErrorKind.NotFound)
            {
                throw Gone(version);
            }

            return new StashOutput(rows, version, picks, query is { Where: null, First: null, Columns.Count: 0 }, plain => _verified[version.Id] = plain, LetGoAsync);
        }
        catch
        {
            await pin.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        async ValueTask LetGoAsync()
        {
            await pin.DisposeAsync().ConfigureAwait(false);
            await RemoveIfSupersededAsync(version).ConfigureAwait(false);
        }
    }

    /// <summary>Removes a version, the current one or not.</summary>
    /// <param name="version">The version.</param>
    /// <param name="lease">The lease under which that is done; without one, a stash that somebody else holds is refused.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> RemoveAsync(StashVersion version, StashLease? lease, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(version);
        lease?.RequireFor(version.Name);
        while (await _manifest.HeadAsync(version.Name, cancel).ConfigureAwait(false) is { } head && head.VersionId == version.Id)
        {
            RequireFree(head, lease, await _manifest.NowAsync(cancel).ConfigureAwait(false));
            await _manifest.SwapHeadAsync(head, head with { VersionId = null }, cancel).ConfigureAwait(false);
        }

        return await TakeAwayAsync(version, StashTables.Ready, cancel).ConfigureAwait(false);
    }

    /// <summary>Removes what is past its time, but for stashes that somebody holds the lease of.</summary>
    /// <returns>The versions removed.</returns>
    public async Task<IReadOnlyList<StashVersion>> RemoveExpiredAsync(CancellationToken cancel)
    {
        List<StashVersion> removed = [];
        foreach (StashVersion version in await ListAsync(cancel).ConfigureAwait(false))
        {
            try
            {
                if (version.State == StashState.Expired && await RemoveAsync(version, null, cancel).ConfigureAwait(false))
                {
                    removed.Add(version);
                }
            }
            catch (DbConductorException e) when (e.Kind == DbErrorKind.Busy)
            {
                // its holder is about to write it anew; the others need not wait for that
            }
        }

        return removed;
    }

    /// <summary>Removes what writers that died have left: versions whose writer was not heard of for a time, and those whose removal did not end.</summary>
    /// <returns>The versions removed.</returns>
    public async Task<IReadOnlyList<StashVersion>> RemoveAbandonedAsync(TimeSpan silentFor, CancellationToken cancel)
    {
        if (!await _manifest.ExistsAsync(cancel).ConfigureAwait(false))
        {
            return [];
        }

        long now = await _manifest.NowAsync(cancel).ConfigureAwait(false);
        long since = now - StashTables.Micros(silentFor);
        HashSet<string?> current = [.. (await _manifest.HeadsAsync(cancel).ConfigureAwait(false)).Select(h => h.VersionId)];
        List<StashVersion> removed = [];
        foreach ((StashVersion version, string state) in await _manifest.VersionsAsync(new CompareFilter("alive", CompareOp.LessOrEqual, since), now, cancel).ConfigureAwait(false))
        {
            // a version that is ready but not current was superseded while it was being read
            if (!current.Contains(version.Id) && await TakeAwayAsync(version, state, cancel).ConfigureAwait(false))
            {
                removed.Add(version);
            }
        }

        if (_manifest.HasPins)
        {
            await _manifest.DeleteDeadPinsAsync(now, cancel).ConfigureAwait(false);
        }

        await RemoveUnlistedAsync(now, cancel).ConfigureAwait(false);
        return removed;
    }

    /// <summary>
    /// Removes tables of versions that the manifest does not list: a server may do what a dead writer has sent last, which creates its table, when the version is gone already.
    /// </summary>
    private async Task RemoveUnlistedAsync(long now, CancellationToken cancel)
    {
        List<TableName> all = [];
        await foreach (TableName table in adapter.ListAsync(cancel).ConfigureAwait(false))
        {
            all.Add(table);
        }

        // beside another manifest, in another schema, it could not be told whose a table is
        if (all.Where(t => t.Name == StashTables.Versions.Name).ToList() is not [var manifest])
        {
            return;
        }

        // a version is listed before its table is made: one that is listed after its table was seen is under way
        HashSet<string> listed = [.. (await _manifest.VersionsAsync(null, now, cancel).ConfigureAwait(false)).Select(v => v.Version.Table.Name)];
        foreach (TableName table in all.Where(t => t.Schema == manifest.Schema && StashTables.IsOfVersion(t.Name) && !listed.Contains(t.Name)))
        {
            await adapter.DropAsync(table, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the lease of a stash, which need not exist yet.</summary>
    /// <param name="name">The stash's name.</param>
    /// <param name="duration">How long it holds where its holder has died.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>The lease; null where somebody else holds it.</returns>
    public async Task<StashLease?> TryLockAsync(string name, TimeSpan duration, CancellationToken cancel)
    {
        CheckName(name);
        await _manifest.CreateAsync(cancel).ConfigureAwait(false);
        string owner = string.Create(CultureInfo.InvariantCulture, $"{Process()} {Guid.NewGuid():N}");
        while (true)
        {
            long now = await _manifest.NowAsync(cancel).ConfigureAwait(false);
            StashHead? head = await _manifest.HeadAsync(name, cancel).ConfigureAwait(false);
            if (head is { LeaseOwner: not null } && head.LeaseUntil > now)
            {
                return null;
            }

            StashHead taken = (head ?? new(name, 0, null, 0, null, 0)) with { LeaseOwner = owner, LeaseUntil = now + StashTables.Micros(duration) };
            taken = taken with { Fence = taken.Fence + 1 };
            if (head is null ? await _manifest.AddHeadAsync(taken, cancel).ConfigureAwait(false) : await _manifest.SwapHeadAsync(head, taken, cancel).ConfigureAwait(false))
            {
                return new StashLease(_manifest, taken, duration);
            }
        }
    }

    /// <summary>Ends the leases that were taken here: nobody renews them any more, and others can take them at once where the database can be told.</summary>
    /// <param name="cancel">Ends the telling; the leases then run out.</param>
    public Task EndLeasesAsync(CancellationToken cancel) => StashLease.EndAsync(_manifest, cancel);

    /// <summary>Who this process is, for people.</summary>
    private static string Process() => string.Create(CultureInfo.InvariantCulture, $"{Environment.UserName}@{Environment.MachineName}:{Environment.ProcessId}");

    /// <summary>A version that its head names is published, also where its writer could not say so any more.</summary>
    private static StashVersion Current(StashVersion version) => version.State == StashState.Writing ? version with { State = StashState.Ready } : version;

    private static void CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name.Any(char.IsControl))
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument,
                string.Create(CultureInfo.InvariantCulture, $"A stash's name has between 1 and {LongestName} characters, not all blank and none of them a control character."));
        }
    }

    private static void RequireFree(StashHead head, StashLease? lease, long now)
    {
        if (lease is not null)
        {
            if (!lease.Holds(head))
            {
                throw lease.Lost();
            }
        }
        else if (head.LeaseOwner is not null && head.LeaseUntil > now)
        {
            throw new DbConductorException(
                DbErrorKind.Busy,
                $"Stash '{head.Name}' is locked by {head.LeaseOwner.Split(' ')[0]} until {StashTables.Time(head.LeaseUntil):O} at the latest. Wait for it, or take its lease with Lock-DbStash and write with -Lease.")
            { Target = head.Name, IsTransient = true };
        }
    }

    private static int Require(StashVersion version, string column) =>
        ColumnNames.Require([.. version.Columns.Select(c => new Column(c.Name, c.Type))], column, $"Stash '{version.Name}'");

    private static DbConductorException Gone(StashVersion version) => new(
        DbErrorKind.NotFound,
        string.Create(CultureInfo.InvariantCulture, $"Stash '{version.Name}' version {version.Version} is gone: it was removed, or a newer version took its place. Get-DbStash gives the current one."))
    { Target = version.Name };

    /// <summary>Looks at a version behind its pin: who removes one looks for pins behind the mark that it sets.</summary>
    private async Task RequireThereAsync(StashVersion version, CancellationToken cancel)
    {
        if (await VersionAsync(version.Id, cancel).ConfigureAwait(false) is not (_, StashTables.Ready or StashTables.Writing))
        {
            throw Gone(version);
        }
    }

    private async Task<(StashVersion? Version, string State)> VersionAsync(string id, CancellationToken cancel)
    {
        long now = await _manifest.NowAsync(cancel).ConfigureAwait(false);
        List<(StashVersion Version, string State)> found = await _manifest.VersionsAsync(Filter.Equal("id", id), now, cancel).ConfigureAwait(false);
        return found.Count == 0 ? (null, "") : found[0];
    }

    private async Task WriteAsync(StashVersion version, StashInput input, StashSaveOptions options, CancellationToken cancel)
    {
        await adapter.CreateAsync(version.Table, StashLayout.Table(version.Columns), cancel).ConfigureAwait(false);
        using CancellationTokenSource stop = new();
        // with a single writer the rows themselves would stand in its way
        Task beat = adapter.Info.SingleWriter ? Task.CompletedTask : Task.Run(() => BeatAsync(version.Id, stop.Token), CancellationToken.None);
        try
        {
            await adapter.SaveAsync(version.Table, input, new SaveOptions { OnProgress = options.OnProgress }, cancel).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await beat.ConfigureAwait(false);
        }
    }

    private async Task BeatAsync(string id, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Heartbeat, stop).ConfigureAwait(false);
                try
                {
                    long now = await _manifest.NowAsync(stop).ConfigureAwait(false);
                    await _manifest.SetVersionAsync(id, StashTables.Writing, new() { ["alive"] = now }, stop).ConfigureAwait(false);
                }
                catch (DbConductorException)
                {
                    // what is wrong with the connection, the writing finds out
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<StashVersion> PublishAsync(StashVersion version, StashSaveOptions options, CancellationToken cancel)
    {
        while (true)
        {
            StashHead? head = await _manifest.HeadAsync(version.Name, cancel).ConfigureAwait(false);
            long now = await _manifest.NowAsync(cancel).ConfigureAwait(false);
            if (head is not null)
            {
                RequireFree(head, options.Lease, now);
            }

            StashVersion published = version with
            {
                Version = (head?.Version ?? 0) + 1,
                State = StashState.Ready,
                Published = StashTables.Time(now),
                Alive = StashTables.Time(now),
                Expires = options.ExpiresAfter is { } span ? StashTables.Time(now + StashTables.Micros(span)) : null,
            };
            // the state changes only behind the publishing: another writer that publishes meanwhile takes what is ready and not current for superseded
            Dictionary<string, object?> set = new()
            {
                ["version"] = published.Version, ["row_count"] = published.Rows, ["byte_count"] = published.Bytes, ["checksum"] = published.Checksum,
                ["layout"] = published.ColumnsText, ["alive"] = now, ["published"] = now, ["expires"] = published.Expires is { } end ? StashTables.Micros(end) : null,
            };
            if (!await _manifest.SetVersionAsync(version.Id, StashTables.Writing, set, cancel).ConfigureAwait(false))
            {
                throw new DbConductorException(
                    DbErrorKind.InvalidOperation,
                    $"What was written of stash '{version.Name}' was removed as abandoned before it was published. Write it anew; Remove-DbStash -Abandoned should allow writers more time.")
                { Target = version.Name };
            }

            StashHead next = (head ?? new(version.Name, 0, null, 0, null, 0)) with { Version = published.Version, VersionId = version.Id };
            if (head is null ? await _manifest.AddHeadAsync(next, cancel).ConfigureAwait(false) : await _manifest.SwapHeadAsync(head, next, cancel).ConfigureAwait(false))
            {
                await _manifest.SetVersionAsync(version.Id, StashTables.Writing, new() { ["state"] = StashTables.Ready }, cancel).ConfigureAwait(false);
                return published;
            }
        }
    }

    /// <summary>Takes back what could not be published; where that fails too, it is left as abandoned.</summary>
    private async Task DiscardAsync(StashVersion version)
    {
        try
        {
            // an outcome that is not known may be good: what the head names stays
            if (await _manifest.HeadAsync(version.Name, CancellationToken.None).ConfigureAwait(false) is { } head && head.VersionId == version.Id)
            {
                return;
            }

            (_, string state) = await VersionAsync(version.Id, CancellationToken.None).ConfigureAwait(false);
            await TakeAwayAsync(version, state, CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbConductorException)
        {
        }
    }

    private async Task RemoveSupersededAsync(string name, CancellationToken cancel)
    {
        long now = await _manifest.NowAsync(cancel).ConfigureAwait(false);
        StashHead? head = await _manifest.HeadAsync(name, cancel).ConfigureAwait(false);
        Filter of = Filter.All(Filter.Equal("stash_id", StashTables.IdOf(name)), Filter.Equal("state", StashTables.Ready));
        foreach ((StashVersion version, _) in await _manifest.VersionsAsync(of, now, cancel).ConfigureAwait(false))
        {
            // one that is newer is about to be published by another writer
            if (head is not null && version.Id != head.VersionId && version.Version <= head.Version)
            {
                await TakeAwayAsync(version, StashTables.Ready, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes a version that was superseded while it was read: its writer could not.</summary>
    private async Task RemoveIfSupersededAsync(StashVersion version)
    {
        try
        {
            if (_manifest.HasPins && await _manifest.HeadAsync(version.Name, CancellationToken.None).ConfigureAwait(false) is { } head && head.VersionId != version.Id)
            {
                await RemoveSupersededAsync(version.Name, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (DbConductorException)
        {
            // who reads may not be who may remove; the next writer does it
        }
    }

    /// <summary>Takes a version's rows away, unless somebody reads them.</summary>
    private async Task<bool> TakeAwayAsync(StashVersion version, string state, CancellationToken cancel)
    {
        if (state != StashTables.Removing
            && !await _manifest.SetVersionAsync(version.Id, state, new() { ["state"] = StashTables.Removing }, cancel).ConfigureAwait(false))
        {
            return false;
        }

        if (await _manifest.IsPinnedAsync(version.Id, await _manifest.NowAsync(cancel).ConfigureAwait(false), cancel).ConfigureAwait(false))
        {
            // for the next one who looks
            await _manifest.SetVersionAsync(version.Id, StashTables.Removing, new() { ["state"] = state }, cancel).ConfigureAwait(false);
            return false;
        }

        await adapter.DropAsync(version.Table, cancel).ConfigureAwait(false);
        await _manifest.DeleteVersionAsync(version.Id, cancel).ConfigureAwait(false);
        return true;
    }
}
