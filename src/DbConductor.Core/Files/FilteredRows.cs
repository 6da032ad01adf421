namespace DbConductor.Files;

/// <summary>The rows of files that a filter lets through, without the columns at the end that it alone asks for. A row that cannot be read is let through: it is for the consumer to refuse.</summary>
internal sealed class FilteredRows : ForwardingRows
{
    /// <summary>What begins the names of columns that only the filter asks for.</summary>
    internal const string Hidden = "filter\0";

    private readonly RowFilter _filter;
    private readonly bool _hasHidden;
    private Column[] _columns = [];

    /// <param name="rows">The rows; they are disposed with this.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="hasHidden">Whether the filter's columns stand at the end under names of their own.</param>
    internal FilteredRows(RowReader rows, RowFilter filter, bool hasHidden)
        : base(rows)
    {
        (_filter, _hasHidden) = (filter, hasHidden);
        Bind(areAll: !rows.MayAppendColumns);
    }

    protected override RowReader Owned => Source;

    public override IReadOnlyList<Column> Columns => _columns;

    public override bool MayAppendColumns => Source.MayAppendColumns;

    public override DbConductorException? RowProblem => Source.RowProblem;

    public override string? RowText => Source.RowText;

    public override bool Read()
    {
        while (Source.Read())
        {
            if (IsWanted())
            {
                return true;
            }
        }

        return false;
    }

    public override async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (await Source.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (IsWanted())
            {
                return true;
            }
        }

        return false;
    }

    public override bool NextResult() => Look(Source.NextResult());

    public override async Task<bool> NextResultAsync(CancellationToken cancellationToken) => Look(await Source.NextResultAsync(cancellationToken).ConfigureAwait(false));

    private bool IsWanted() => Source.RowProblem is not null || _filter.Holds();

    private bool Look(bool hasMore)
    {
        // behind the last row a field that none had is one that is not there
        Bind(areAll: !hasMore);
        return hasMore;
    }

    private void Bind(bool areAll)
    {
        _columns = _hasHidden ? [.. Source.Columns.Where(c => !c.Name.StartsWith(Hidden, StringComparison.Ordinal))] : [.. Source.Columns];
        _filter.Bind(Source, _hasHidden ? name => Hidden + name : name => name, areAll);
    }
}
