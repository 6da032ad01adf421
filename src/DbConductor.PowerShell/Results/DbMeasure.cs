namespace DbConductor.PowerShell;

/// <summary>How many rows Measure-DbBatch counted.</summary>
public sealed class DbMeasure
{
    internal DbMeasure(DbAdapterSession session, TableName table, long count) => (Adapter, Table, Count) = (session.Name, table.ToString(), count);

    /// <summary>The session's name.</summary>
    public string Adapter { get; }

    /// <summary>The table or collection.</summary>
    public string Table { get; }

    /// <summary>The number of rows.</summary>
    public long Count { get; }
}
