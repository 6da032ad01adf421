using DbConductor.Sql;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>
/// Which keys PostgreSQL compares as the embedded join does. NaN equals NaN there too. Left out are what pads (<c>char</c>), folds (<c>citext</c>) or takes a month for
/// 30 days (<c>interval</c>), and numbers of types that differ in exactness.
/// </summary>
internal sealed class PostgreSqlJoinRules : SqlJoinRules
{
    public override string? Refusal(Column left, Column right)
    {
        string? l = Family(left);
        return l is not null && l == Family(right) ? null : Differs(left, right);
    }

    private static string? Family(Column column) => PostgreSqlTypes.NameOf(column.NativeType) switch
    {
        "smallint" or "integer" or "bigint" => "exact",
        // a number of more digits is an error when it is read, and could match unseen
        "numeric" when column.Type.Precision <= ColumnLimits.DecimalDigits => "exact",
        "real" or "double precision" => "floating",
        // by a collation of its own, text may be equal that differs
        "text" or "character varying" when PostgreSqlDialect.Instance.IsExact(column) => "text",
        "date" or "timestamp without time zone" => "time",
        "boolean" or "bytea" or "uuid" or "timestamp with time zone" or "time without time zone" => PostgreSqlTypes.NameOf(column.NativeType),
        _ => null,
    };
}
