namespace DbConductor.PowerShell;

/// <summary>Turns a row stream into objects for the pipeline.</summary>
internal abstract class RowObjects(RowReader rows)
{
    /// <summary>The stream.</summary>
    protected RowReader Rows { get; } = rows;

    /// <summary>Prepares a stream's objects; the reader stays the caller's, who disposes it.</summary>
    internal static RowObjects Create(RowReader rows, RowShape shape) => shape switch
    {
        RowShape.PSCustomObject => new CustomObjectRows(rows),
        RowShape.Hashtable => new DictionaryRows(rows),
        RowShape.DataTable => new DataTableRows(rows),
        RowShape.SingleValue => new SingleValueRows(rows),
        _ => new ClassRows(rows),
    };

    /// <summary>
    /// The objects, one by one, each to be written as it is (<c>WriteObject(item)</c>, never enumerated). Rows are read by the thread that enumerates, which
    /// waits only where the next row is not at hand.
    /// </summary>
    /// <param name="wait">Waits on the pipeline thread until a task has ended.</param>
    /// <param name="cancel">Passed to the reader.</param>
    internal virtual IEnumerable<object?> Read(Action<Task> wait, CancellationToken cancel)
    {
        foreach (RowStep step in Steps(wait, cancel))
        {
            if (step == RowStep.Row)
            {
                yield return Make();
            }
            else
            {
                UseColumns(Rows.Columns);
            }
        }
    }

    /// <summary>Told of the columns, and again when some were appended.</summary>
    internal abstract void UseColumns(IReadOnlyList<Column> columns);

    /// <summary>Makes an object of the row on which the reader stands.</summary>
    internal abstract object? Make();

    /// <summary>Walks the stream to its end.</summary>
    protected IEnumerable<RowStep> Steps(Action<Task> wait, CancellationToken cancel)
    {
        RowWalker walker = new(Rows);
        while (true)
        {
            ValueTask<RowStep> next = walker.NextAsync(cancel);
            RowStep step;
            if (next.IsCompletedSuccessfully)
            {
                step = next.Result;
            }
            else
            {
                Task<RowStep> pending = next.AsTask();
                wait(pending);
                step = pending.GetAwaiter().GetResult();
            }

            if (step == RowStep.End)
            {
                yield break;
            }

            yield return step;
        }
    }
}
