namespace DbConductor.PowerShell;

/// <summary>Takes the rows of a write that is only planned: keeps their columns and lets them go.</summary>
internal sealed class PlannedRows
{
    /// <summary>The columns of all rows, with the types that their values suggest.</summary>
    internal IReadOnlyList<Column> Columns { get; private set; } = [];

    internal async Task ReadAsync(RowReader rows, CancellationToken cancel)
    {
        RowWalker walker = new(rows);
        while (await walker.NextAsync(cancel).ConfigureAwait(false) is var step and not RowStep.End)
        {
            if (step == RowStep.Columns)
            {
                Columns = rows.Columns;
            }
        }
    }
}
