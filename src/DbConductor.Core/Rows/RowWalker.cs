namespace DbConductor;

/// <summary>
/// Walks a <see cref="RowReader"/> over all its result sets. A consumer gets its columns from the same call that gives the rows,
/// so it cannot miss a column that appears in the middle of the stream.
/// </summary>
public sealed class RowWalker(RowReader rows)
{
    private bool _started;

    /// <summary>The reader that is walked.</summary>
    public RowReader Rows { get; } = rows;

    /// <summary>The number of rows met so far; while the reader stands on a row, that row's number, counted from 1.</summary>
    public long RowNumber { get; private set; }

    /// <summary>
    /// Whether a reader that has not been walked yet has columns. One that meets its first row only after it was opened announces them as its next result
    /// set; an empty pipeline never has any.
    /// </summary>
    public static async Task<bool> BringsColumnsAsync(RowReader rows, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return rows.Columns.Count > 0
            || (!await rows.ReadAsync(cancel).ConfigureAwait(false)
                && await rows.NextResultAsync(cancel).ConfigureAwait(false)
                && rows.Columns.Count > 0);
    }

    /// <summary>Goes one step on. Completes synchronously wherever the source has the row at hand.</summary>
    public ValueTask<RowStep> NextAsync(CancellationToken cancel)
    {
        if (!_started)
        {
            _started = true;
            return new(RowStep.Columns);
        }

        Task<bool> read = Rows.ReadAsync(cancel);
        if (read.IsCompletedSuccessfully && read.Result)
        {
            RowNumber++;
            return new(RowStep.Row);
        }

        return Slow(read, cancel);
    }

    private async ValueTask<RowStep> Slow(Task<bool> read, CancellationToken cancel)
    {
        if (await read.ConfigureAwait(false))
        {
            RowNumber++;
            return RowStep.Row;
        }

        return await Rows.NextResultAsync(cancel).ConfigureAwait(false) ? RowStep.Columns : RowStep.End;
    }
}
