using System.Globalization;
using System.Text;
using DbConductor.Sql;

namespace DbConductor.Adapters.MySql;

/// <summary>MySQL's words, and MariaDB's.</summary>
internal sealed class MySqlDialect(MySqlCapabilities server, bool binaryGuids) : SqlDialect
{
    // https://dev.mysql.com/doc/refman/8.4/en/identifiers.html and identifier-length.html: the server would put '?' for a character beyond U+FFFF
    private const int LongestName = 64;
    private const int LongestKey = 3072;

    public override TimeSpan TimeResolution => TimeSpan.FromMicroseconds(1);

    public override bool HasInfinity => false;

    /// <summary>What the server can do.</summary>
    public MySqlCapabilities Server => server;

    /// <summary>Whether GUIDs are 16 bytes, the first first, as UUID_TO_BIN makes them; else text of 36 characters.</summary>
    public bool BinaryGuids => binaryGuids;

    /// <summary>What its columns do not keep.</summary>
    public MySqlLimits Limits { get; } = new(server);

    public override ColumnLimits LimitsOf(Column column) => MySqlColumnLimits.Of(column, server);

    public override SqlJoinRules? Joins { get; } = new MySqlJoinRules(server);

    public override string? Refusal(Column column, object value) => Limits.Refusal(column, value);

    // REPEATABLE READ shows a plain SELECT what was there when the transaction first looked
    public override string LatestCommitted => " LOCK IN SHARE MODE";

    protected override StringComparer ColumnNameComparer => StringComparer.OrdinalIgnoreCase;

    public override string Quote(string identifier)
    {
        ArgumentNullException.ThrowIfNull(identifier);
        string? why = identifier.Contains('\0', StringComparison.Ordinal) ? "has a NUL character in it"
            : identifier.Any(char.IsSurrogate) ? "has a character beyond U+FFFF in it"
            : identifier.Length > LongestName ? $"is longer than {LongestName} characters"
            : identifier.EndsWith(' ') ? "ends with a blank"
            : null;
        return why is null
            ? $"`{identifier.Replace("`", "``", StringComparison.Ordinal)}`"
            : throw new DbConductorException(
                DbErrorKind.InvalidArgument, $"The name '{identifier.Replace("\0", "\\0", StringComparison.Ordinal)}' {why}; MySQL takes no such name. Take another one.");
    }

    public override string NativeType(Column column, bool inKey) => MySqlTypes.Declare(column.Type, inKey, server, binaryGuids);

    // a float's text has but six digits; as a double it comes exactly
    public override string SelectColumn(Column column) =>
        column.Type.Kind == PortableKind.Single ? $"{Quote(column.Name)} + 0e0 AS {Quote(column.Name)}" : Quote(column.Name);

    // nulls come first by themselves, descending last
    public override string OrderBy(Column column, bool descending) => Quote(column.Name) + (descending ? " DESC" : "");

    public override string Limit(long? first, long skip) =>
        base.Limit(first ?? (skip > 0 ? long.MaxValue : null), skip);

    // bytes neither pad nor fold, as utf8mb4_bin does the former (https://dev.mysql.com/doc/refman/8.4/en/charset-binary-collations.html)
    public override string TextOperand(string operand, TextMatch match, bool isValue)
    {
        string text = $"CONVERT({operand} USING utf8mb4)";
        return $"CAST({(match == TextMatch.Exact ? text : $"LOWER({text})")} AS BINARY)";
    }

    public override string Like(string quotedColumn, Column column, WildcardText pattern, TextMatch match, SqlParameters parameters) =>
        MySqlText.Like(quotedColumn, column, pattern, match, parameters);

    // a stash's rows have no key, nor can their names be foreseen; of the operator's own tables the operator says it
    protected override string? MadeKey(TableName table) => server is { RequiresKeys: true, HasGeneratedKeys: true } && table.Name.StartsWith("dbconductor_", StringComparison.Ordinal)
        ? $"{Quote(MySqlSchema.GeneratedKey)} bigint unsigned NOT NULL AUTO_INCREMENT INVISIBLE PRIMARY KEY"
        : null;

    /// <summary>
    /// One statement with its index inline: of all DDL only that and dropping a temporary table do not commit the transaction that they run in
    /// (https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html). Every column takes null, for rows that lack it.
    /// </summary>
    public override IReadOnlyList<string> CreateStage(TableName stage, TableName table, IReadOnlyList<Column> columns, IReadOnlyList<Column> key)
    {
        string index = key.Count == 0 ? "" : $", {Index(key)}";
        return
        [
            $"CREATE TEMPORARY TABLE {Quote(stage)} ({string.Concat(columns.Select(StageColumn))}{StageOrdinal} bigint NOT NULL AUTO_INCREMENT PRIMARY KEY{index})",
        ];
    }

    private string StageColumn(Column column) =>
        $"{Quote(column.Name)} {column.NativeType}{(column.Collation is null ? "" : $" COLLATE {column.Collation}")} NULL, ";

