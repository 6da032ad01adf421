namespace DbConductor;

/// <summary>Rows of tables that are kept from being removed while they are read. Owns its source.</summary>
internal sealed class HeldRows(RowReader source, IReadOnlyList<Column> columns, IReadOnlyList<IAsyncDisposable> holds) : ForwardingRows(source)
{
    public override IReadOnlyList<Column> Columns => columns;

    public override async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync().ConfigureAwait(false);
        await ReleaseAsync(holds).ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Lets the tables go.</summary>
    internal static async ValueTask ReleaseAsync(IEnumerable<IAsyncDisposable> holds)
    {
        foreach (IAsyncDisposable hold in holds)
        {
            await hold.DisposeAsync().ConfigureAwait(false);
        }
    }
}
