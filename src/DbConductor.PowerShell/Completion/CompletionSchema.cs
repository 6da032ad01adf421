using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace DbConductor.PowerShell;

/// <summary>What completion has seen of a session's tables. It is kept for a while, and nobody waits longer than a second for it.</summary>
internal sealed class CompletionSchema(DbAdapterSession session)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);
    private static readonly ConditionalWeakTable<DbAdapterSession, CompletionSchema> Known = [];

    private readonly ConcurrentDictionary<TableName, (IReadOnlyList<string> Names, long At)> _columns = new();
    private (IReadOnlyList<TableName> Tables, long At)? _tables;

    internal static CompletionSchema Of(DbAdapterSession session) => Known.GetValue(session, s => new CompletionSchema(s));

    /// <summary>The session that a command line means for one of its ends.</summary>
    internal static DbAdapterSession SessionFor(string end, IDictionary bound)
    {
        string parameter = bound.Contains("Adapter") ? "Adapter" : end + "Adapter";
        return SessionTable.Current.Resolve(bound[parameter]);
    }

    internal IReadOnlyList<TableName> Tables()
    {
        if (_tables is not { } kept || IsOld(kept.At))
        {
            kept = (Ask(ListAsync), Environment.TickCount64);
            _tables = kept;
        }

        return kept.Tables;
    }

    internal IReadOnlyList<string> Columns(TableName table)
    {
        if (!_columns.TryGetValue(table, out (IReadOnlyList<string> Names, long At) kept) || IsOld(kept.At))
        {
            TableSchema? schema = Ask(cancel => session.ForReading().DescribeAsync(table, cancel));
            kept = ([.. schema?.Columns.Select(c => c.Name) ?? []], Environment.TickCount64);
            _columns[table] = kept;
        }

        return kept.Names;
    }

    private static bool IsOld(long at) => Environment.TickCount64 - at > KeptFor.TotalMilliseconds;

    private static T Ask<T>(Func<CancellationToken, Task<T>> question)
    {
        using CancellationTokenSource patience = new(Patience);
        return question(patience.Token).WaitAsync(Patience).GetAwaiter().GetResult();
    }

    private async Task<IReadOnlyList<TableName>> ListAsync(CancellationToken cancel)
    {
        List<TableName> tables = [];
        await foreach (TableName table in session.ForReading().ListAsync(cancel).ConfigureAwait(false))
        {
            tables.Add(table);
        }

        return tables;
    }
}
