using System.Collections.Concurrent;

namespace DbConductor.Adapters.MongoDb;

/// <summary>The cursors that this process has open, by collection, so that a write can set aside what they have yet to give, whichever session reads.</summary>
internal static class OpenReads
{
    private static readonly ConcurrentDictionary<string, ConcurrentDictionary<DocumentSource, byte>> Sources = new(StringComparer.Ordinal);

    public static void Add(string collection, DocumentSource source) => Sources.GetOrAdd(collection, _ => []).TryAdd(source, 0);

    public static void Remove(string collection, DocumentSource source)
    {
        if (Sources.TryGetValue(collection, out ConcurrentDictionary<DocumentSource, byte>? open))
        {
            open.TryRemove(source, out _);
        }
    }

    /// <summary>Called before a collection is written to.</summary>
    public static async Task SetAsideAsync(string collection, CancellationToken cancel)
    {
        if (Sources.TryGetValue(collection, out ConcurrentDictionary<DocumentSource, byte>? open))
        {
            foreach (DocumentSource source in open.Keys)
            {
                await source.SetAsideAsync(cancel).ConfigureAwait(false);
            }
        }
    }
}
