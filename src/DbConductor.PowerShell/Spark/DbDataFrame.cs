using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>
/// A handle of rows in Spark, from New-SparkDataFrame. Its methods give further handles and run nothing; what asks for rows (Count, Show, Take, a join, a query) runs, each
/// time anew. Expressions are Spark's SQL; a column's name stands for the column whatever characters are in it. It can be a side of a join, a view of a query, and be piped
/// to what takes rows. It ends with Dispose, with its session, or when nobody has it any more.
/// </summary>
public sealed class DbDataFrame : IDisposable
{
    internal DbDataFrame(ISparkFrame frame)
    {
        Inner = frame;

        // an array: PowerShell cannot index the compiler's own read-only lists
        Columns = frame.Columns.Select(c => new DbDataFrameColumn(c)).ToArray();
    }

    /// <summary>The columns.</summary>
    public IReadOnlyList<DbDataFrameColumn> Columns { get; }

    /// <summary><c>Ready</c>, or <c>Ended</c> where it was disposed or its session has ended.</summary>
    public string State => Inner.IsAlive ? "Ready" : "Ended";

    /// <summary>The name by which Invoke-SparkSql sees it; null for none.</summary>
    public string? View => Inner.View;

    /// <summary>The number of rows, where they were made already; null where they are made when they are asked for.</summary>
    public long? Rows => Inner.RowCount;

    /// <summary>What it reads and how that comes to Spark.</summary>
    public string Source => Inner.How;

    internal ISparkFrame Inner { get; }

    /// <summary>Other columns: names, expressions, <c>*</c>, and <c>@{ New = 'expression' }</c>.</summary>
    public DbDataFrame Select(params object[] columns) => Next((frame, cancel) => frame.SelectAsync(Expressions(columns, nameof(Select)), cancel));

    /// <summary>The rows for which a condition holds: <c>'dep_delay &gt; 30'</c>.</summary>
    public DbDataFrame Filter(object condition) => Next((frame, cancel) => frame.FilterAsync(Text(condition, nameof(Filter)), cancel));

    /// <summary>Groups of rows that have the same keys, of which <c>Agg</c> makes a row each: names, expressions, and <c>@{ New = 'expression' }</c>.</summary>
    public DbGroupedFrame GroupBy(params object[] keys) => new(this, Expressions(keys, nameof(GroupBy)));

    /// <summary>One row of all: <c>@{ delay = 'avg(arr_delay)' }</c>.</summary>
    public DbDataFrame Agg(params object[] aggregates) => GroupBy().Agg(aggregates);

    /// <summary>The rows in an order: names, expressions, and <c>@{ name = 'Descending' }</c>.</summary>
    public DbDataFrame OrderBy(params object[] keys) => Next((frame, cancel) => frame.SortAsync(ColumnArguments.Sorting(keys), cancel));

    /// <summary>Each row once.</summary>
    public DbDataFrame Distinct() => Next((frame, cancel) => frame.DistinctAsync(cancel));

    /// <summary>So many rows at most, as a handle.</summary>
    public DbDataFrame Limit(int rows) => Next((frame, cancel) => frame.LimitAsync(rows, cancel));

    /// <summary>An inner join: <c>Join($airports, @{ dest = 'faa' })</c>.</summary>
    public DbDataFrame Join(DbDataFrame right, object on) => Join(right, on, "Inner");

    /// <summary>A join with another frame of the same session, with the words of Invoke-SparkJoin.</summary>
    public DbDataFrame Join(DbDataFrame right, object on, string joinType) => Join(right, on, joinType, "_right");

    /// <summary>A join whose right columns get a suffix where the left side has their name too.</summary>
    public DbDataFrame Join(DbDataFrame right, object on, string joinType, string suffix)
    {
        ArgumentNullException.ThrowIfNull(right);
        JoinSpec spec = new(JoinArguments.On(PSObjects.Bare(on) as object[] ?? [on]))
        {
            Type = Enum.TryParse(joinType, ignoreCase: true, out JoinType type) ? type : throw Invalid($"Join has no type '{joinType}'. There are: {string.Join(", ", Enum.GetNames<JoinType>())}."),
            Suffix = suffix,
        };
        return Next((frame, cancel) => frame.JoinAsync(right.Inner, spec, cancel));
    }

