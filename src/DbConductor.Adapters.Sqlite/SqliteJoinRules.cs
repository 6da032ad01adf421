using DbConductor.Sql;

namespace DbConductor.Adapters.Sqlite;

/// <summary>
/// Which keys SQLite compares as the embedded join does: those whose values are of the storage class that their column declares, which is looked at, since a declared type
/// binds nobody. What is kept as text that says it in several ways (times, decimals, GUIDs) is left out.
/// </summary>
internal sealed class SqliteJoinRules : SqlJoinRules
{
    public override string? Refusal(Column left, Column right)
    {
        string? l = StorageClass(left);
        return l is not null && l == StorageClass(right) ? null : Differs(left, right);
    }

    public override string Equal(Column left, string leftOperand, string rightOperand) => left.Type.Kind == PortableKind.String
        ? $"{leftOperand} COLLATE BINARY = {rightOperand}"
        : base.Equal(left, leftOperand, rightOperand);

    public override string? Stray(Column column, string operand) => $"typeof({operand}) NOT IN ('{StorageClass(column)}', 'null')";

    private static string? StorageClass(Column column) => column.Type.Kind switch
    {
        PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64 => "integer",
        PortableKind.Single or PortableKind.Double => "real",
        PortableKind.String => "text",
        PortableKind.Binary => "blob",
        _ => null,
    };
}
