using Microsoft.Spark;
using Microsoft.Spark.Interop.Ipc;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>Queries of Spark SQL.</summary>
internal static class QueryPlan
{
    /// <summary>A query over views, which no other call sees.</summary>
    internal static TypedFrame Make(SparkSession spark, IEnumerable<(string Name, Side Side)> views, string query)
    {
        SparkSession own = spark.NewSession();
        foreach ((string name, Side side) in views)
        {
            side.Open(own).ToDF([.. side.Columns.Select(c => c.Column.Name)]).CreateOrReplaceTempView(name);
        }

        RefuseStatement(own, query);
        TypedFrame made = TypedFrame.Of(own.Sql(query));
        return made.Columns.Count > 0
            ? made
            : throw new DbConductorException(DbErrorKind.InvalidArgument, "The query gives no columns. -Query takes a query, such as a SELECT.");
    }

    // Spark does what is no query at once, before any row is asked for, and so also where only the plan is
    private static void RefuseStatement(SparkSession spark, string query)
    {
        JvmObjectReference parser = (JvmObjectReference)((JvmObjectReference)spark.Reference.Invoke("sessionState")).Invoke("sqlParser");
        string statement = (string)((JvmObjectReference)parser.Invoke("parsePlan", query)).Invoke("nodeName");
        if (new[] { "Show", "Describe", "Explain" }.Any(looks => statement.StartsWith(looks, StringComparison.Ordinal)))
        {
            return;
        }

        try
        {
            parser.Invoke("parseQuery", query);
        }
        catch (Exception e) when (e.InnerException is JvmException jvm && jvm.Message.Contains("ParseException", StringComparison.Ordinal))
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, $"-Query takes a query, such as a SELECT, and this is a statement of another kind ({statement}), which Spark would carry out at once. Write with -Into, and keep with -AsView.", e);
        }
    }

    /// <summary>A query over frames, which are told the names that it calls them by.</summary>
    internal static DataFrame Over(SparkSession spark, DataFrame[] frames, Func<string[], string> query)
    {
        // by views and SQL, not by Functions: that class keeps the driver that it was first used with, and this one may be another
        string[] names = [.. frames.Select(_ => $"dbconductor_{Guid.NewGuid():N}")];
        try
        {
            foreach ((string name, DataFrame frame) in names.Zip(frames))
            {
                frame.CreateOrReplaceTempView(name);
            }

            return spark.Sql(query(names));
        }
        finally
        {
            foreach (string name in names)
            {
                spark.Catalog.DropTempView(name);
            }
        }
    }
}