    /// <summary>Has Spark keep the rows once they are made, until this handle is disposed.</summary>
    public DbDataFrame Cache() => FrameCall.Run($"Cache {Inner.Description}", call =>
    {
        _ = call.Wait(async (_, cancel) =>
        {
            await Inner.CacheAsync(cancel).ConfigureAwait(false);
            return true;
        });
        return this;
    });

    /// <summary>Counts the rows.</summary>
    public long Count() => FrameCall.Run($"Count {Inner.Description}", call => call.Wait(Inner.CountAsync));

    /// <summary>The first row; null where there is none.</summary>
    public object? First() => Take(1).FirstOrDefault();

    /// <summary>The first rows as objects.</summary>
    public object?[] Take(int rows) => FrameCall.Run($"Take {rows} rows of {Inner.Description}", call => call.Rows(call.Wait(async (work, cancel) =>
    {
        using ISparkFrame some = await Inner.LimitAsync(rows, cancel).ConfigureAwait(false);
        return await some.ReadAsync(work, cancel).ConfigureAwait(false);
    })));

    /// <summary>The first 20 rows, which PowerShell shows as a table.</summary>
    public object?[] Show() => Show(20);

    /// <summary>The first rows, which PowerShell shows as a table.</summary>
    public object?[] Show(int rows) => Take(rows);

    /// <summary>All rows as objects in memory.</summary>
    public object?[] Collect() => FrameCall.Run($"Collect {Inner.Description}", call => call.Rows(call.Wait(Inner.ReadAsync)));

    /// <summary>Spark's plan. It can quote what filters ask for.</summary>
    public string Explain() => FrameCall.Run($"Explain {Inner.Description}", call => call.Wait((_, cancel) => Inner.ExplainAsync(cancel)));

    /// <summary>Lets it go, with the file as which its rows were handed over, and with it the handles that were made of it.</summary>
    public void Dispose() => Inner.Dispose();

    /// <summary>What it reads.</summary>
    public override string ToString() => Source;

    /// <summary>Writes a frame's handle to the pipeline, and what the operator should know of it.</summary>
    internal static void Write(Cmdlet cmdlet, ISparkFrame frame)
    {
        foreach (string warning in frame.Warnings)
        {
            cmdlet.WriteWarning(warning);
        }

        cmdlet.WriteObject(new DbDataFrame(frame));
    }

    internal DbDataFrame Next(Func<ISparkFrame, CancellationToken, Task<ISparkFrame>> step) => FrameCall.Run(Inner.Description, call => new DbDataFrame(call.Wait((_, cancel) => step(Inner, cancel))));

    /// <summary>Reads names, expressions, and <c>@{ New = 'expression' }</c>; a hashtable that is not ordered has no order, so its names are sorted.</summary>
    internal static SparkExpression[] Expressions(object[] given, string method) =>
    [
        .. given.SelectMany(item => PSObjects.Bare(item) switch
        {
            IOrderedDictionary ordered => Named((IDictionary)ordered, method),
            IDictionary map => Named(map, method).OrderBy(e => e.Name, StringComparer.Ordinal),
            object text => [new(Text(text, method))],
        }),
    ];

    private static IEnumerable<SparkExpression> Named(IDictionary map, string method) =>
        map.Cast<DictionaryEntry>().Select(entry => new SparkExpression(Text(entry.Value, method), Text(entry.Key, method)));

    private static string Text(object? given, string method) => PSObjects.Bare(given) is string { Length: > 0 } text
        ? text : throw Invalid($"{method} takes texts: names of columns, or expressions of Spark's SQL such as 'dep_delay > 30'.");

    private static DbConductorException Invalid(string message) => new(DbErrorKind.InvalidArgument, message);
}

/// <summary>A column of a frame.</summary>
public sealed class DbDataFrameColumn
{
    internal DbDataFrameColumn(Column column) => (Name, Type) = (column.Name, column.Type.ToString());

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The portable type.</summary>
    public string Type { get; }

    /// <summary>Name and type.</summary>
    public override string ToString() => $"{Name} {Type}";
}
