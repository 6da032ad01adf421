using System.Text;

namespace DbConductor.Sql;

/// <summary>The statement that sets columns of the rows that a filter matches.</summary>
internal static class SqlUpdate
{
    public static SqlStatement Statement(
        SqlDialect dialect, TableName table, TableSchema schema, Filter? filter, IReadOnlyDictionary<string, object?> set)
    {
        if (set.Count == 0)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, "Nothing to set: name at least one column and its new value.");
        }

        string owner = $"Table '{table}'";
        SqlParameters parameters = new();
        StringBuilder sql = new($"UPDATE {dialect.Quote(table)} SET ");
        string separator = "";
        foreach ((string name, object? value) in set)
        {
            Column column = schema.Columns[ColumnNames.Require(schema.Columns, name, owner)];
            object? converted = ValueConversion.Convert(value, column);
            if (converted is not null && dialect.Refusal(column, converted) is { } reason)
            {
                throw new DbConductorException(DbErrorKind.InvalidData, $"Column '{column.Name}' of {owner}: {reason}") { Column = column.Name };
            }

            sql.Append(separator).Append(dialect.Quote(column.Name)).Append(" = ")
                .Append(parameters.Add(converted, column));
            separator = ", ";
        }

        SqlSelect.Where(sql, dialect, schema, owner, filter, parameters);
        return new(sql.ToString()) { Parameters = parameters };
    }
}
