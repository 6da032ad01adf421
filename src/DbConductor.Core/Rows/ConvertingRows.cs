using System.Globalization;

namespace DbConductor;

/// <summary>
/// A row stream whose values have exactly the types of a target's columns, by the rules of <see cref="ValueConversion"/>.
/// What does not fit is an error that names row and column, thrown by the getter that meets it. Owns its source.
/// </summary>
/// <remarks>
/// Where source and target have the same type, the typed getters go straight to the source and nothing is boxed; every other cell is converted once per row.
/// </remarks>
public sealed class ConvertingRows : RowReader
{
    private readonly RowReader _source;
    private readonly ConvertingCell[] _cells;
    private readonly Column[] _columns;
    private readonly Action<Column, long>? _onNewColumn;
    private readonly bool _passesMissing;

    /// <summary>Maps columns of a source to a target's.</summary>
    /// <param name="source">The source, before its first row or on the way.</param>
    /// <param name="columns">The target's columns, in the order in which this reader has them.</param>
    /// <param name="nullTexts">Texts that stand for null, as in <see cref="SaveOptions.NullTexts"/>, by the target's column.</param>
    /// <param name="onNewColumn">
    /// Called with each column that the source appends, and the number of the row that brought it; when it returns, the column is left out. Null makes it an error.
    /// </param>
    /// <param name="passesMissing">
    /// Whether a field that a row lacks is let through as null even where its column takes none (but not in the key), since the consumer leaves the column alone.
    /// </param>
    /// <param name="rowsBefore">How many rows of the source were read before; rows are counted on from there.</param>
    public ConvertingRows(
        RowReader source,
        IReadOnlyList<ColumnMapping> columns,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? nullTexts = null,
        Action<Column, long>? onNewColumn = null,
        bool passesMissing = false,
        long rowsBefore = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(columns);
        _source = source;
        _onNewColumn = onNewColumn;
        _passesMissing = passesMissing;
        RowNumber = rowsBefore;
        _columns = columns.Select(c => c.Target).ToArray();
        _cells = columns
            .Select(c => new ConvertingCell(source.Columns[c.Source].Type, c, nullTexts is null ? null : NullTexts.For(nullTexts, c.Target.Name)))
            .ToArray();
    }

    /// <summary>The number of rows met so far; while the reader stands on a row, that row's number, counted from 1.</summary>
    public long RowNumber { get; private set; }

    /// <summary>The row as it is before any conversion, also where several are in turn.</summary>
    public RowReader Origin => _source is ConvertingRows inner ? inner.Origin : _source;

    /// <inheritdoc/>
    protected override RowReader Owned => _source;

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Columns => _columns;

    /// <inheritdoc/>
    public override bool FedByCaller => _source.FedByCaller;

    /// <inheritdoc/>
    public override long? RowCount => _source.RowCount;

    /// <inheritdoc/>
    public override bool IsMissing(int ordinal) => _source.IsMissing(_cells[ordinal].Source);

    /// <inheritdoc/>
    public override bool HasMissing => _source.HasMissing;

    /// <inheritdoc/>
    public override bool Read()
    {
        bool read = _source.Read();
        RowNumber += read ? 1 : 0;
        return read;
    }

    /// <inheritdoc/>
    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Task<bool> read = _source.ReadAsync(cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            return Slow(read);
        }

        RowNumber += read.Result ? 1 : 0;
        return read;

