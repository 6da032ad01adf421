using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Gives the rows of stashes. They stay where they are, unless -Remove takes the version away once all its rows were given.</summary>
[Cmdlet(VerbsCommunications.Receive, "DbStash", DefaultParameterSetName = "Name")]
[OutputType(typeof(PSObject))]
public sealed class ReceiveDbStashCommand : StashListCmdlet
{
    /// <summary>Which rows: a hashtable, or a script block that is translated.</summary>
    [Parameter]
    [Alias("Filter")]
    [ValidateNotNull]
    public object? Where { get; set; }

    /// <summary>Which columns, and <c>@{ New = 'old' }</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public object[]? Property { get; set; }

    /// <summary>How many rows at most, of each stash.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? First { get; set; }

    /// <summary>What rows come out as.</summary>
    [Parameter]
    public RowShape As { get; set; }

    /// <summary>Removes the version once its rows were given.</summary>
    [Parameter]
    public SwitchParameter Remove { get; set; }

    private protected override void Begin()
    {
        if (Remove && (Where is not null || First is not null))
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, "-Remove takes the whole version away, with the rows that -Where or -First leave out. Receive all of them, or remove the stash with Remove-DbStash afterwards.");
        }

        base.Begin();
    }

    private protected override void Handle(DbStash stash)
    {
        StashQuery query = new() { Where = FilterTranslator.Read(Where, SessionState), Columns = ColumnArguments.Picks(Property), First = First };
        Log.Track($"Receive stash {stash.Name}");
        WriteRows(Await(cancel => stash.OpenAsync(query, cancel)), As);
        if (Remove)
        {
            StashStore store = StashArguments.ForWriting(stash.Adapter);
            Await(cancel => store.RemoveAsync(stash.Inner, null, cancel));
        }

        Log.Done();
    }
}
