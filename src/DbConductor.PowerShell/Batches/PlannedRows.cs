namespace DbConductor.PowerShell;

/// <summary>Takes the rows of a write that is only planned: keeps what their columns tell and lets them go.</summary>
/// <param name="options">What the cmdlet's parameters say.</param>
/// <param name="isNew">Whether the table would be created, so that the values decide its columns.</param>
internal sealed class PlannedRows(SaveOptions options, bool isNew)
{
    /// <summary>The columns of all rows; for a new table with the types that it would get.</summary>
    internal IReadOnlyList<Column> Columns { get; private set; } = [];

    /// <summary>What the operator should know of the columns.</summary>
    internal IReadOnlyList<string> Warnings { get; private set; } = [];

    internal async Task ReadAsync(RowReader rows, CancellationToken cancel)
    {
        InferredRows? inferred = isNew ? await SchemaInference.InferAsync(rows, options, inferFromText: false, cancel).ConfigureAwait(false) : null;
        RowReader rest = inferred?.Rows ?? rows;
        await using (rest.ConfigureAwait(false))
        {
            RowWalker walker = new(rest);
            while (await walker.NextAsync(cancel).ConfigureAwait(false) is var step and not RowStep.End)
            {
                if (step == RowStep.Columns)
                {
                    Columns = rest.Columns;
                }
            }
        }

        if (inferred is not null)
        {
            Columns = inferred.Schema.Columns;
            Warnings = inferred.Warnings;
        }
    }
}
