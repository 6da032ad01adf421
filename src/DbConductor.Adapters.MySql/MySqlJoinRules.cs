using DbConductor.Sql;

namespace DbConductor.Adapters.MySql;

/// <summary>
/// Which keys MySQL and MariaDB compare as the embedded join does. Text under one collation is compared by that, which serves indexes, and by its bytes, which is what
/// we mean. Left out are dates, which can be zeros, and floats, whose digits differ from the double beside them.
/// </summary>
internal sealed class MySqlJoinRules(MySqlCapabilities server) : SqlJoinRules
{
    public override string? Refusal(Column left, Column right)
    {
        string? l = Family(left);
        return l is null || l != Family(right) ? Differs(left, right)
            : l == "text" && left.Collation != right.Collation ? $"'{left.Name}' and '{right.Name}' have different collations"
            : null;
    }

    public override string Equal(Column left, string leftOperand, string rightOperand) => left.Type.Kind == PortableKind.String
        ? $"({leftOperand} = {rightOperand} AND {Bytes(leftOperand)} = {Bytes(rightOperand)})"
        : base.Equal(left, leftOperand, rightOperand);

    public override string? RefusalOf(JoinType type, bool leftIsIndexed, bool rightIsIndexed)
    {
        if (type == JoinType.Full)
        {
            return "MySQL has no FULL JOIN";
        }

        bool isIndexed = type switch
        {
            JoinType.Inner => leftIsIndexed || rightIsIndexed,
            JoinType.Right => leftIsIndexed,
            _ => rightIsIndexed,
        };
        return server.HasHashJoins || isIndexed ? null : $"this {server.Product} joins by nested loops, and no primary key serves them";
    }

    private static string Bytes(string operand) => $"CAST(CONVERT({operand} USING utf8mb4) AS BINARY)";

    private static string? Family(Column column) => (column.Type.Kind, MySqlTypes.NameOf(column.NativeType)) switch
    {
        (PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64, "tinyint" or "smallint" or "mediumint" or "int" or "integer" or "bigint") => "exact",
        // a number of more digits is an error when it is read, and could match unseen
        (PortableKind.Decimal, "decimal" or "numeric" or "bigint") when column.Type.Precision <= ColumnLimits.DecimalDigits => "exact",
        (PortableKind.Double, "double" or "real") => "floating",
        (PortableKind.String, "char" or "varchar" or "tinytext" or "text" or "mediumtext" or "longtext") => "text",
        (PortableKind.Binary, "binary" or "varbinary" or "tinyblob" or "blob" or "mediumblob" or "longblob") => "binary",
        (PortableKind.Guid, "binary" or "char") => "guid " + MySqlTypes.NameOf(column.NativeType),
        _ => null,
    };
}
