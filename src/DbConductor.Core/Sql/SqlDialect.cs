using System.Globalization;

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

    /// <summary>The finest difference of time that its columns keep. A filter's finer value is compared as what lies between two of theirs.</summary>
    public virtual TimeSpan TimeResolution => TimeSpan.FromTicks(1);

    /// <summary>Whether columns of numbers can hold NaN. It is then taken to be ordered above every number, and to be written <c>'NaN'</c>.</summary>
    public virtual bool HasNaN => false;

    /// <summary>Whether columns of floating point can hold infinity.</summary>
    public virtual bool HasInfinity => true;

    /// <summary>Whether a column's own collation finds texts equal only where every character is, so that its indexes serve an exact comparison too.</summary>
    public virtual bool IsExact(Column column) => false;

    /// <summary>Where a column differs from its portable type, for the report on what a write narrows.</summary>
    /// <param name="column">The column, with its native type.</param>
    public virtual ColumnLimits LimitsOf(Column column) => ColumnLimits.None;

    /// <summary>Where the database compares keys as we do; null where it is never asked to join.</summary>
    public virtual SqlJoinRules? Joins => null;

    /// <summary>Why a column cannot hold a value that is of its type already: the database would store another one, and say nothing. Null where it can.</summary>
    /// <param name="column">The column, with its native type.</param>
    /// <param name="value">A value of the column's type.</param>
    /// <returns>A sentence with the remedy, without the value.</returns>
    public virtual string? Refusal(Column column, object value) => null;

    /// <summary>One side of a comparison of text that does not go by the column's collation.</summary>
    /// <param name="operand">The quoted column, or a value's marker.</param>
    /// <param name="match">Exact or IgnoreCase.</param>
    /// <param name="isValue">Whether it is the value's side.</param>
    public abstract string TextOperand(string operand, TextMatch match, bool isValue);

    /// <summary>Whether a column's value is one of a list.</summary>
    /// <param name="operand">The column as it is compared.</param>
    /// <param name="column">What is known of it.</param>
    /// <param name="values">The values, converted, though maybe longer than the column's; at least one, and no null.</param>
    /// <param name="side">Makes of a value's marker what is compared.</param>
    /// <param name="parameters">Where the values are bound.</param>
    public virtual string InList(string operand, Column column, IReadOnlyList<object> values, Func<string, string> side, SqlParameters parameters) =>
        $"{operand} IN ({string.Join(", ", values.Select(v => side(parameters.Add(v, column))))})";

    /// <summary>A match of a column's text with a wildcard pattern.</summary>
    public abstract string Like(string quotedColumn, Column column, WildcardText pattern, TextMatch match, SqlParameters parameters);

    /// <summary>A column as it is read: the column itself, or a cast where the driver cannot read its type.</summary>
    public virtual string SelectColumn(Column column) => Quote(column.Name);

    /// <summary>
    /// A column as Spark reads it by JDBC, and whether it is then the text in which a value has its one form; null where values of its type might change on that way.
    /// </summary>
    public virtual (string Sql, bool IsText)? SparkColumn(Column column) => null;

    /// <summary>A value as a literal, for queries that others send, who bind nothing: numbers as digits, everything else in hexadecimal digits or a fixed form, so that no value can end it.</summary>
    /// <param name="value">The value, already converted to the column's type.</param>
    /// <param name="column">The column that it is compared with, if any.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotSupported"/>: there is no literal that is surely the same value.</exception>
    public virtual string Literal(object value, Column? column) => throw NoLiteral();

    /// <summary>
    /// The query that gives the name of the state that its transaction sees, so that others see the same while that lasts; null where there is none.
    /// </summary>
    public virtual string? ExportSnapshot => null;

    /// <summary>What makes a transaction, as its first statement, see the state that has a name.</summary>
    /// <param name="name">What <see cref="ExportSnapshot"/> gave.</param>
    public virtual string ImportSnapshot(string name) => throw new NotSupportedException();

    /// <summary>What <see cref="Literal"/> throws.</summary>
    protected static DbConductorException NoLiteral() => new(DbErrorKind.NotSupported, "The value cannot stand in a query's text.");

    /// <summary>An item of ORDER BY. Nulls come first, descending last, on every database, as PowerShell sorts them.</summary>
    public virtual string OrderBy(Column column, bool descending) =>
        Quote(column.Name) + (descending ? " DESC" : "") + (column.Nullable ? descending ? " NULLS LAST" : " NULLS FIRST" : "");

    /// <summary>The end of a query that gives only some of its rows; empty where it gives all.</summary>
    public virtual string Limit(long? first, long skip) =>
        (first is null ? "" : string.Create(CultureInfo.InvariantCulture, $" LIMIT {first}")) +
        (skip == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" OFFSET {skip}"));

    /// <summary>What makes a SELECT inside a transaction see what others have committed since it began, where it would not by itself (MySQL).</summary>
    public virtual string LatestCommitted => "";

    /// <summary>Which names of columns the database takes for the same.</summary>
    protected virtual StringComparer ColumnNameComparer => StringComparer.Ordinal;

    /// <summary>The statement that gives a table one more column, which takes null.</summary>
    public virtual string AddColumn(TableName table, Column column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return $"ALTER TABLE {Quote(table)} ADD COLUMN {Quote(column.Name)} {NativeType(column, inKey: false)}";
    }

    /// <summary>The statement that creates a table.</summary>
    public string CreateTable(TableName table, TableSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        HashSet<string> names = new(ColumnNameComparer);
        if (schema.Columns.FirstOrDefault(column => !names.Add(column.Name)) is { } repeated)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument,
                $"The new table '{table}' would have column '{repeated.Name}' twice, in names that this database does not tell apart. Rename one or leave it out.")
            { Target = table.ToString(), Column = repeated.Name };
        }

        HashSet<int> key = [.. schema.Key.Select(k => ColumnNames.Require(schema.Columns, k, $"The new table '{table}'"))];
        IEnumerable<string> lines = schema.Columns.Select((column, i) =>
            $"{Quote(column.Name)} {NativeType(column, key.Contains(i))}{(key.Contains(i) || !column.Nullable ? " NOT NULL" : "")}");
        if (key.Count > 0)
        {
            lines = lines.Append($"PRIMARY KEY ({string.Join(", ", schema.Key.Select(k => Quote(schema.Columns[schema.IndexOf(k)].Name)))})");
        }

        else if (MadeKey(table) is { } made)
        {
            lines = lines.Append(made);
        }

        return $"CREATE TABLE {Quote(table)} ({string.Join(", ", lines)})";
    }

    /// <summary>The key that a new table gets which has none, where the database demands one: a column that is no part of the rows. Null for none.</summary>
    protected virtual string? MadeKey(TableName table) => null;

    /// <summary>
    /// The statements that make an empty temporary table with some of a table's columns, comparing text as the table does, without its constraints, and
    /// with <see cref="StageOrdinal"/>, which numbers the rows in the order in which they are loaded.
    /// </summary>
    public abstract IReadOnlyList<string> CreateStage(TableName stage, TableName table, IReadOnlyList<Column> columns, IReadOnlyList<Column> key);

    /// <summary>
    /// The name, without quotes, of the column of a temporary table that numbers its rows. Its end differs from process to process, so that no table has such a column.
    /// </summary>
    public static string StageOrdinalName { get; } = $"dbconductor_row_{Guid.NewGuid():N}"[..32];

    /// <summary>
    /// The column of a temporary table that numbers its rows: by itself, or, for rows that lack columns, with numbers that are loaded like any other column's.
    /// </summary>
    public virtual string StageOrdinal => Quote(StageOrdinalName);

    /// <summary>Statements that prepare a loaded temporary table for being searched by key.</summary>
    public virtual IReadOnlyList<string> IndexStage(TableName stage, IReadOnlyList<Column> key) => [];

    /// <summary>Puts those rows of a temporary table into another one of the same form whose numbers lie within bounds; they keep their numbers.</summary>
    public string CopyStage(TableName stage, TableName from, IReadOnlyList<Column> columns, long low, long high)
    {
        string names = string.Join(", ", columns.Select(c => Quote(c.Name)).Append(StageOrdinal));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"INSERT INTO {Quote(stage)} ({names}) {Overriding(columns)}SELECT {names} FROM {Quote(from)} WHERE {StageOrdinal} BETWEEN {low} AND {high}");
    }

    /// <summary>The statement that drops a temporary table.</summary>
    public virtual string DropStage(TableName stage) => $"DROP TABLE {Quote(stage)}";

    /// <summary>The name of a temporary table.</summary>
    public virtual TableName StageName(string name) => new(null, name);

    /// <summary>
    /// The statement that keeps others from adding rows with the keys of a loaded temporary table until the transaction ends; null where it does so by itself.
    /// </summary>
    public abstract string? LockForMerge(TableName table, TableName stage, IReadOnlyList<Column> key);

    /// <summary>Removes from a temporary table all rows of one key but the last.</summary>
    public virtual string RemoveRepeated(TableName stage, IReadOnlyList<Column> key)
    {
        string names = string.Join(", ", key.Select(StageKey));
        return $"DELETE FROM {Quote(stage)} WHERE EXISTS (SELECT 1 FROM (SELECT {names}, max({StageOrdinal}) AS last_row FROM {Quote(stage)} " +
            $"GROUP BY {names} HAVING count(*) > 1) d WHERE {Match(key, "d", Quote(stage))} AND {Quote(stage)}.{StageOrdinal} < d.last_row)";
    }

    /// <summary>Sets columns of a table from the rows of a temporary one with the same key.</summary>
    public virtual string UpdateFromStage(TableName table, TableName stage, IReadOnlyList<Column> set, IReadOnlyList<Column> key, IReadOnlyList<Column> defaults)
    {
        IEnumerable<string> items = set.Select(c => $"{Quote(c.Name)} = {StageValue(c)}").Concat(defaults.Select(c => $"{Quote(c.Name)} = {Default(c)}"));
        return $"UPDATE {Quote(table)} AS t SET {string.Join(", ", items)} FROM {Quote(stage)} AS s WHERE {Match(key, "t", "s")}";
    }

    /// <summary>Counts the rows of a table that have one of the same key in a temporary table.</summary>
    public string CountMatched(TableName table, TableName stage, IReadOnlyList<Column> key) =>
        $"SELECT count(*) FROM {Quote(table)} AS t WHERE EXISTS (SELECT 1 FROM {Quote(stage)} AS s WHERE {Match(key, "t", "s")})";

    /// <summary>Gives one row where a temporary table has any whose key the table does not have.</summary>
    public string AnyMissing(TableName table, TableName stage, IReadOnlyList<Column> key) =>
        $"SELECT 1 FROM {Quote(stage)} AS s WHERE NOT EXISTS (SELECT 1 FROM {Quote(table)} AS t WHERE {Match(key, "t", "s")}) LIMIT 1";

    /// <summary>Inserts the rows of a temporary table whose key the table does not have.</summary>
    public virtual string InsertFromStage(TableName table, TableName stage, IReadOnlyList<Column> columns, IReadOnlyList<Column> key)
    {
        string names = string.Join(", ", columns.Select(c => Quote(c.Name)));
        string values = string.Join(", ", columns.Select(StageValue));
        string missing = key.Count == 0 ? "" : $" WHERE NOT EXISTS (SELECT 1 FROM {Quote(table)} AS t WHERE {Match(key, "t", "s")})";
        return $"INSERT INTO {Quote(table)} ({names}) {Overriding(columns)}SELECT {values} FROM {Quote(stage)} AS s{missing} ORDER BY s.{StageOrdinal}";
    }

    /// <summary>Removes the rows of a table whose key a temporary table has (or, negated, has not).</summary>
    public virtual string DeleteByStage(TableName table, TableName stage, IReadOnlyList<Column> key, bool negated) =>
        $"DELETE FROM {Quote(table)} AS t WHERE {(negated ? "NOT " : "")}EXISTS (SELECT 1 FROM {Quote(stage)} AS s WHERE {Match(key, "t", "s")})";

    /// <summary>What stands in an UPDATE for a column's default.</summary>
    protected virtual string Default(Column column) => "DEFAULT";

    /// <summary>What lets an INSERT give values for identity columns, where that must be said.</summary>
    protected virtual string Overriding(IReadOnlyList<Column> columns) => "";

    /// <summary>A key column of a temporary table, as it is grouped: under the table's own collation.</summary>
    protected virtual string StageKey(Column column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return Quote(column.Name);
    }

    /// <summary>A column of the temporary table aliased <c>s</c>, as it is inserted.</summary>
    protected virtual string StageValue(Column column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return "s." + Quote(column.Name);
    }

    /// <summary>The condition under which two rows have the same key, as the left one's collation compares.</summary>
    public virtual string Match(IReadOnlyList<Column> key, string left, string right) =>
        string.Join(" AND ", key.Select(k => $"{left}.{Quote(k.Name)} = {right}.{Quote(k.Name)}"));
}
