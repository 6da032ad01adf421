using System.Text.Json.Nodes;

namespace DbConductor;

/// <summary>
/// A row stream all of whose columns are there from the first row on, though its source may announce some of them later; until then they are missing.
/// Columns of the source that are none of them are left out, refused, or gathered in one column of JSON. Owns its source.
/// </summary>
internal sealed class SettledRows : RowReader
{
    private readonly RowReader _source;
    private readonly string[] _names;
    private readonly Column[] _columns;
    private readonly int[] _sources;
    private readonly int _rest;
    private readonly List<int> _gathered = [];
    private readonly Action<Column, long>? _onOther;
    private readonly string? _requiresAll;
    private JsonObject? _restValue;
    private int _known;
    private long _row;
    private long _restRow = -1;

    /// <param name="source">The source, before its first row.</param>
    /// <param name="columns">The columns, each with the name that it has in the source. Where the source has one from the start, its type is taken.</param>
    /// <param name="onOther">Called with each further column of the source and the number of the row that brought it; when it returns, the column is left out.</param>
    /// <param name="rest">The column of JSON that gathers the source's further columns; null where they go to <paramref name="onOther"/>.</param>
    /// <param name="requiresAll">What the source is called in the error where it turns out to lack a column altogether; null where it may.</param>
    internal SettledRows(
        RowReader source, IReadOnlyList<(string Name, Column Column)> columns, Action<Column, long>? onOther = null, string? rest = null, string? requiresAll = null)
    {
        _source = source;
        _requiresAll = requiresAll;
        _onOther = onOther;
        _names = [.. columns.Select(c => c.Name)];
        _sources = new int[columns.Count];
        Array.Fill(_sources, -1);
        _rest = rest is null ? -1 : columns.Count;
        _columns = [.. columns.Select(c => c.Column), .. rest is null ? Array.Empty<Column>() : [new(rest, new(PortableKind.Json))]];
        Absorb();
        if (!source.MayAppendColumns)
        {
            RequireAll();
        }

        for (int i = 0; i < _sources.Length; i++)
        {
            if (_sources[i] >= 0)
            {
                _columns[i] = source.Columns[_sources[i]] with { Name = _columns[i].Name };
            }
        }
    }

    protected override RowReader Owned => _source;

    public override IReadOnlyList<Column> Columns => _columns;

    public override bool FedByCaller => _source.FedByCaller;

    public override DbConductorException? RowProblem => _source.RowProblem;

    public override string? RowText => _source.RowText;

    public override long? RowCount => _source.RowCount;

    /// <summary>The names of the columns that the source has not brought.</summary>
    internal IEnumerable<string> Pending => _names.Where((_, i) => _sources[i] < 0);

    /// <summary>Sets rows aside to their end and gives them with all the columns that any of them has. The given reader is left to its owner to dispose.</summary>
    internal static async Task<RowReader> SpoolAsync(RowReader rows, CancellationToken cancel)
    {
        RowReader spooled = await RowSpool.SpoolAsync(rows, RowSpool.DefaultMemoryLimit, cancel).ConfigureAwait(false);
        return new SettledRows(spooled, [.. rows.Columns.Select(c => (c.Name, c))]);
    }

    public override bool Read()
    {
        while (!_source.Read())
        {
            if (!_source.NextResult())
            {
                RequireAll();
                return false;
            }

            Absorb();
        }

        _row++;
        return true;
    }

    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Task<bool> read = _source.ReadAsync(cancellationToken);
        if (read.IsCompletedSuccessfully && read.Result)
        {
            _row++;
            return read;
        }

