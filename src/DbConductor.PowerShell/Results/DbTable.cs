namespace DbConductor.PowerShell;

/// <summary>A table or collection.</summary>
public sealed class DbTable
{
    internal DbTable(DbAdapterSession session, TableName name, TableSchema schema)
    {
        (Adapter, Schema, Table) = (session, name.Schema, name.Name);

        // arrays: PowerShell cannot index the compiler's own read-only lists
        Columns = schema.Columns.Select(c => new DbColumn(c, schema.Key.Contains(c.Name))).ToArray();
        Key = schema.Key.ToArray();
        RowEstimate = schema.RowEstimate;
    }

    /// <summary>The session that it is on.</summary>
    public DbAdapterSession Adapter { get; }

    /// <summary>Its schema; null where the session's default one was meant.</summary>
    public string? Schema { get; }

    /// <summary>Its name.</summary>
    public string Table { get; }

    /// <summary>Its columns in order.</summary>
    public IReadOnlyList<DbColumn> Columns { get; }

    /// <summary>The primary key's columns in order; empty where there is none.</summary>
    public IReadOnlyList<string> Key { get; }

    /// <summary>The database's own estimate of the number of rows; null where it keeps none.</summary>
    public long? RowEstimate { get; }

    /// <summary>The name as <c>-From</c> and <c>-Into</c> take it.</summary>
    public override string ToString() => new TableName(Schema, Table).ToString();
}
