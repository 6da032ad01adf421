using System.Collections;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Creates a table or collection.</summary>
[Cmdlet(VerbsCommon.New, "DbTable", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(DbTable))]
public sealed class NewDbTableCommand : DbAdapterCmdlet
{
    /// <summary>Its name.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The schema; else <c>'s.t'</c> splits at the dot.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Schema { get; set; }

    /// <summary>
    /// Its columns: <c>[ordered]@{ id = 'long'; name = 'string(50)'; price = 'decimal(18,4)' }</c>. The columns of a hashtable that is not ordered come sorted
    /// by name, those of the key first.
    /// </summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public IDictionary ColumnType { get; set; } = null!;

    /// <summary>The primary key's columns.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Key { get; set; } = [];

    private protected override void End()
    {
        TableName table = TableName.Parse(Name, Schema);
        Column[] columns = [.. ColumnArguments.Types(ColumnType).Select(c => new Column(c.Key, c.Value))];
        if (ColumnType is not System.Collections.Specialized.IOrderedDictionary)
        {
            columns = [.. columns.OrderBy(c => Array.FindIndex(Key, k => k.Equals(c.Name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var at ? at : Key.Length)];
        }

        int[] keyed = [.. Key.Select(k => ColumnNames.Require(columns, k, "-ColumnType"))];
        foreach (int ordinal in keyed)
        {
            columns[ordinal] = columns[ordinal] with { Nullable = false };
        }

        IDbOperations target = Session.ForWriting();
        if (!ShouldProcess($"{table} of session '{Session.Name}'", "Create table"))
        {
            return;
        }

        Await(cancel => target.CreateAsync(table, new TableSchema(columns) { Key = [.. keyed.Select(i => columns[i].Name)] }, cancel));
        if (Await(cancel => target.DescribeAsync(table, cancel)) is { } made)
        {
            WriteObject(new DbTable(Session, table, made));
        }
    }
}
