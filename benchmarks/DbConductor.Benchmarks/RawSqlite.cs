using Microsoft.Data.Sqlite;

namespace DbConductor.Benchmarks;

/// <summary>What a careful programmer writes by hand over Microsoft.Data.Sqlite: one prepared command, one transaction.</summary>
public static class RawSqlite
{
    /// <summary>The benchmark's table, with the declared types that our adapter gives it.</summary>
    private const string Create =
        "DROP TABLE IF EXISTS bench; CREATE TABLE bench (id BIGINT, quantity INT32, price DECIMAL_TEXT(12,2), weight DOUBLE, city TEXT, comment TEXT, " +
        "created DATETIME, due DATE, paid BOOLEAN, status TEXT)";

    private const string Insert = "INSERT INTO bench VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9)";

    /// <summary>An empty table.</summary>
    public static void Reset(string connectionString) => RawRead.Execute(new SqliteConnection(connectionString), "PRAGMA journal_mode=WAL; " + Create);

    /// <summary>A prepared insert in an open transaction.</summary>
    public static (SqliteCommand Command, SqliteParameter[] Parameters) Prepare(SqliteConnection connection, SqliteTransaction transaction)
    {
        SqliteCommand command = new(Insert, connection, transaction);
        SqliteParameter[] parameters = new SqliteParameter[10];
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i] = command.CreateParameter();
            parameters[i].ParameterName = "$" + i;
            command.Parameters.Add(parameters[i]);
        }

        return (command, parameters);
    }

    public static long Load(string connectionString, RowReader rows)
    {
        using SqliteConnection connection = new(connectionString);
        connection.Open();
        using SqliteTransaction transaction = connection.BeginTransaction();
        (SqliteCommand command, SqliteParameter[] p) = Prepare(connection, transaction);
        using SqliteCommand insert = command;
        long count = 0;
        while (rows.Read())
        {
            p[0].Value = rows.GetInt64(0);
            p[1].Value = rows.GetInt32(1);
            p[2].Value = rows.GetDecimal(2);
            p[3].Value = rows.GetDouble(3);
            p[4].Value = rows.GetString(4);
            p[5].Value = rows.IsDBNull(5) ? DBNull.Value : rows.GetString(5);
            p[6].Value = rows.GetDateTime(6);
            p[7].Value = rows.GetFieldValue<DateOnly>(7);
            p[8].Value = rows.GetBoolean(8);
            p[9].Value = rows.GetString(9);
            insert.ExecuteNonQuery();
            count++;
        }

        transaction.Commit();
        return count;
    }

    public static long Read(string connectionString) => RawRead.All(new SqliteConnection(connectionString));
}
