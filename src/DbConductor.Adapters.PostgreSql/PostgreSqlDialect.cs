using System.Globalization;
using System.Text;
using DbConductor.Sql;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>PostgreSQL's words.</summary>
internal sealed class PostgreSqlDialect : SqlDialect
{
    public static readonly PostgreSqlDialect Instance = new();

    // NAMEDATALEN less its final zero (https://www.postgresql.org/docs/current/limits.html); the server would cut the name and say so in a notice
    private const int LongestName = 63;

    public override string Quote(string identifier) => Encoding.UTF8.GetByteCount(identifier) <= LongestName
        ? base.Quote(identifier)
        : throw new DbConductorException(
            DbErrorKind.InvalidArgument, $"'{identifier}' is longer than the {LongestName} bytes to which PostgreSQL cuts names. Take a shorter one.");

    public override string NativeType(Column column, bool inKey) => PostgreSqlTypes.Declare(column.Type);

    public override string SelectColumn(Column column) => IsCarriedAsText(column) ? $"{Quote(column.Name)}::text AS {Quote(column.Name)}" : Quote(column.Name);

    public override TimeSpan TimeResolution => TimeSpan.FromMicroseconds(1);

    public override ColumnLimits LimitsOf(Column column) => PostgreSqlLimits.Of(column.NativeType ?? "");

    public override string? Refusal(Column column, object value)
    {
        long? ticks = value switch
        {
            TimeOnly time => time.Ticks,
            DateTime time => time.Ticks,
            DateTimeOffset time => time.UtcTicks,
            TimeSpan span => span.Ticks,
            _ => null,
        };
        return ticks % PostgreSqlTypes.FractionUnit(column.NativeType ?? "") is null or 0
            ? null
            : PostgreSqlTypes.TooFine(column);
    }

    public override bool HasNaN => true;

    // a deterministic collation, as the database's own always is, finds texts equal only where their bytes are; char(n) pads, citext folds
    public override bool IsExact(Column column) => column.Collation is null && PostgreSqlTypes.NameOf(column.NativeType) is "text" or "character varying";

    public override SqlJoinRules? Joins { get; } = new PostgreSqlJoinRules();

    public override string TextOperand(string operand, TextMatch match, bool isValue) =>
        match == TextMatch.Exact ? $"{operand}::text COLLATE \"C\"" : $"lower({operand}::text)";

    // a statement takes 65,535 values: a long list goes as one array
    public override string InList(string operand, Column column, IReadOnlyList<object> values, Func<string, string> side, SqlParameters parameters)
    {
        Type type = column.Type.ClrType;
        if (values.Count <= 1000 || column.Type.Kind == PortableKind.Json || IsCarriedAsText(column) || values.Any(v => v.GetType() != type))
        {
            return base.InList(operand, column, values, side, parameters);
        }

        Array array = Array.CreateInstance(type, values.Count);
        for (int i = 0; i < values.Count; i++)
        {
            array.SetValue(values[i], i);
        }

        string each = side("v");
        string list = parameters.Add(array, column);
        return each == "v"
            ? $"{operand} = ANY ({list}{(PostgreSqlTypes.NameOf(column.NativeType) switch { "citext" => "::citext[]", "character" => "::bpchar[]", _ => "" })})"
            : $"{operand} IN (SELECT {each} FROM unnest({list}) v)";
    }

    public override string Like(string quotedColumn, Column column, WildcardText pattern, TextMatch match, SqlParameters parameters) =>
        PostgreSqlText.Like(quotedColumn, column, pattern, match, parameters);

    // a column of a query keeps its type and collation, but none of its constraints
    public override IReadOnlyList<string> CreateStage(TableName stage, TableName table, IReadOnlyList<Column> columns, IReadOnlyList<Column> key) =>
    [
        $"CREATE TEMPORARY TABLE {Quote(stage)} ON COMMIT DROP AS SELECT {string.Join(", ", columns.Select(SelectColumn))} FROM {Quote(table)} WITH NO DATA",
        $"ALTER TABLE {Quote(stage)} ADD COLUMN {StageOrdinal} bigint GENERATED ALWAYS AS IDENTITY",
    ];