    // a temporary table cannot be named twice in one statement (error 1137): the last row of each repeated key goes to a second one
    public override IReadOnlyList<string> IndexStage(TableName stage, IReadOnlyList<Column> key)
    {
        string names = string.Join(", ", key.Select(k => Quote(k.Name)));
        return
        [
            $"CREATE TEMPORARY TABLE {Quote(Last(stage))} ({StageOrdinal} bigint NOT NULL PRIMARY KEY, {Index(key)}) " +
            $"AS SELECT {names}, max({StageOrdinal}) AS {StageOrdinal} FROM {Quote(stage)} GROUP BY {names} HAVING count(*) > 1",
        ];
    }

    public override string RemoveRepeated(TableName stage, IReadOnlyList<Column> key) =>
        $"DELETE s FROM {Quote(stage)} AS s JOIN {Quote(Last(stage))} AS d ON {Match(key, "s", "d")} AND s.{StageOrdinal} < d.{StageOrdinal}";

    public override string DropStage(TableName stage) => $"DROP TEMPORARY TABLE IF EXISTS {Quote(stage)}, {Quote(Last(stage))}";

    // the adapter takes a lock by name, and the update locks the gaps where missing keys would go
    public override string? LockForMerge(TableName table, TableName stage, IReadOnlyList<Column> key) => null;

    public override string UpdateFromStage(TableName table, TableName stage, IReadOnlyList<Column> set, IReadOnlyList<Column> key, IReadOnlyList<Column> defaults)
    {
        IEnumerable<string> items = set.Select(c => $"t.{Quote(c.Name)} = s.{Quote(c.Name)}").Concat(defaults.Select(c => $"t.{Quote(c.Name)} = DEFAULT"));
        return $"UPDATE {Quote(table)} AS t JOIN {Quote(stage)} AS s ON {Match(key, "t", "s")} SET {string.Join(", ", items)}";
    }

    public override string DeleteByStage(TableName table, TableName stage, IReadOnlyList<Column> key, bool negated) => negated
        ? $"DELETE t FROM {Quote(table)} AS t LEFT JOIN {Quote(stage)} AS s ON {Match(key, "t", "s")} WHERE s.{StageOrdinal} IS NULL"
        : $"DELETE t FROM {Quote(table)} AS t JOIN {Quote(stage)} AS s ON {Match(key, "t", "s")}";

    // dates and times come as text, since JDBC would take them through Java's calendar; a decimal of any length has thirty digits behind the point; and so do bools, of which
    // Spark takes 0 and 1 alone, as the session does
    public override (string Sql, bool IsText)? SparkColumn(Column column) => column.Type.Kind switch
    {
        PortableKind.Boolean => ($"CAST(CAST({Quote(column.Name)} AS SIGNED) AS CHAR)", true),
        PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64 => ($"CAST({Quote(column.Name)} AS SIGNED)", false),
        PortableKind.Single or PortableKind.Double => ($"{Quote(column.Name)} + 0e0", false),
        PortableKind.Binary => (Quote(column.Name), false),
        PortableKind.Decimal when column.Type.Precision is null => null,
        PortableKind.DateTimeOffset => ($"CONCAT(CAST({Quote(column.Name)} AS CHAR), 'Z')", true),
        PortableKind.Decimal when MySqlTypes.NameOf(column.NativeType) == "bit" => ($"CAST(CAST({Quote(column.Name)} AS UNSIGNED) AS CHAR)", true),

        // what the driver calls CHAR (char, enum, set, ...) Spark would fill up with blanks
        PortableKind.String when MySqlTypes.NameOf(column.NativeType) is "varchar" or "tinytext" or "text" or "mediumtext" or "longtext" => (Quote(column.Name), true),
        PortableKind.Decimal or PortableKind.Date or PortableKind.DateTime or PortableKind.String => ($"CAST({Quote(column.Name)} AS CHAR)", true),
        _ => null,
    };

    public override string Literal(object value, Column? column) => value switch
    {
        bool x => x ? "TRUE" : "FALSE",
        short or int or long or decimal => $"({((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)})",
        float or double => $"({Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("E16", CultureInfo.InvariantCulture)})",
        string x => $"_utf8mb4 X'{Convert.ToHexString(Encoding.UTF8.GetBytes(x))}'",
        DateOnly x => $"DATE'{x.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}'",
        DateTime x => $"TIMESTAMP'{x.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}'",
        DateTimeOffset x => $"TIMESTAMP'{x.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}'",
        _ => throw NoLiteral(),
    };

    private static TableName Last(TableName stage) => stage with { Name = stage.Name + "_last" };

    // a key has 3,072 bytes, and a character up to four of them: what may be longer is indexed by its beginning
    private string Index(IReadOnlyList<Column> key) => $"INDEX ({string.Join(", ", key.Select(column => Quote(column.Name) + Beginning(column, LongestKey / 4 / key.Count)))})";

    private static string Beginning(Column column, int most) =>
        column.Type.Kind is PortableKind.String or PortableKind.Binary or PortableKind.Json && MySqlTypes.HasLength(column.NativeType)
            && (column.Type.Length is null || column.Type.Length > most)
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"({most})")
        : "";
}
