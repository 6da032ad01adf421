using DbConductor.Spark;

namespace DbConductor.Sql;

/// <summary>Spark's source for SQL databases.</summary>
public static class SqlSparkConnector
{
    /// <summary>The option of <see cref="SparkRead"/> that has the query.</summary>
    public const string Query = "dbtable";

    /// <summary>A JDBC driver.</summary>
    /// <param name="driver">Its class.</param>
    /// <param name="package">Its Maven coordinates, with the version that was tested.</param>
    /// <param name="jar">Its file.</param>
    public static SparkConnector Jdbc(string driver, string package, string jar) => new("JDBC", "jdbc", driver, package, jar);
}
