namespace DbConductor.Sql;

/// <summary>Counts each row into the content of a batch as it passes.</summary>
internal sealed class CountedRows(ConvertingRows rows, BatchContent content) : ForwardingRows(rows)
{
    // text is read twice, to be counted and to be sent, and making it is what costs
    private readonly string?[] _texts = new string?[rows.Columns.Count];

    public override bool Read() => Counted(Source.Read());

    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Task<bool> read = Source.ReadAsync(cancellationToken);
        if (read.IsCompletedSuccessfully)
        {
            _ = Counted(read.Result);
            return read;
        }

        return SlowAsync(read);

        async Task<bool> SlowAsync(Task<bool> pending) => Counted(await pending.ConfigureAwait(false));
    }

    public override string GetString(int ordinal) => _texts[ordinal] ??= Source.GetString(ordinal);

    public override ReadOnlySpan<char> GetText(int ordinal) => GetString(ordinal);

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
