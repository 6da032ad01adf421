namespace DbConductor;

/// <summary>The first rows of a stream, with the union of their columns, and a stream that begins with them again.</summary>
public sealed class RowSample
{
    /// <summary>A sample of large values ends early rather than fill the memory.</summary>
    private const long MaxBytes = 8 << 20;

    private static readonly object Missing = new();

    private readonly RowReader _source;
    private readonly List<object?[]> _rows = [];
    private bool _ended;

    private RowSample(RowReader source) => _source = source;

    /// <summary>All columns that occur in the sample, in order of appearance.</summary>
    public IReadOnlyList<Column> Columns { get; private set; } = [];

    /// <summary>The number of rows in the sample.</summary>
    public int Count => _rows.Count;

    /// <summary>Reads the first rows.</summary>
    /// <param name="rows">The reader, before its first row.</param>
    /// <param name="count">How many rows at most.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public static async Task<RowSample> ReadAsync(RowReader rows, int count, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        RowSample sample = new(rows) { Columns = rows.Columns };
        RowWalker walker = new(rows);
        long bytes = 0;
        while (sample.Count < count && bytes < MaxBytes)
        {
            RowStep step = await walker.NextAsync(cancel).ConfigureAwait(false);
            if (step == RowStep.End)
            {
                sample._ended = true;
                break;
            }

            sample.Columns = rows.Columns;
            if (step == RowStep.Columns)
            {
                continue;
            }

            object?[] values = new object?[rows.Columns.Count];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = !rows.IsDBNull(i) ? ValueOrProblem(rows, i) : rows.IsMissing(i) ? Missing : null;
                bytes += values[i] switch { string text => text.Length * sizeof(char), byte[] binary => binary.Length, _ => 0 };
            }

            sample._rows.Add(values);
        }

        return sample;
    }

    // a value that cannot be read fails the row that has it, when that comes: it may be rejected
    private static object ValueOrProblem(RowReader rows, int ordinal)
    {
        try
        {
            return rows.GetValue(ordinal);
        }
        catch (DbConductorException e) when (Reject.IsOfRow(e.Kind))
        {
            return e;
        }
    }

    /// <summary>The values of a column, null where a row has null, lacks the field, or has what cannot be read.</summary>
    public IEnumerable<object?> Values(int ordinal)
    {
        foreach (object?[] row in _rows)
        {
            yield return ordinal < row.Length && row[ordinal] is var value && value != Missing && value is not DbConductorException ? value : null;
        }
    }

    /// <summary>
    /// The whole stream: the sample's rows, then what the source has yet to give. All columns of the sample are there from the first row on;
    /// a field whose column appeared later is missing. Owns the source; ask for it once.
    /// </summary>
    public RowReader Replay() => new SampleReplay(this);

    private sealed class SampleReplay(RowSample sample) : RowReader
    {
        private readonly RowReader _source = sample._source;
        private object?[]? _row;
        private int _next;

        protected override RowReader Owned => _source;

        public override IReadOnlyList<Column> Columns => _source.Columns;

        public override bool FedByCaller => _source.FedByCaller;

        public override bool MayAppendColumns => _source.MayAppendColumns;

        public override DbConductorException? RowProblem => _row is null ? _source.RowProblem : null;

        public override string? RowText => _row is null ? _source.RowText : null;

        public override long? RowCount => _source.RowCount;

        public override bool Read() => TakeSampled() || (!sample._ended && _source.Read());

        public override Task<bool> ReadAsync(CancellationToken cancellationToken) =>
            TakeSampled() ? Task.FromResult(true) : sample._ended ? Task.FromResult(false) : _source.ReadAsync(cancellationToken);

        public override bool NextResult() => !sample._ended && _source.NextResult();

        public override Task<bool> NextResultAsync(CancellationToken cancellationToken) =>
            sample._ended ? Task.FromResult(false) : _source.NextResultAsync(cancellationToken);

        public override bool IsMissing(int ordinal) => _row is { } row ? ordinal >= row.Length || row[ordinal] == Missing : _source.IsMissing(ordinal);

        public override bool HasMissing => _row is null ? _source.HasMissing : base.HasMissing;

        public override bool IsDBNull(int ordinal) =>
            _row is { } row ? ordinal >= row.Length || row[ordinal] is null || row[ordinal] == Missing : _source.IsDBNull(ordinal);

        public override object GetValue(int ordinal) =>
            _row is not { } row ? _source.GetValue(ordinal)
            : IsDBNull(ordinal) ? DBNull.Value
            : row[ordinal] is DbConductorException problem ? throw problem : row[ordinal]!;

        public override T GetFieldValue<T>(int ordinal) => _row is null ? _source.GetFieldValue<T>(ordinal) : (T)GetValue(ordinal);

        public override bool GetBoolean(int ordinal) => _row is null ? _source.GetBoolean(ordinal) : (bool)GetValue(ordinal);

        public override short GetInt16(int ordinal) => _row is null ? _source.GetInt16(ordinal) : (short)GetValue(ordinal);

        public override int GetInt32(int ordinal) => _row is null ? _source.GetInt32(ordinal) : (int)GetValue(ordinal);

        public override long GetInt64(int ordinal) => _row is null ? _source.GetInt64(ordinal) : (long)GetValue(ordinal);

        public override decimal GetDecimal(int ordinal) => _row is null ? _source.GetDecimal(ordinal) : (decimal)GetValue(ordinal);

        public override float GetFloat(int ordinal) => _row is null ? _source.GetFloat(ordinal) : (float)GetValue(ordinal);

        public override double GetDouble(int ordinal) => _row is null ? _source.GetDouble(ordinal) : (double)GetValue(ordinal);

        public override string GetString(int ordinal) => _row is null ? _source.GetString(ordinal) : (string)GetValue(ordinal);

        public override DateTime GetDateTime(int ordinal) => _row is null ? _source.GetDateTime(ordinal) : (DateTime)GetValue(ordinal);

        public override Guid GetGuid(int ordinal) => _row is null ? _source.GetGuid(ordinal) : (Guid)GetValue(ordinal);

        private bool TakeSampled()
        {
            if (_next < sample.Count)
            {
                _row = sample._rows[_next];
                // a long stream must not keep its beginning
                sample._rows[_next++] = [];
                return true;
            }

            _row = null;
            return false;
        }
    }
}
