using System.Collections.Concurrent;

namespace DbConductor;

/// <content>Stashes as sides of a join.</content>
public sealed partial class StashStore
{
    /// <summary>The versions whose rows this session has read and found to be those that were saved, and whether their tables' own columns hold all of them.</summary>
    private readonly ConcurrentDictionary<string, bool> _verified = new(StringComparer.Ordinal);

    /// <summary>
    /// A version's rows as a side of a join. The database may join two such sides by their tables only behind a read of all rows by this session, since it reads them
    /// past the checksum; that read is that of the first join.
    /// </summary>
    /// <param name="version">The version.</param>
    /// <param name="query">Which of its rows and columns.</param>
    public JoinInput ForJoin(StashVersion version, StashQuery query)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(query);
        JoinInput input = new($"stash '{version.Name}'", cancel => OpenAsync(version, query, cancel)) { Source = adapter };
        ColumnPick[] picks = query.Columns.Count > 0 ? [.. query.Columns] : [.. version.Columns.Select(c => new ColumnPick(c.Name, c.Name))];
        StashColumn[] columns = [.. picks.Select(p => version.Columns[Require(version, p.Source)])];
        string? refusal = !_verified.TryGetValue(version.Id, out bool plain) ? $"stash '{version.Name}' was not read by this session yet"
            : !plain || query.First is not null || columns.Any(c => c.Native is null || c.IsMixed || c.Type.Kind is PortableKind.Json or PortableKind.Object)
                ? $"stash '{version.Name}' has values that no column of its table holds"
            : null;
        return refusal is not null ? input with { Refusal = refusal } : input with
        {
            Query = new(version.Table)
            {
                Where = query.Where is null ? null : new StashFilter(version).Translate(query.Where),
                Columns = [.. columns.Select((c, i) => new ColumnPick(c.Native!, picks[i].Name))],
            },
            Columns = [.. columns.Select((c, i) => new Column(picks[i].Name, c.ReadType))],
            Hold = cancel => HoldAsync(version, cancel),
        };
    }

    private async Task<IAsyncDisposable> HoldAsync(StashVersion version, CancellationToken cancel)
    {
        StashPin pin = await StashPin.SetAsync(_manifest, version.Id, cancel).ConfigureAwait(false);
        try
        {
            await RequireThereAsync(version, cancel).ConfigureAwait(false);
            return pin;
        }
        catch
        {
            await pin.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
