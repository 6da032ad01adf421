namespace DbConductor.PowerShell;

/// <summary>Some rows on their way from the pipeline to the consumer.</summary>
/// <param name="Columns">The columns known when the chunk was closed.</param>
/// <param name="Rows">The rows; one that is shorter than the columns lacks the last ones.</param>
/// <param name="Count">How many of them there are.</param>
internal sealed record RowChunk(IReadOnlyList<Column> Columns, object?[][] Rows, int Count)
{
    /// <summary>Stands in the cell of a field that the row lacks.</summary>
    internal static readonly object Missing = new();
}
