namespace DbConductor.Adapters.MongoDb;

/// <summary>Names of fields. A dot in one is a way into a nested document, as everywhere in MongoDB.</summary>
internal static class FieldNames
{
    /// <summary>Refuses what no field that is written here can be named.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>.</exception>
    public static void Check(string name, TableName table)
    {
        if (name.Length == 0 || name.StartsWith('$') || name.AsSpan().IndexOfAny('.', '\0') >= 0)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument,
                $"A document takes no field named '{name.Replace("\0", "\\0", StringComparison.Ordinal)}': a name is not empty, does not begin with $, and has no dot (which is a way into a nested document) and no NUL. " +
                "Rename it (-Property), or nest it.")
            { Target = table.ToString(), Column = name };
        }
    }

    /// <summary>The error for a field that no document has.</summary>
    public static DbConductorException Missing(string name, TableName table, IEnumerable<string> known) => new(
        DbErrorKind.ColumnNotFound, $"No document of '{table}' has a field '{name}'. Its fields are: {string.Join(", ", known)}.")
    { Target = $"Table '{table}'", Column = name };
}
