using DbConductor.Spark;

namespace DbConductor.Tests.Spark;

/// <summary>What tests ask of a session again and again.</summary>
internal static class SparkCalls
{
    /// <summary>A query over one view, which it calls <c>v</c>.</summary>
    public static Task<SparkResult> QueryAsync(this ISparkSession session, JoinInput view, string query = "select * from v") =>
        session.RunAsync(new SparkQuery(new Dictionary<string, JoinInput> { ["v"] = view }, query), new SparkCall("test"), default);

    /// <summary>Those rows of a side whose id another side has.</summary>
    public static Task<SparkResult> SemiJoinAsync(this ISparkSession session, JoinInput side, JoinInput ids) =>
        session.RunAsync(new SparkJoin(side, ids, new([new("id", "id")]) { Type = JoinType.Semi }), new SparkCall("test"), default);
}
