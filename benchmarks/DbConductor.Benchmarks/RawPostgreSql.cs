using Npgsql;
using NpgsqlTypes;

namespace DbConductor.Benchmarks;

/// <summary>What a careful programmer writes by hand over Npgsql: one binary importer, typed writes.</summary>
public static class RawPostgreSql
{
    /// <summary>The benchmark's table.</summary>
    private const string Create =
        "DROP TABLE IF EXISTS bench; CREATE TABLE bench (id bigint, quantity integer, price numeric(12,2), weight double precision, city text, comment text, " +
        "created timestamp, due date, paid boolean, status text)";

    /// <summary>The COPY statement.</summary>
    public const string Copy = "COPY bench (id, quantity, price, weight, city, comment, created, due, paid, status) FROM STDIN (FORMAT BINARY)";

    /// <summary>An empty table.</summary>
    public static void Reset(string connectionString) => RawRead.Execute(new NpgsqlConnection(connectionString), Create);

    public static long Load(string connectionString, RowReader rows)
    {
        using NpgsqlConnection connection = new(connectionString);
        connection.Open();
        using NpgsqlBinaryImporter importer = connection.BeginBinaryImport(Copy);
        while (rows.Read())
        {
            importer.StartRow();
            importer.Write(rows.GetInt64(0), NpgsqlDbType.Bigint);
            importer.Write(rows.GetInt32(1), NpgsqlDbType.Integer);
            importer.Write(rows.GetDecimal(2), NpgsqlDbType.Numeric);
            importer.Write(rows.GetDouble(3), NpgsqlDbType.Double);
            importer.Write(rows.GetString(4), NpgsqlDbType.Text);
            if (rows.IsDBNull(5))
            {
                importer.WriteNull();
            }
            else
            {
                importer.Write(rows.GetString(5), NpgsqlDbType.Text);
            }

            importer.Write(rows.GetDateTime(6), NpgsqlDbType.Timestamp);
            importer.Write(rows.GetFieldValue<DateOnly>(7), NpgsqlDbType.Date);
            importer.Write(rows.GetBoolean(8), NpgsqlDbType.Boolean);
            importer.Write(rows.GetString(9), NpgsqlDbType.Text);
        }

        return (long)importer.Complete();
    }

    public static long Read(string connectionString) => RawRead.All(new NpgsqlConnection(connectionString));
}
