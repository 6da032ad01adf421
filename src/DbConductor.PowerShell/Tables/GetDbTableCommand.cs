using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Lists tables or collections with their columns and keys.</summary>
[Cmdlet(VerbsCommon.Get, "DbTable")]
[OutputType(typeof(DbTable))]
public sealed class GetDbTableCommand : DbAdapterCmdlet
{
    /// <summary>Names, with wildcards; else all.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The schema; else <c>'s.t'</c> splits at the dot.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Schema { get; set; }

    private protected override void End()
    {
        IDbOperations source = Session.ForReading();
        List<TableName>? all = null;
        foreach (string name in Name)
        {
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                WildcardPattern pattern = new(name, WildcardOptions.IgnoreCase);
                bool qualified = Schema is null && name.Contains('.', StringComparison.Ordinal);
                foreach (TableName table in (all ??= List(source)).Where(t => pattern.IsMatch(t.Name) || (qualified && pattern.IsMatch(t.ToString()))))
                {
                    Describe(source, table, required: false);
                }
            }
            else
            {
                Describe(source, TableName.Parse(name, Schema), required: true);
            }
        }
    }

    private List<TableName> List(IDbOperations source) => Await(async cancel =>
    {
        List<TableName> tables = [];
        await foreach (TableName table in source.ListAsync(cancel).ConfigureAwait(false))
        {
            if (Schema is null || string.Equals(table.Schema, Schema, StringComparison.OrdinalIgnoreCase))
            {
                tables.Add(table);
            }
        }

        return tables;
    });

    private void Describe(IDbOperations source, TableName name, bool required)
    {
        if (Await(cancel => source.DescribeAsync(name, cancel)) is { } schema)
        {
            WriteObject(new DbTable(Session, name, schema));
        }
        else if (required)
        {
            WriteError(
                new DbConductorException(
                    DbErrorKind.NotFound, $"There is no table '{name}' on session '{Session.Name}'. Get-DbTable lists those there are.") { Target = name.ToString() });
        }
    }
}
