using System.Data.Common;

namespace DbConductor.Benchmarks;

/// <summary>A bare read of every cell, and what else is the same over every driver of a SQL database.</summary>
internal static class RawRead
{
    /// <summary>Runs a statement on a connection of its own.</summary>
    public static void Execute(DbConnection own, string sql)
    {
        using DbConnection connection = own;
        using DbCommand command = Open(connection, sql);
        command.ExecuteNonQuery();
    }

    /// <summary>Reads the benchmark's table on a connection of its own.</summary>
    public static long All(DbConnection own)
    {
        using DbConnection connection = own;
        using DbCommand command = Open(connection, "SELECT * FROM bench");
        using DbDataReader reader = command.ExecuteReader();
        long rows = 0;
        while (reader.Read())
        {
            Touch(reader);
            rows++;
        }

        return rows;
    }

    private static DbCommand Open(DbConnection connection, string sql)
    {
        connection.Open();
        DbCommand command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 0);
        return command;
    }

    public static void Touch(DbDataReader reader)
    {
        reader.GetInt64(0);
        reader.GetInt32(1);
        reader.GetDecimal(2);
        reader.GetDouble(3);
        reader.GetString(4);
        if (!reader.IsDBNull(5))
        {
            reader.GetString(5);
        }

        reader.GetDateTime(6);
        reader.GetFieldValue<DateOnly>(7);
        reader.GetBoolean(8);
        reader.GetString(9);
    }
}
