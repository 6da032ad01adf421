namespace DbConductor;

/// <summary>The rows of a stash as they went in. Where all of them are read, the checksum is compared at the end.</summary>
internal sealed class StashOutput : RowReader
{
    private readonly RowReader _table;
    private readonly StashVersion _version;
    private readonly int[] _stash;
    private readonly int[] _native;
    private readonly ValueConverter[] _converters;
    private readonly int _rest;
    private readonly RowChecksum? _checksum;
    private readonly Func<ValueTask> _onDispose;
    private readonly Action<bool> _onVerified;
    private bool _hasRest;
    private readonly EncodedRow _cells = new();
    private readonly Dictionary<int, int> _restOf = [];
    private readonly object?[] _values;
    private readonly bool[] _missing;
    private bool _ended;

    /// <param name="table">The rows of the stash's table.</param>
    /// <param name="version">What the manifest says of them.</param>
    /// <param name="picks">The columns that are wanted: ordinals in the stash, and names.</param>
    /// <param name="verifies">Whether these are all rows and columns, so that the checksum can be compared.</param>
    /// <param name="onVerified">Told at the end of rows that are those that were saved, and whether the table's columns alone hold them.</param>
    /// <param name="onDispose">Lets the version go.</param>
    internal StashOutput(
        RowReader table, StashVersion version, IReadOnlyList<(int Ordinal, string Name)> picks, bool verifies, Action<bool> onVerified, Func<ValueTask> onDispose)
    {
        (_table, _version, _onVerified, _onDispose) = (table, version, onVerified, onDispose);
        _stash = [.. picks.Select(p => p.Ordinal)];
        Columns = [.. picks.Select(p => new Column(p.Name, version.Columns[p.Ordinal].ReadType))];
        _native = [.. _stash.Select(i => version.Columns[i].Native is { } name ? ColumnNames.Require(table.Columns, name, "The stash's table") : -1)];
        _converters = [.. _stash.Select(i => ValueConversion.For(version.Columns[i].Type))];
        _rest = ColumnNames.Require(table.Columns, StashVersion.Rest, "The stash's table");
        _checksum = verifies ? new() : null;
        _values = new object?[_stash.Length];
        _missing = new bool[_stash.Length];
    }

    public override IReadOnlyList<Column> Columns { get; }

    public override long? RowCount => _checksum is null ? null : _version.Rows;

    public override bool Read() => _table.Read() ? Take() : End();

    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Task<bool> read = _table.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? Task.FromResult(read.Result ? Take() : End()) : Slow(read);

        async Task<bool> Slow(Task<bool> pending) => await pending.ConfigureAwait(false) ? Take() : End();
    }

    public override bool IsDBNull(int ordinal) => _values[ordinal] is null;

    public override bool IsMissing(int ordinal) => _missing[ordinal];

    public override object GetValue(int ordinal) => _values[ordinal] ?? DBNull.Value;

    public override async ValueTask DisposeAsync()
    {
        await _table.DisposeAsync().ConfigureAwait(false);
        await _onDispose().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private bool Take()
    {
        _restOf.Clear();
        if (!_table.IsDBNull(_rest))
        {
            _hasRest = true;
            LoadRest(_table.GetFieldValue<byte[]>(_rest));
        }

        for (int i = 0; i < _stash.Length; i++)
        {
            if (_restOf.TryGetValue(_stash[i], out int cell))
            {
                _missing[i] = _cells.Tag(cell) == CellTag.Missing;
                _values[i] = _cells.GetValue(cell) is var value and not DBNull ? value : null;
            }
            else
            {
                _missing[i] = _native[i] < 0;
                _values[i] = _missing[i] || _table.IsDBNull(_native[i]) ? null : Convert(i, _table.GetValue(_native[i]));
            }
        }

        _checksum?.Add(_values);
        return true;
    }

    private object? Convert(int i, object value)
    {
        if (value.GetType() == _version.Columns[_stash[i]].Type.ClrType)
        {
            return value is DateTime time ? DateTime.SpecifyKind(time, DateTimeKind.Unspecified) : value;
        }

        return _converters[i](value, out object? converted, out _) ? converted : throw Damaged();
    }

    private void LoadRest(byte[] bytes)
    {
        try
        {
            ReadOnlySpan<byte> rest = bytes;
            int count = (int)Next(ref rest);
            for (int i = 0; i < count; i++)
            {
                _restOf[(int)Next(ref rest)] = i;
            }

            _cells.Load(bytes.AsMemory(bytes.Length - rest.Length), count);
        }
        catch (DbConductorException)
        {
            throw Damaged();
        }

        static ulong Next(ref ReadOnlySpan<byte> rest)
        {
            ulong value = EncodedRow.ReadVariable(rest, out int size);
            rest = rest[size..];
            return value;
        }
    }

    private bool End()
    {
        if (!_ended && _checksum is not null)
        {
            if (_checksum.ToString() != _version.Checksum)
            {
                throw Damaged();
            }

            _onVerified(!_hasRest);
        }

        _ended = true;
        return false;
    }

    private DbConductorException Damaged() => new(
        DbErrorKind.InvalidData,
        $"Stash '{_version.Name}' version {_version.Version} is damaged: its rows are not those that were saved. Nothing of it can be trusted; save it anew.")
    { Target = _version.Name };
}
