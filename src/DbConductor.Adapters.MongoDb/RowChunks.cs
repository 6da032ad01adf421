namespace DbConductor.Adapters.MongoDb;

/// <summary>Gives the rows of an input a number at a time: each chunk is a row stream of its own, and the columns go on from one to the next.</summary>
internal sealed class RowChunks(DocumentInput rows, long? size)
{
    /// <summary>Whether the input has come to its end.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The next chunk; it ends after as many rows as one may have.</summary>
    public RowReader Next() => new Chunk(this);

    private sealed class Chunk(RowChunks chunks) : RowReader
    {
        private readonly DocumentInput _rows = chunks.Rows;
        private long _left = chunks.Size;
        private bool _full;

        public override IReadOnlyList<Column> Columns => _rows.Columns;

        public override bool FedByCaller => _rows.FedByCaller;

        public override bool HasMissing => _rows.HasMissing;

        public override bool IsMissing(int ordinal) => _rows.IsMissing(ordinal);

        public override bool Read() => ReadAsync(CancellationToken.None).GetAwaiter().GetResult();

        public override Task<bool> ReadAsync(CancellationToken cancellationToken)
        {
            _full = _left-- <= 0;
            return _full ? Task.FromResult(false) : _rows.ReadAsync(cancellationToken);
        }

        public override bool NextResult() => NextResultAsync(CancellationToken.None).GetAwaiter().GetResult();

        public override async Task<bool> NextResultAsync(CancellationToken cancellationToken)
        {
            if (_full)
            {
                return false;
            }

            // the row that was not there does not count
            _left++;
            bool more = await _rows.NextResultAsync(cancellationToken).ConfigureAwait(false);
            chunks.IsDone = !more;
            return more;
        }

        public override bool IsDBNull(int ordinal) => _rows.IsDBNull(ordinal);

        public override object GetValue(int ordinal) => _rows.GetValue(ordinal);

        public override T GetFieldValue<T>(int ordinal) => _rows.GetFieldValue<T>(ordinal);

        public override bool GetBoolean(int ordinal) => _rows.GetBoolean(ordinal);

        public override short GetInt16(int ordinal) => _rows.GetInt16(ordinal);

        public override int GetInt32(int ordinal) => _rows.GetInt32(ordinal);

        public override long GetInt64(int ordinal) => _rows.GetInt64(ordinal);

        public override decimal GetDecimal(int ordinal) => _rows.GetDecimal(ordinal);

        public override float GetFloat(int ordinal) => _rows.GetFloat(ordinal);

        public override double GetDouble(int ordinal) => _rows.GetDouble(ordinal);

        public override string GetString(int ordinal) => _rows.GetString(ordinal);

        public override DateTime GetDateTime(int ordinal) => _rows.GetDateTime(ordinal);

        public override Guid GetGuid(int ordinal) => _rows.GetGuid(ordinal);
    }

    private DocumentInput Rows => rows;

    private long Size => size ?? long.MaxValue;
}