        return SlowAsync(read, cancellationToken);
    }

    private async Task<bool> SlowAsync(Task<bool> read, CancellationToken cancel)
    {
        while (!await read.ConfigureAwait(false))
        {
            if (!await _source.NextResultAsync(cancel).ConfigureAwait(false))
            {
                RequireAll();
                return false;
            }

            Absorb();
            read = _source.ReadAsync(cancel);
        }

        _row++;
        return true;
    }

    public override bool IsMissing(int ordinal) => ordinal == _rest ? Rest() is null : IsPending(ordinal) || _source.IsMissing(_sources[ordinal]);

    public override bool IsDBNull(int ordinal) => ordinal == _rest ? Rest() is null : IsPending(ordinal) || _source.IsDBNull(_sources[ordinal]);

    public override object GetValue(int ordinal) => ordinal == _rest ? Rest() ?? (object)DBNull.Value
        : IsPending(ordinal) ? DBNull.Value : _source.GetValue(_sources[ordinal]);

    public override T GetFieldValue<T>(int ordinal) => ordinal == _rest ? (T)GetValue(ordinal) : _source.GetFieldValue<T>(_sources[ordinal]);

    public override bool GetBoolean(int ordinal) => _source.GetBoolean(_sources[ordinal]);

    public override short GetInt16(int ordinal) => _source.GetInt16(_sources[ordinal]);

    public override int GetInt32(int ordinal) => _source.GetInt32(_sources[ordinal]);

    public override long GetInt64(int ordinal) => _source.GetInt64(_sources[ordinal]);

    public override decimal GetDecimal(int ordinal) => _source.GetDecimal(_sources[ordinal]);

    public override float GetFloat(int ordinal) => _source.GetFloat(_sources[ordinal]);

    public override double GetDouble(int ordinal) => _source.GetDouble(_sources[ordinal]);

    public override string GetString(int ordinal) => _source.GetString(_sources[ordinal]);

    public override DateTime GetDateTime(int ordinal) => _source.GetDateTime(_sources[ordinal]);

    public override Guid GetGuid(int ordinal) => _source.GetGuid(_sources[ordinal]);

    private void RequireAll()
    {
        int missing = Array.IndexOf(_sources, -1);
        if (_requiresAll is not null && missing >= 0)
        {
            _ = ColumnNames.Require(_source.Columns, _names[missing], _requiresAll);
        }
    }

    // as properties and columns are matched everywhere: the exact spelling first, else one that differs by case alone
    private void Absorb()
    {
        IReadOnlyList<Column> all = _source.Columns;
        foreach (StringComparison spelling in new[] { StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase })
        {
            for (int i = _known; i < all.Count; i++)
            {
                int at = Array.FindIndex(_names, name => string.Equals(name, all[i].Name, spelling));
                if (at >= 0 && _sources[at] < 0 && !_sources.Contains(i))
                {
                    _sources[at] = i;
                }
            }
        }

        for (int i = _known; i < all.Count; i++)
        {
            if (_sources.Contains(i))
            {
                continue;
            }

            if (_rest >= 0)
            {
                _gathered.Add(i);
            }
            else
            {
                _onOther?.Invoke(all[i], _row + 1);
            }
        }

        _known = all.Count;
    }

    // a row that cannot be read must not pass for one that has nothing
    private bool IsPending(int ordinal) => _sources[ordinal] < 0 && (_source.RowProblem is { } problem ? throw problem : true);

    private JsonObject? Rest()
    {
        if (_source.RowProblem is { } problem)
        {
            throw problem;
        }

        if (_restRow == _row)
        {
            return _restValue;
        }

        _restRow = _row;
        _restValue = null;
        foreach (int i in _gathered)
        {
            if (_source.IsMissing(i))
            {
                continue;
            }

            JsonNode? node = null;
            if (!_source.IsDBNull(i))
            {
                if (!ValueConversion.TryConvert(Wrapped(_source.GetValue(i)), new(PortableKind.Json), out object? json, out ConversionProblem? misfit))
                {
                    throw misfit!.ToException(_source.Columns[i].Name, _row);
                }

                node = (JsonNode?)json is { Parent: not null } owned ? owned.DeepClone() : (JsonNode?)json;
            }

            (_restValue ??= []).Add(_source.Columns[i].Name, node);
        }

        return _restValue;
    }

    // a text is a value here, not JSON's own text
    private static object Wrapped(object value) => value is string text && TextConversion.IsUnicode(text) ? JsonValue.Create(text) : value;
}
