using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>Groups of a frame's rows, of which aggregates make a row each.</summary>
public sealed class DbGroupedFrame
{
    private readonly DbDataFrame _frame;
    private readonly SparkExpression[] _keys;

    internal DbGroupedFrame(DbDataFrame frame, SparkExpression[] keys) => (_frame, _keys) = (frame, keys);

    /// <summary>The keys and aggregates of each group: <c>@{ delay = 'avg(arr_delay)' }</c>, <c>'count(*) AS n'</c>.</summary>
    public DbDataFrame Agg(params object[] aggregates) => _frame.Next((frame, cancel) => frame.GroupAsync(_keys, DbDataFrame.Expressions(aggregates, nameof(Agg)), cancel));

    /// <summary>The keys of each group and the number of its rows, as <c>count</c>.</summary>
    public DbDataFrame Count() => Agg("count(*) AS count");
}