        async Task<bool> Slow(Task<bool> pending)
        {
            bool more = await pending.ConfigureAwait(false);
            RowNumber += more ? 1 : 0;
            return more;
        }
    }

    /// <inheritdoc/>
    public override bool NextResult()
    {
        int known = _source.Columns.Count;
        return _source.NextResult() && Appended(known);
    }

    /// <inheritdoc/>
    public override async Task<bool> NextResultAsync(CancellationToken cancellationToken)
    {
        int known = _source.Columns.Count;
        return await _source.NextResultAsync(cancellationToken).ConfigureAwait(false) && Appended(known);
    }

    /// <inheritdoc/>
    public override bool IsDBNull(int ordinal)
    {
        ConvertingCell cell = _cells[ordinal];
        bool isNull = cell.NullFromSource ? _source.IsDBNull(cell.Source)
            : cell.Access == CellAccess.Parse ? IsNullText(cell)
            : Converted(cell) is null;
        if (isNull && Refuses(cell))
        {
            throw NullProblem(cell);
        }

        return isNull;
    }

    /// <inheritdoc/>
    public override object GetValue(int ordinal)
    {
        ConvertingCell cell = _cells[ordinal];
        object? value = cell.Access == CellAccess.Direct ? _source.GetValue(cell.Source) : Converted(cell);
        if (value is null or DBNull)
        {
            return Refuses(cell) ? throw NullProblem(cell) : DBNull.Value;
        }

        return value;
    }

    /// <inheritdoc/>
    public override T GetFieldValue<T>(int ordinal)
    {
        // the comparisons of types are settled when the method is compiled for T, and the casts then box nothing
        if (typeof(T) == typeof(long))
        {
            return (T)(object)GetInt64(ordinal);
        }

        if (typeof(T) == typeof(int))
        {
            return (T)(object)GetInt32(ordinal);
        }

        if (typeof(T) == typeof(short))
        {
            return (T)(object)GetInt16(ordinal);
        }

        if (typeof(T) == typeof(decimal))
        {
            return (T)(object)GetDecimal(ordinal);
        }

        ConvertingCell cell = _cells[ordinal];
        if (cell.Access == CellAccess.Parse)
        {
            if (typeof(T) == typeof(DateOnly) && IsoText.TryDate(_source.GetText(cell.Source), out DateOnly date))
            {
                return (T)(object)date;
            }

            if (typeof(T) == typeof(TimeOnly) && IsoText.TryTime(_source.GetText(cell.Source), out TimeOnly time))
            {
                return (T)(object)time;
            }

            if (typeof(T) == typeof(DateTimeOffset) && PlainText.TryDateTimeOffset(_source.GetText(cell.Source), out DateTimeOffset instant))
            {
                return (T)(object)instant;
            }
        }

        return cell.Access == CellAccess.Direct && typeof(T) == cell.ClrType ? _source.GetFieldValue<T>(cell.Source) : (T)GetValue(ordinal);
    }

    /// <inheritdoc/>
    public override bool GetBoolean(int ordinal) => _cells[ordinal] switch
    {
        { Access: CellAccess.Direct } cell => _source.GetBoolean(cell.Source),
        { Access: CellAccess.Parse, Kind: PortableKind.Boolean } cell when PlainText.TryBoolean(_source.GetText(cell.Source), out bool value) => value,
        _ => (bool)GetValue(ordinal),
    };

    /// <inheritdoc/>
    public override short GetInt16(int ordinal) => _cells[ordinal] switch
    {
        { Access: CellAccess.Direct } cell => _source.GetInt16(cell.Source),
        { Access: CellAccess.Integer, Kind: PortableKind.Int16 } cell => (short)Integer(cell),
        { Access: CellAccess.Parse, Kind: PortableKind.Int16 } cell when PlainText.TryInt64(_source.GetText(cell.Source), out long value) && value == (short)value => (short)value,
        _ => (short)GetValue(ordinal),
    };

    /// <inheritdoc/>
    public override int GetInt32(int ordinal) => _cells[ordinal] switch
    {
        { Access: CellAccess.Direct } cell => _source.GetInt32(cell.Source),
        { Access: CellAccess.Integer, Kind: PortableKind.Int32 } cell => (int)Integer(cell),
        { Access: CellAccess.Parse, Kind: PortableKind.Int32 } cell when PlainText.TryInt64(_source.GetText(cell.Source), out long value) && value == (int)value => (int)value,
        _ => (int)GetValue(ordinal),
    };

    /// <inheritdoc/>
    public override long GetInt64(int ordinal) => _cells[ordinal] switch
    {
        { Access: CellAccess.Direct } cell => _source.GetInt64(cell.Source),
        { Access: CellAccess.Integer, Kind: PortableKind.Int64 } cell => Integer(cell),
        { Access: CellAccess.Parse, Kind: PortableKind.Int64 } cell when PlainText.TryInt64(_source.GetText(cell.Source), out long value) => value,
        _ => (long)GetValue(ordinal),
    };

    /// <inheritdoc/>
    public override decimal GetDecimal(int ordinal)
    {
        ConvertingCell cell = _cells[ordinal];
        switch (cell.Access)
        {
            case CellAccess.Direct:
                return _source.GetDecimal(cell.Source);
            case CellAccess.Decimal:
                decimal value = _source.GetDecimal(cell.Source);
                return cell.Bounds!.Holds(value) ? value : throw Problem(cell, cell.Bounds.Problem(value));
            case CellAccess.Parse when cell.Kind == PortableKind.Decimal && PlainText.TryDecimal(_source.GetText(cell.Source), out decimal parsed)
                && cell.Bounds?.Holds(parsed) != false:
                return parsed;
            default:
                return (decimal)GetValue(ordinal);
        }
    }

    /// <inheritdoc/>
    public override float GetFloat(int ordinal) =>
        _cells[ordinal] is { Access: CellAccess.Direct } cell ? _source.GetFloat(cell.Source) : (float)GetValue(ordinal);

    /// <inheritdoc/>
    public override double GetDouble(int ordinal) => _cells[ordinal] switch
    {
        { Access: CellAccess.Direct } cell => _source.GetDouble(cell.Source),
        { Access: CellAccess.Parse, Kind: PortableKind.Double } cell when PlainText.TryDouble(_source.GetText(cell.Source), out double value) => value,
        _ => (double)GetValue(ordinal),
    };

    /// <inheritdoc/>
    public override string GetString(int ordinal)
    {
        ConvertingCell cell = _cells[ordinal];
        if (cell.Access != CellAccess.Text || !cell.NullFromSource)
        {
            return (string)GetValue(ordinal);
        }

        string text = _source.GetString(cell.Source);
        return text.Length <= cell.MaxLength && TextConversion.IsUnicode(text) ? text : (string)Convert(cell, text)!;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<char> GetText(int ordinal)
    {
        ConvertingCell cell = _cells[ordinal];
        if (cell.Access != CellAccess.Text || !cell.NullFromSource)
        {
            return GetString(ordinal);
        }

        ReadOnlySpan<char> text = _source.GetText(cell.Source);
        return text.Length <= cell.MaxLength && TextConversion.IsUnicode(text) ? text : (string)Convert(cell, text.ToString())!;
    }

    /// <inheritdoc/>
    public override DateTime GetDateTime(int ordinal) => _cells[ordinal] switch
    {
        { Access: CellAccess.Direct } cell => _source.GetDateTime(cell.Source),
        { Access: CellAccess.Parse, Kind: PortableKind.DateTime } cell when PlainText.TryDateTime(_source.GetText(cell.Source), out DateTime value) => value,
        _ => (DateTime)GetValue(ordinal),
    };

    /// <inheritdoc/>
    public override Guid GetGuid(int ordinal) =>
        _cells[ordinal] is { Access: CellAccess.Direct } cell ? _source.GetGuid(cell.Source) : (Guid)GetValue(ordinal);

    private bool Appended(int known)
    {
        foreach (Column column in _source.Columns.Skip(known))
        {
            if (_onNewColumn is null)
            {
                throw new DbConductorException(
                    DbErrorKind.ColumnNotFound,
                    string.Create(CultureInfo.InvariantCulture, $"Row {RowNumber + 1} is the first to have a column '{column.Name}', which was not known when the write began. ") +
                    "Give every row the same properties (as Select-Object does), the first one too.")
                { Row = RowNumber + 1, Column = column.Name };
            }

            _onNewColumn(column, RowNumber + 1);
        }

        return true;
    }

    private object? Converted(ConvertingCell cell)
    {
        if (cell.Row != RowNumber)
        {
            object value = _source.GetValue(cell.Source);
            cell.Value = value is null or DBNull || (cell.NullTexts is { } texts && value is string text && texts.Contains(text)) ? null : Convert(cell, value);
            cell.Row = RowNumber;
        }

        return cell.Value;
    }

    private bool IsNullText(ConvertingCell cell)
    {
        if (_source.IsDBNull(cell.Source))
        {
            return true;
        }

        ReadOnlySpan<char> text = _source.GetText(cell.Source);
        return text.IsEmpty || (text.Length <= cell.LongestNullText && cell.NullTexts!.Contains(text.ToString()));
    }

    private object? Convert(ConvertingCell cell, object value) =>
        cell.Converter(value, out object? converted, out ConversionProblem? problem) ? converted : throw Problem(cell, problem!);

    private long Integer(ConvertingCell cell)
    {
        long value = cell.SourceKind switch
        {
            PortableKind.Int16 => _source.GetInt16(cell.Source),
            PortableKind.Int32 => _source.GetInt32(cell.Source),
            _ => _source.GetInt64(cell.Source),
        };
        return cell.Kind switch
        {
            PortableKind.Int16 when value != (short)value => throw Problem(cell, IntegerConversion.OutOfRange(value, "short")),
            PortableKind.Int32 when value != (int)value => throw Problem(cell, IntegerConversion.OutOfRange(value, "int")),
            _ => value,
        };
    }

    private bool Refuses(ConvertingCell cell) => cell.RefusesNull && !(_passesMissing && !cell.InKey && _source.IsMissing(cell.Source));

    private DbConductorException Problem(ConvertingCell cell, ConversionProblem problem) => problem.ToException(cell.Name, RowNumber);

    private DbConductorException NullProblem(ConvertingCell cell) => new ConversionProblem(
        DbErrorKind.Constraint,
        cell.InKey ? "null stands in the key, where it matches no row" : "null stands in a column that takes none",
        "Give the row a value, or leave the row out.").ToException(cell.Name, RowNumber);
}
