using System.Collections;

namespace DbConductor.PowerShell;

/// <summary>Stashes of the session that the command line means.</summary>
internal sealed class StashCompleter : DbCompleter
{
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
        DbAdapterSession session = SessionTable.Current.Resolve(bound["Adapter"]);
        return [.. Task.Run(() => session.Stash.ListAsync(patience.Token)).GetAwaiter().GetResult().Select(v => v.Name).Distinct()];
    }
}
