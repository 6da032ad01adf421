using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>A side of a call, and how Spark reads it itself where it can.</summary>
internal sealed class SourceSide
{
    private readonly SparkRead? _read;
    private readonly SideColumn[] _columns = [];
    private readonly Side? _frame;

    private SourceSide(JoinInput input, string? refusal) => (Input, Refusal) = (input, refusal);

    private SourceSide(JoinInput input, Side frame) => (Input, _frame) = (input, frame);

    private SourceSide(JoinInput input, SparkRead read, SideColumn[] columns) => (Input, _read, _columns) = (input, read, columns);

    /// <summary>The side.</summary>
    internal JoinInput Input { get; }

    /// <summary>Whether Spark reads it itself, or has it already.</summary>
    internal bool IsRead => _read is not null || _frame is not null;

    /// <summary>Why Spark cannot read it itself, as a clause; null where it can, and where there is nothing to be said.</summary>
    internal string? Refusal { get; }

    /// <summary>Says how Spark reads a side.</summary>
    /// <param name="input">The side.</param>
    /// <param name="jobs">The driver.</param>
    /// <param name="decimalsAsText">Whether decimals stay texts; else they are numbers, to calculate with.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.DriverMissing"/>: the session was started without the connector; and as by <see cref="ISparkSource.DescribeReadAsync"/>.</exception>
    internal static async Task<SourceSide> DescribeAsync(JoinInput input, SparkJobs jobs, bool decimalsAsText, CancellationToken cancel)
    {
        if (input.Frame is LiveFrame frame)
        {
            return new(input, frame.ToSide());
        }

        // a stash's checksum is only known to hold by reading it here, and a transaction's own rows are seen within it alone
        if (input is not { Source: IDbAdapter and ISparkSource source, Query: { } query, Columns: null, Refusal: null })
        {
            return new(input, input.Files is { Where: not null, NeedsSpark: false } ? FileSide.Filtered : null);
        }

        SparkRead read = await source.DescribeReadAsync(query, input.Partitioning, cancel).ConfigureAwait(false);
        if (read.Refusal is not null)
        {
            return new(input, read.Refusal);
        }

        SideColumn[] columns = [.. read.Columns.Select(c => new SideColumn(c.Column, TypeOf(c.Column.Type, decimalsAsText)))];
        if (!decimalsAsText && columns.FirstOrDefault(c => c.IsDecimalText) is { } anyLength)
        {
            return new(input, $"its column '{anyLength.Column.Name}' has decimals of any length, for which the longest one must be known");
        }

        SparkConnector connector = read.Connection!.Connector;
        return await Task.Run(() => jobs.CanLoad(connector.ClassName), cancel).ConfigureAwait(false) ? new(input, read, columns) : throw new DbConductorException(
            DbErrorKind.DriverMissing,
            $"Spark reads {input.Description} by {connector.Way}, and its session has no {connector.ClassName}. Start it with -Package {connector.Package}, or with -Jar and {connector.Jar}: "
            + "Stop-SparkSession, then Start-SparkSession. A profile named spark keeps either, as its option package or jar.")
        { Target = "Spark" };
    }

    /// <summary>The side as Spark reads it itself, which it must.</summary>
    /// <param name="jobs">The driver.</param>
    /// <param name="log">Its log, into which no secret of the session gets.</param>
    /// <param name="cancel">Cancels.</param>
    internal async Task<Side> OpenAsync(SparkJobs jobs, BackendLog log, CancellationToken cancel)
    {
        if (_frame is not null)
        {
            return _frame;
        }

        SparkRead read = _read!;
        SparkConnection connection = read.Connection!;
        log.Hide(connection.Profile);
        SparkSplit? split = read.SplitAsync is null ? null : await read.SplitAsync(await Task.Run(() => jobs.Parallelism, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
        string[] made = [.. _columns.Select((c, i) =>
            $"{read.Columns[i].Expression ?? (read.Columns[i].IsText ? c.FromText(Side.Name(i)) : $"CAST({Side.Name(i)} AS {c.Spark})")} AS {Side.Name(i)}")];
        return new(_columns, OpenFrame, $"{Input.Description} by {connection.Connector.Way}{(split is null ? "" : $" in {split.Predicates.Count} partitions of {split.Column}")}")
        {
            Query = string.Join("; ", read.Options.Select(o => $"{o.Key}={o.Value}")),
            Hold = split,
            Warnings = (split?.Warning ?? read.Warning) is { } warning ? [warning] : [],
        };

        DataFrame OpenFrame(SparkSession spark)
        {
            DataFrameReader reader = spark.Read().Format(connection.Connector.Format);
            Dictionary<string, string> options = new(connection.Options);
            foreach ((string key, string value) in read.Options.Concat(split?.Options ?? new Dictionary<string, string>()))
            {
                options[key] = value;
            }

            // as options, since what fails tells its arguments, and these do not fail
            foreach ((string key, string value) in options)
            {
                reader = reader.Option(key, value);
            }

            reader = read.Schema is null ? reader : reader.Schema(read.Schema);
            return (split is null ? reader.Load() : reader.Jdbc(options["url"], options["dbtable"], split.Predicates, [])).SelectExpr(made);
        }
    }

    private static string TypeOf(PortableType type, bool decimalsAsText) => (type.Kind, type.Precision) switch
    {
        (PortableKind.Decimal, { } precision) when !decimalsAsText => SideColumn.TypeOf(PortableKind.Decimal, precision - (type.Scale ?? 0), type.Scale ?? 0),
        (PortableKind.Decimal, _) => SideColumn.Text,
        _ => SideColumn.TypeOf(type.Kind),
    };
}
