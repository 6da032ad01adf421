using MySqlConnector;

namespace DbConductor.Benchmarks;

/// <summary>What a careful programmer writes by hand over MySqlConnector: its own bulk copy, fed with the reader.</summary>
public static class RawMySql
{
    private const string Database = "dbconductor_bench";

    /// <summary>The benchmark's table.</summary>
    private const string Create =
        "DROP TABLE IF EXISTS bench; CREATE TABLE bench (id bigint, quantity int, price decimal(12,2), weight double, city longtext, comment longtext, " +
        "created datetime(6), due date, paid tinyint(1), status longtext) CHARACTER SET utf8mb4";

    /// <summary>A server's connection string with the benchmark's database, which is made.</summary>
    public static string In(string server)
    {
        RawRead.Execute(new MySqlConnection(server), $"CREATE DATABASE IF NOT EXISTS {Database}");
        return $"{server};Database={Database};AllowLoadLocalInfile=true";
    }

    /// <summary>An empty table.</summary>
    public static void Reset(string connectionString) => RawRead.Execute(new MySqlConnection(connectionString), Create);

    public static long Load(string connectionString, RowReader rows)
    {
        using MySqlConnection connection = new(connectionString);
        connection.Open();
        MySqlBulkCopy copy = new(connection) { DestinationTableName = "bench", BulkCopyTimeout = 0 };
        return copy.WriteToServer(rows).RowsInserted;
    }

    public static long Read(string connectionString) => RawRead.All(new MySqlConnection(connectionString));
}
