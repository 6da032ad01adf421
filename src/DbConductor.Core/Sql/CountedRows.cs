namespace DbConductor.Sql;

/// <summary>Counts each row into the content of a batch as it passes.</summary>
internal sealed class CountedRows(ConvertingRows rows, BatchContent content) : RowReader
{
    // text is read twice, to be counted and to be sent, and making it is what costs
    private readonly string?[] _texts = new string?[rows.Columns.Count];

    public override IReadOnlyList<Column> Columns => rows.Columns;

    public override bool FedByCaller => rows.FedByCaller;

    public override bool HasMissing => rows.HasMissing;

    public override bool Read() => Counted(rows.Read());

    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Task<bool> read = rows.ReadAsync(cancellationToken);
        if (read.IsCompletedSuccessfully)
        {
            _ = Counted(read.Result);
            return read;
        }

        return SlowAsync(read);

        async Task<bool> SlowAsync(Task<bool> pending) => Counted(await pending.ConfigureAwait(false));
    }

    public override bool NextResult() => rows.NextResult();

    public override Task<bool> NextResultAsync(CancellationToken cancellationToken) => rows.NextResultAsync(cancellationToken);

    public override object GetValue(int ordinal) => rows.GetValue(ordinal);

    public override bool IsDBNull(int ordinal) => rows.IsDBNull(ordinal);

    public override bool IsMissing(int ordinal) => rows.IsMissing(ordinal);

    public override bool GetBoolean(int ordinal) => rows.GetBoolean(ordinal);

    public override short GetInt16(int ordinal) => rows.GetInt16(ordinal);

    public override int GetInt32(int ordinal) => rows.GetInt32(ordinal);

    public override long GetInt64(int ordinal) => rows.GetInt64(ordinal);

    public override float GetFloat(int ordinal) => rows.GetFloat(ordinal);

    public override double GetDouble(int ordinal) => rows.GetDouble(ordinal);

    public override decimal GetDecimal(int ordinal) => rows.GetDecimal(ordinal);

    public override string GetString(int ordinal) => _texts[ordinal] ??= rows.GetString(ordinal);

    public override DateTime GetDateTime(int ordinal) => rows.GetDateTime(ordinal);

    public override Guid GetGuid(int ordinal) => rows.GetGuid(ordinal);

    public override T GetFieldValue<T>(int ordinal) => rows.GetFieldValue<T>(ordinal);

    private bool Counted(bool read)
    {
        if (read)
        {
            Array.Clear(_texts);
            content.Add(this);
        }

        return read;
    }
}
