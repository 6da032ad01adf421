using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>A table that Spark reads itself.</summary>
internal static class JdbcSide
{
    /// <summary>The side; null where Spark cannot read it, with the reason.</summary>
    /// <param name="input">The side.</param>
    /// <param name="jobs">The driver.</param>
    /// <param name="log">The driver's log, into which no secret of the session gets.</param>
    /// <param name="decimalsAsText">Whether decimals stay texts; else they are numbers, to calculate with.</param>
    /// <param name="cancel">Cancels.</param>
    internal static async Task<(Side? Side, string? Refusal, string? Warning)> TryAsync(JoinInput input, SparkJobs jobs, BackendLog log, bool decimalsAsText, CancellationToken cancel)
    {
        // a stash's checksum is only known to hold by reading it here, and a transaction's own rows are seen within it alone
        if (input is not { Source: IDbAdapter and ISparkSource source, Query: { } query, Columns: null, Refusal: null })
        {
            return (null, null, null);
        }

        SparkRead read = await source.DescribeReadAsync(query, cancel).ConfigureAwait(false);
        if (read.Refusal is not null)
        {
            return (null, read.Refusal, null);
        }

        SideColumn[] columns = [.. read.Columns.Select(c => new SideColumn(c.Column, TypeOf(c.Column.Type, decimalsAsText)))];
        if (!decimalsAsText && columns.FirstOrDefault(c => c.IsDecimalText) is { } anyLength)
        {
            return (null, $"its column '{anyLength.Column.Name}' has decimals of any length, for which the longest one must be known", null);
        }

        SparkConnection connection = read.Connection!;
        if (!await Task.Run(() => jobs.CanLoad(connection.Driver), cancel).ConfigureAwait(false))
        {
            return (null, "the session has no JDBC driver for it",
                $"Spark has no JDBC driver to read {input.Description} itself, so its rows go through this process. Start the session with -Package {connection.Package}:VERSION or -Jar and its file.");
        }

        log.Hide(connection.Profile);
        string[] made = [.. columns.Select((c, i) => $"{(read.Columns[i].IsText ? c.FromText(Side.Name(i)) : $"CAST({Side.Name(i)} AS {c.Spark})")} AS {Side.Name(i)}")];
        return (new(columns, Open, $"{input.Description} by JDBC"), null, null);

        DataFrame Open(SparkSession spark)
        {
            DataFrameReader reader = spark.Read().Format("jdbc").Option("url", connection.Url).Option("driver", connection.Driver).Option("dbtable", $"({read.Query}) dbconductor_side")
                .Option("pushDownPredicate", false);
            foreach ((string key, string value) in connection.Options)
            {
                reader = reader.Option(key, value);
            }

            return reader.Load().SelectExpr(made);
        }
    }

    private static string TypeOf(PortableType type, bool decimalsAsText) => (type.Kind, type.Precision) switch
    {
        (PortableKind.Decimal, { } precision) when !decimalsAsText => SideColumn.TypeOf(PortableKind.Decimal, precision - (type.Scale ?? 0), type.Scale ?? 0),
        (PortableKind.Decimal, _) => SideColumn.Text,
        _ => SideColumn.TypeOf(type.Kind),
    };
}
