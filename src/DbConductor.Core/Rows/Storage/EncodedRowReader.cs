namespace DbConductor;

/// <summary>A reader over rows that are kept as bytes: what goes from file to file or waits in memory is decoded only where a cell is asked for.</summary>
public abstract class EncodedRowReader : RowReader
{
    private protected EncodedRowReader()
    {
    }

    /// <summary>The row on which the reader stands.</summary>
    internal EncodedRow Current { get; } = new();

    /// <inheritdoc/>
    public override bool IsMissing(int ordinal) => Current.Tag(ordinal) == CellTag.Missing;

    /// <inheritdoc/>
    public override bool IsDBNull(int ordinal) => Current.Tag(ordinal) is CellTag.Null or CellTag.Missing;

    /// <inheritdoc/>
    public override object GetValue(int ordinal) => Current.GetValue(ordinal);

    /// <inheritdoc/>
    public override T GetFieldValue<T>(int ordinal)
    {
        // the comparisons of types are settled when the method is compiled for T, and the casts then box nothing
        if (typeof(T) == typeof(int))
        {
            return (T)(object)GetInt32(ordinal);
        }

        if (typeof(T) == typeof(long))
        {
            return (T)(object)GetInt64(ordinal);
        }

        if (typeof(T) == typeof(double))
        {
            return (T)(object)GetDouble(ordinal);
        }

        if (typeof(T) == typeof(decimal))
        {
            return (T)(object)GetDecimal(ordinal);
        }

        if (typeof(T) == typeof(DateTime))
        {
            return (T)(object)GetDateTime(ordinal);
        }

        if (typeof(T) == typeof(DateOnly))
        {
            return (T)(object)Current.GetDate(ordinal);
        }

        if (typeof(T) == typeof(TimeOnly))
        {
            return (T)(object)Current.GetTime(ordinal);
        }

        if (typeof(T) == typeof(DateTimeOffset))
        {
            return (T)(object)Current.GetDateTimeOffset(ordinal);
        }

        return typeof(T) == typeof(TimeSpan) ? (T)(object)Current.GetTimeSpan(ordinal) : (T)GetValue(ordinal);
    }

    /// <inheritdoc/>
    public override short GetInt16(int ordinal) => (short)Current.GetInteger(ordinal, CellTag.Int16);

    /// <inheritdoc/>
    public override int GetInt32(int ordinal) => (int)Current.GetInteger(ordinal, CellTag.Int32);

    /// <inheritdoc/>
    public override long GetInt64(int ordinal) => Current.GetInteger(ordinal, CellTag.Int64);

    /// <inheritdoc/>
    public override decimal GetDecimal(int ordinal) => Current.GetDecimal(ordinal);

    /// <inheritdoc/>
    public override float GetFloat(int ordinal) => Current.GetSingle(ordinal);

    /// <inheritdoc/>
    public override double GetDouble(int ordinal) => Current.GetDouble(ordinal);

    /// <inheritdoc/>
    public override string GetString(int ordinal) => Current.GetString(ordinal);

    /// <inheritdoc/>
    public override DateTime GetDateTime(int ordinal) => Current.GetDateTime(ordinal);

    /// <inheritdoc/>
    public override Guid GetGuid(int ordinal) => Current.GetGuid(ordinal);
}
