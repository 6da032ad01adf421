using DbConductor.Sql;

namespace DbConductor.Adapters.Sqlite;

/// <summary>SQLite's words.</summary>
internal sealed class SqliteDialect : SqlDialect
{
    public static readonly SqliteDialect Instance = new();

    public override string NativeType(Column column, bool inKey) => SqliteTypes.Declare(column.Type);

    public override string Compare(string quotedColumn, Column column, string op, object value, TextMatch match, SqlParameters parameters) =>
        SqliteText.Compare(quotedColumn, column, op, value, match, parameters);

    public override string Like(string quotedColumn, Column column, WildcardText pattern, TextMatch match, SqlParameters parameters) =>
        SqliteText.Like(quotedColumn, column, pattern, match, parameters);

    // OFFSET needs a LIMIT; a negative one means none
    public override string Limit(long? first, long skip) => base.Limit(first ?? (skip > 0 ? -1 : null), skip);

    public override TableName StageName(string name) => new("temp", name);

    public override IReadOnlyList<string> CreateStage(TableName stage, TableName table, IReadOnlyList<Column> columns)
    {
        IEnumerable<string> lines = columns.Select(c =>
            $"{Quote(c.Name)} {c.NativeType}{(c.Collation is { } collation ? $" COLLATE {Quote(collation)}" : "")}");
        return [$"CREATE TEMP TABLE {Quote(stage.Name)} ({string.Join(", ", lines.Append($"{StageOrdinal} INTEGER PRIMARY KEY"))})"];
    }

    public override IReadOnlyList<string> IndexStage(TableName stage, IReadOnlyList<Column> key) =>
        [$"CREATE INDEX temp.{Quote(stage.Name + "_key")} ON {Quote(stage.Name)} ({string.Join(", ", key.Select(k => Quote(k.Name)))})"];

    // the transaction began with BEGIN IMMEDIATE: there is no other writer
    public override string? LockForMerge(TableName table) => null;

    protected override StringComparer ColumnNameComparer => StringComparer.OrdinalIgnoreCase;

    protected override string Default(Column column) => column.DefaultText is { } text ? $"({text})" : "NULL";
}