    public override IReadOnlyList<string> IndexStage(TableName stage, IReadOnlyList<Column> key) =>
    [
        $"CREATE INDEX ON {Quote(stage)} ({string.Join(", ", key.Select(k => Quote(k.Name)))})",
        $"ANALYZE {Quote(stage)}",
    ];

    // keeps writers out and lets readers in (https://www.postgresql.org/docs/current/explicit-locking.html)
    public override string? LockForMerge(TableName table, TableName stage, IReadOnlyList<Column> key) => $"LOCK TABLE {Quote(table)} IN SHARE ROW EXCLUSIVE MODE";

    public override string Match(IReadOnlyList<Column> key, string left, string right) => string.Join(
        " AND ", key.Select(k => $"{left}.{Quote(k.Name)} = {(left == "t" ? StageValue(k, right) : $"{right}.{Quote(k.Name)}")}"));

    protected override string StageValue(Column column) => StageValue(column, "s");

    // without it an identity column that is always generated refuses the rows' own values
    protected override string Overriding(IReadOnlyList<Column> columns) => "OVERRIDING SYSTEM VALUE ";

    // what has a length of its own digits comes as text, and so do dates and times, which JDBC would take through Java's calendar
    public override (string Sql, bool IsText)? SparkColumn(Column column) => column.Type.Kind switch
    {
        PortableKind.Boolean or PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64 or PortableKind.Single or PortableKind.Double or PortableKind.Binary =>
            (Quote(column.Name), false),

        // a cast to text takes the blanks of char(n) away; concat writes a value as the server does, but null as an empty text
        PortableKind.String when PostgreSqlTypes.NameOf(column.NativeType) is not ("text" or "character varying") =>
            ($"CASE WHEN {Quote(column.Name)} IS NOT NULL THEN concat({Quote(column.Name)}) END", true),
        PortableKind.String or PortableKind.Decimal or PortableKind.Time or PortableKind.DateTime or PortableKind.Guid or PortableKind.Json =>
            ($"{Quote(column.Name)}::text", true),

        // of '0044-03-15 BC' Spark would read what is before the blank
        PortableKind.Date => ($"replace({Quote(column.Name)}::text, ' ', '_')", true),
        PortableKind.DateTimeOffset => ($"({Quote(column.Name)} AT TIME ZONE 'UTC')::text || 'Z'", true),

        // an interval's months have no length
        _ => null,
    };

    public override string Literal(object value, Column? column) => value switch
    {
        _ when column is not null && IsCarriedAsText(column) => throw NoLiteral(),
        bool x => x ? "TRUE" : "FALSE",
        short or int or long => $"({((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)})",
        decimal x => $"'{x.ToString(CultureInfo.InvariantCulture)}'::numeric",
        float x => $"'{x.ToString("R", CultureInfo.InvariantCulture)}'::real",
        double x => $"'{x.ToString("R", CultureInfo.InvariantCulture)}'::double precision",
        string x => $"convert_from(decode('{Convert.ToHexString(Encoding.UTF8.GetBytes(x))}', 'hex'), 'UTF8')",
        byte[] x => $"decode('{Convert.ToHexString(x)}', 'hex')",
        DateOnly x => $"'{x.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}'::date",
        TimeOnly x => $"'{x.ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}'::time",
        DateTime x => $"'{x.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}'::timestamp",
        DateTimeOffset x => $"'{x.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}Z'::timestamptz",
        Guid x => $"'{x:D}'::uuid",
        _ => throw NoLiteral(),
    };

    // what waits is nobody's idle transaction: others read by it. The second limit is there since version 17
    public override string? ExportSnapshot =>
        "SELECT pg_export_snapshot() FROM (SELECT count(set_config(name, '0', true)) FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')) AS limits";

    public override string ImportSnapshot(string name) => $"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET TRANSACTION SNAPSHOT '{name}'";

    private string StageValue(Column column, string alias) =>
        $"{alias}.{Quote(column.Name)}{(IsCarriedAsText(column) ? "::" + column.NativeType : "")}";

    internal static bool IsCarriedAsText(Column column) => column.NativeType is { } native && PostgreSqlTypes.IsCarriedAsText(native);
}
