namespace DbConductor.Sql;

/// <summary>The words in which SQL databases differ. One instance serves all sessions of its kind, and holds no state.</summary>
public abstract class SqlDialect
{
    /// <summary>Quotes an identifier; whatever stands in it is part of the name.</summary>
    public virtual string Quote(string identifier)
    {
        ArgumentNullException.ThrowIfNull(identifier);
        return identifier.Contains('\0', StringComparison.Ordinal)
            ? throw new DbConductorException(DbErrorKind.InvalidArgument, "A name has a NUL character in it; no database takes that.")
            : $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>Quotes a table's name with its schema.</summary>
    public string Quote(TableName table) => table.Schema is null ? Quote(table.Name) : $"{Quote(table.Schema)}.{Quote(table.Name)}";

    /// <summary>The native type of a column that DbConductor creates.</summary>
    /// <param name="column">The column.</param>
    /// <param name="inKey">Whether it is part of the key, which some databases restrict in length.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotSupported"/>: the database has no type that holds every value.</exception>
    public abstract string NativeType(Column column, bool inKey);

    /// <summary>A comparison of a column with a bound value. <paramref name="op"/> is one of <c>= &lt;&gt; &lt; &lt;= &gt; &gt;=</c>.</summary>
    /// <param name="quotedColumn">The column as it stands in the statement.</param>
    /// <param name="column">What is known of it.</param>
    /// <param name="op">The operator.</param>
    /// <param name="value">The value, converted to the column's type.</param>
    /// <param name="match">How text is compared; means nothing for other types.</param>
    /// <param name="parameters">Where the value is bound.</param>
    public abstract string Compare(string quotedColumn, Column column, string op, object value, TextMatch match, SqlParameters parameters);

    /// <summary>A match of a column's text with a wildcard pattern.</summary>
    public abstract string Like(string quotedColumn, Column column, WildcardText pattern, TextMatch match, SqlParameters parameters);
}
