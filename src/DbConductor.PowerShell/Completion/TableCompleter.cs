using System.Collections;

namespace DbConductor.PowerShell;

/// <summary>Tables of the session that the command line means.</summary>
internal sealed class TableCompleter : DbCompleter
{
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound)
    {
        string? schema = bound["Schema"] as string;
        foreach (TableName table in CompletionSchema.Of(CompletionSchema.SessionFor(parameterName, bound)).Tables())
        {
            if (schema is null)
            {
                yield return table.ToString();
            }
            else if (string.Equals(schema, table.Schema, StringComparison.OrdinalIgnoreCase))
            {
                yield return table.Name;
            }
        }
    }
}
