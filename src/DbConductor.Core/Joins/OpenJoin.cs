namespace DbConductor;

/// <summary>A join whose rows can be read: by the database that has both sides, where that gives the same rows, else by <see cref="EmbeddedJoin"/>.</summary>
public sealed class OpenJoin : IAsyncDisposable
{
    private readonly string? _reason;

    private OpenJoin(RowReader rows, string? reason) => (Rows, _reason) = (rows, reason);

    /// <summary>The rows.</summary>
    public RowReader Rows { get; }

    /// <summary>Whether the database joins.</summary>
    public bool IsPushedDown => _reason is null;

    /// <summary>Which engine joins, and why it is not the database, for people; final once all rows are read.</summary>
    public string Path => _reason is null ? "join pushed down" : $"embedded join{(Rows is JoinedRows { SpilledBytes: > 0 } ? " by temporary files" : "")} ({_reason})";

    /// <summary>Opens both sides, or the statement that joins them.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side.</param>
    /// <param name="spec">How they are joined.</param>
    /// <param name="cancel">Cancels, for as long as the rows are read.</param>
    /// <exception cref="DbConductorException">As by <see cref="IJoinEngine.JoinAsync"/>.</exception>
    public static async Task<OpenJoin> OpenAsync(JoinInput left, JoinInput right, JoinSpec spec, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        (RowReader? rows, string? reason) = await PushDownAsync(left, right, spec, cancel).ConfigureAwait(false);
        return rows is not null ? new(rows, null) : new(await EmbeddedAsync(left, right, spec, cancel).ConfigureAwait(false), reason);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Rows.DisposeAsync();

    private static async Task<(RowReader? Rows, string? Refusal)> PushDownAsync(JoinInput left, JoinInput right, JoinSpec spec, CancellationToken cancel)
    {
        if (left.Source is null || left.Source != right.Source)
        {
            return (null, "the sides are not tables of one session");
        }

        if (left.Source is not ITableJoins joins)
        {
            return (null, "the database joins nothing itself");
        }

        if ((left.Refusal ?? right.Refusal) is { } refusal)
        {
            return (null, refusal);
        }

        if (left.Columns is null != right.Columns is null)
        {
            return (null, "one side is a stash and the other a table");
        }

        List<IAsyncDisposable> holds = [];
        try
        {
            foreach (JoinInput side in new[] { left, right })
            {
                if (side.Hold is not null)
                {
                    holds.Add(await side.Hold(cancel).ConfigureAwait(false));
                }
            }

            TableJoin join = await joins.TryJoinAsync(left.Query!, right.Query!, spec, cancel).ConfigureAwait(false);
            if (join.Rows is null || left.Columns is null)
            {
                await HeldRows.ReleaseAsync(holds).ConfigureAwait(false);
                return (join.Rows, join.Refusal);
            }

            return (new HeldRows(join.Rows, new JoinOutput(spec, left.Columns, right.Columns!).Current, holds), null);
        }
        catch
        {
            await HeldRows.ReleaseAsync(holds).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<RowReader> EmbeddedAsync(JoinInput left, JoinInput right, JoinSpec spec, CancellationToken cancel)
    {
        RowReader leftRows = await left.Open(cancel).ConfigureAwait(false);
        RowReader rightRows;
        try
        {
            rightRows = await right.Open(cancel).ConfigureAwait(false);
        }
        catch
        {
            await leftRows.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return await new EmbeddedJoin().JoinAsync(leftRows, rightRows, spec, cancel).ConfigureAwait(false);
    }
}
