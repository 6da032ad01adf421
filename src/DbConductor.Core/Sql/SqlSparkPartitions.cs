using System.Numerics;
using System.Text;
using DbConductor.Spark;

namespace DbConductor.Sql;

/// <summary>Whether, by which column and by how many statements at once Spark reads a table.</summary>
/// <param name="adapter">The table's adapter.</param>
/// <param name="schema">The table.</param>
/// <param name="query">What is read of it.</param>
/// <param name="column">The column.</param>
/// <param name="asked">What the operator asked for.</param>
internal sealed class SqlSparkPartitions(SqlAdapter adapter, TableSchema schema, BatchQuery query, Column column, SparkPartitioning asked)
{
    /// <summary>Below it a connection more costs more than it saves.</summary>
    internal const long LeastRows = 100_000;

    /// <summary>The name that the column has in the query, beside those that are read.</summary>
    private const string Name = "p";

    private static readonly SparkPartitioning s_unasked = new();

    /// <summary>Chooses; null where one statement reads the table.</summary>
    /// <exception cref="DbConductorException">What was asked for cannot be: <see cref="DbErrorKind.ColumnNotFound"/>; <see cref="DbErrorKind.InvalidArgument"/>: not by this column;
    /// <see cref="DbErrorKind.NotSupported"/>: not without seeing several states of the table.</exception>
    internal static SqlSparkPartitions? Choose(SqlAdapter adapter, TableSchema schema, BatchQuery query, SparkPartitioning? asked)
    {
        asked ??= s_unasked;
        bool isSafe = adapter.Dialect.ExportSnapshot is not null;
        if (!asked.IsAsked && (!isSafe || asked.Partitions == 1 || schema.RowEstimate < 2 * LeastRows))
        {
            return null;
        }

        string table = $"Table '{query.Table}'";
        string? name = asked.Column ?? schema.Key.FirstOrDefault();
        Column? column = name is null ? null : schema.Columns[ColumnNames.Require(schema.Columns, name, table)];
        if (column is null || !SqlSparkRanges.IsCountable(column))
        {
            return !asked.IsAsked ? null : throw new DbConductorException(
                DbErrorKind.InvalidArgument,
                $"{table} cannot be read in partitions by {(column is null ? "its primary key, which it has none of" : $"'{column.Name}', which is {column.Type}")}. "
                + "Name a column of whole numbers, dates or times as PartitionColumn, best one with an index; or leave PartitionColumn and Partitions away.")
            { Target = query.Table.ToString(), Column = name };
        }

        return isSafe || asked.AllowSkew ? new(adapter, schema, query, column, asked) : throw new DbConductorException(
            DbErrorKind.NotSupported,
            $"{table} would be read in partitions by several connections, and {adapter.Info.Product} shows them no common state of it: a row that another one changes or moves meanwhile could be missing or there twice. "
            + "Leave PartitionColumn and Partitions away, so that one statement reads it; or say AllowSkew where nobody writes to it.")
        { Target = query.Table.ToString() };
    }

    /// <summary>The column, as one more of the query.</summary>
    internal string Select => $"{adapter.Dialect.Quote(column.Name)} AS {adapter.Dialect.Quote(Name)}";

    /// <summary>Makes the ranges, and has all of them see one state of the table; null where one statement does.</summary>
    /// <param name="parallelism">How many tasks Spark runs at once.</param>
    /// <param name="cancel">Cancels.</param>
    internal async Task<SparkSplit?> SplitAsync(int parallelism, CancellationToken cancel)
    {
        int most = asked.Partitions ?? Math.Min(parallelism, SparkPartitioning.Usual);
        if (!asked.IsAsked && schema.RowEstimate is { } rows)
        {
            most = (int)Math.Min(most, rows / LeastRows);
        }

        if (most < 2)
        {
            return null;
        }

        SqlDialect dialect = adapter.Dialect;
        SqlTransaction transaction = await adapter.BeginSnapshotAsync(cancel).ConfigureAwait(false);
        bool isKept = false;
        try
        {
            IReadOnlyList<string> ranges = await RangesAsync(transaction, most, cancel).ConfigureAwait(false);
            if (ranges.Count == 0)
            {
                return null;
            }

            SparkSplit split = new(column.Name, ranges);
            if (dialect.ExportSnapshot is not { } export)
            {
                return split with { Warning = $"Spark read table '{query.Table}' in {ranges.Count} partitions, each as it was at its own moment (AllowSkew): a row that was changed or moved meanwhile can be missing or there twice." };
            }

            string id = await transaction.RunAsync(
                write: false, query.Table, async () => (string)(await adapter.ScalarAsync(transaction.Connection, transaction.Inner, new(export), cancel).ConfigureAwait(false))!, cancel).ConfigureAwait(false);
            isKept = true;
            return split with { Options = new Dictionary<string, string> { ["sessionInitStatement"] = dialect.ImportSnapshot(id) }, Hold = transaction };
        }
        finally
        {
            if (!isKept)
            {
                await transaction.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<IReadOnlyList<string>> RangesAsync(SqlTransaction transaction, int most, CancellationToken cancel)
    {
        SqlDialect dialect = adapter.Dialect;
        SqlParameters parameters = new();
        string name = dialect.Quote(column.Name);

        // without a filter the ends of an index answer; with one, they could make the server walk all of it for the first row that the filter takes, were it not for the count
        StringBuilder sql = new($"SELECT {Bound("min")}, {Bound("max")}, {(query.Where is null ? "NULL" : "count(*)")} FROM {dialect.Quote(query.Table)}");
        SqlSelect.Where(sql, dialect, schema, $"Table '{query.Table}'", query.Where, parameters);
        SqlStatement statement = new(sql.ToString()) { Parameters = parameters, Columns = [column, column, new("n", new(PortableKind.Int64))] };
        object?[] found = await transaction.RunAsync(write: false, query.Table, async () =>
        {
            await using SqlRowReader rows = await adapter.OpenReaderAsync(transaction.Connection, transaction.Inner, null, statement, cancel).ConfigureAwait(false);
            _ = await rows.ReadAsync(cancel).ConfigureAwait(false);
            return Enumerable.Range(0, 3).Select(i => rows.IsDBNull(i) ? null : rows.GetValue(i)).ToArray();
        }, cancel).ConfigureAwait(false);
        if (found is not [{ } least, { } greatest, var count])
        {
            return [];
        }

        if (!asked.IsAsked && (count is not null || schema.RowEstimate is null))
        {
            // a table that nobody has counted hardly has more rows than its key has values
            BigInteger rows = count is long counted ? counted : SqlSparkRanges.Width(least, greatest);
            most = (int)BigInteger.Min(most, rows / LeastRows);
        }

        return SqlSparkRanges.Make(dialect, dialect.Quote(Name), column, least, greatest, most);

        // what lies beyond our calendar, such as infinity, is in an outer range wherever that begins
        string Bound(string function) => SqlSparkRanges.Calendar(column.Type.Kind) is var (first, last)
            ? $"LEAST(GREATEST({function}({name}), {dialect.Literal(first, null)}), {dialect.Literal(last, null)})"
            : $"{function}({name})";
    }
}
