using System.Text.Json;
using DbConductor.Sql;

namespace DbConductor.Adapters.Sqlite;

/// <summary>SQLite's words.</summary>
internal sealed class SqliteDialect : SqlDialect
{
    public static readonly SqliteDialect Instance = new();

    public override string NativeType(Column column, bool inKey) => SqliteTypes.Declare(column.Type);

    public override ColumnLimits LimitsOf(Column column) => SqliteTypes.LimitsOf(column);

    public override SqlJoinRules? Joins { get; } = new SqliteJoinRules();

    public override string? Refusal(Column column, object value) => NumericAffinity.Has(column) ? NumericAffinity.Refusal(SqliteFormats.ToStorage(value)) : null;

    public override string TextOperand(string operand, TextMatch match, bool isValue) =>
        $"{operand} COLLATE {(match == TextMatch.Exact ? "BINARY" : SqliteText.NoCase)}";

    // a statement takes 32,766 values (SQLITE_MAX_VARIABLE_NUMBER); a long list goes as one, in JSON
    public override string InList(string operand, Column column, IReadOnlyList<object> values, Func<string, string> side, SqlParameters parameters)
    {
        List<object> stored = values.Count > 1000 ? [.. values.Select(SqliteFormats.ToStorage)] : [];
        return stored.Count == 0 || !stored.TrueForAll(IsSameInJson)
            ? base.InList(operand, column, values, side, parameters)
            : $"{operand} IN (SELECT value FROM json_each({parameters.Add(JsonSerializer.Serialize(stored), null)}))";
    }

    public override string Like(string quotedColumn, Column column, WildcardText pattern, TextMatch match, SqlParameters parameters) =>
        SqliteText.Like(quotedColumn, column, pattern, match, parameters);

    // OFFSET needs a LIMIT; a negative one means none
    public override string Limit(long? first, long skip) => base.Limit(first ?? (skip > 0 ? -1 : null), skip);

    public override TableName StageName(string name) => new("temp", name);

    public override IReadOnlyList<string> CreateStage(TableName stage, TableName table, IReadOnlyList<Column> columns, IReadOnlyList<Column> key)
    {
        IEnumerable<string> lines = columns.Select(c =>
            $"{Quote(c.Name)} {c.NativeType}{(c.Collation is { } collation ? $" COLLATE {Quote(collation)}" : "")}");
        return [$"CREATE TEMP TABLE {Quote(stage.Name)} ({string.Join(", ", lines.Append($"{StageOrdinal} INTEGER PRIMARY KEY"))})"];
    }

    public override IReadOnlyList<string> IndexStage(TableName stage, IReadOnlyList<Column> key) =>
        [$"CREATE INDEX temp.{Quote(stage.Name + "_key")} ON {Quote(stage.Name)} ({string.Join(", ", key.Select(k => Quote(k.Name)))})"];

    // the transaction began with BEGIN IMMEDIATE: there is no other writer
    public override string? LockForMerge(TableName table, TableName stage, IReadOnlyList<Column> key) => null;

    protected override StringComparer ColumnNameComparer => StringComparer.OrdinalIgnoreCase;

    protected override string Default(Column column) => column.DefaultText is { } text ? $"({text})" : "NULL";

    // JSON has no infinity, and json_each() ends a text at its first NUL
    private static bool IsSameInJson(object stored) => stored switch
    {
        long => true,
        double number => double.IsFinite(number),
        string text => !text.Contains('\0', StringComparison.Ordinal),
        _ => false,
    };
}
