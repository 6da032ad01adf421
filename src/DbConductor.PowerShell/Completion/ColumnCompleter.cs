using System.Collections;

namespace DbConductor.PowerShell;

/// <summary>Columns of the table that the command line names.</summary>
internal sealed class ColumnCompleter : DbCompleter
{
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound)
    {
        // with two ends a key is the destination's, everything else the source's
        string end = bound.Contains("Into") && (parameterName == "Key" || !bound.Contains("From")) ? "Into" : "From";
        return bound[end] is string table
            ? CompletionSchema.Of(CompletionSchema.SessionFor(end, bound)).Columns(TableName.Parse(table, bound["Schema"] as string))
            : [];
    }
}
