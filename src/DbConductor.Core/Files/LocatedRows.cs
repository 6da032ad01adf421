namespace DbConductor.Files;

/// <summary>Rows made of those of files, whose errors say in which line of which file they are.</summary>
internal sealed class LocatedRows(RowReader rows, FileSequence files) : ForwardingRows(rows)
{
    protected override RowReader Owned => Source;

    public override bool MayAppendColumns => Source.MayAppendColumns;

    public override DbConductorException? RowProblem => files.RowProblem;

    public override string? RowText => files.RowText;

    public override bool IsDBNull(int ordinal) => Get(ordinal, static (source, i) => source.IsDBNull(i));

    public override object GetValue(int ordinal) => Get(ordinal, static (source, i) => source.GetValue(i));

    public override T GetFieldValue<T>(int ordinal) => Get(ordinal, static (source, i) => source.GetFieldValue<T>(i));

    public override bool GetBoolean(int ordinal) => Get(ordinal, static (source, i) => source.GetBoolean(i));

    public override short GetInt16(int ordinal) => Get(ordinal, static (source, i) => source.GetInt16(i));

    public override int GetInt32(int ordinal) => Get(ordinal, static (source, i) => source.GetInt32(i));

    public override long GetInt64(int ordinal) => Get(ordinal, static (source, i) => source.GetInt64(i));

    public override decimal GetDecimal(int ordinal) => Get(ordinal, static (source, i) => source.GetDecimal(i));

    public override float GetFloat(int ordinal) => Get(ordinal, static (source, i) => source.GetFloat(i));

    public override double GetDouble(int ordinal) => Get(ordinal, static (source, i) => source.GetDouble(i));

    public override string GetString(int ordinal) => Get(ordinal, static (source, i) => source.GetString(i));

    public override DateTime GetDateTime(int ordinal) => Get(ordinal, static (source, i) => source.GetDateTime(i));

    public override Guid GetGuid(int ordinal) => Get(ordinal, static (source, i) => source.GetGuid(i));

    private T Get<T>(int ordinal, Func<RowReader, int, T> get)
    {
        try
        {
            return get(Source, ordinal);
        }
        catch (DbConductorException error) when (error is { Row: not null, Target: null })
        {
            throw error.With($"{error.Message} (It is {files.Place}.)", error);
        }
    }
}
