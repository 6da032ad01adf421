using System.Data.Common;

namespace DbConductor.Benchmarks;

/// <summary>A bare read of every cell of a row.</summary>
internal static class RawRead
{
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
