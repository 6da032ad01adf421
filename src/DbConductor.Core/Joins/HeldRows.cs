namespace DbConductor;

/// <summary>Rows of tables that are kept from being removed while they are read. Owns its source.</summary>
internal sealed class HeldRows(RowReader source, IReadOnlyList<Column> columns, IReadOnlyList<IAsyncDisposable> holds) : ForwardingRows(source)
{
    public override IReadOnlyList<Column> Columns => columns;

    public override async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync().ConfigureAwait(false);
        foreach (IAsyncDisposable hold in holds)
        {
            await hold.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }
}
