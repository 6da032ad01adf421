using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace DbConductor;

/// <summary>A row as <see cref="RowCodec"/> wrote it. Cells are decoded only when they are asked for, and the typed getters box nothing.</summary>
internal sealed class EncodedRow
{
    private int[] _starts = [];
    private ReadOnlyMemory<byte> _bytes;

    /// <summary>The number of cells; what lies beyond them is missing.</summary>
    internal int Cells { get; private set; }

    /// <summary>The whole row.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>Goes to a row. The bytes must stay as they are until the next one.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidData"/>: not a row of that many cells.</exception>
    internal void Load(ReadOnlyMemory<byte> bytes, int cells)
    {
        _bytes = bytes;
        Cells = cells;
        if (_starts.Length < cells)
        {
            _starts = new int[cells];
        }

        ReadOnlySpan<byte> span = bytes.Span;
        int at = 0;
        for (int i = 0; i < cells; i++)
        {
            _starts[i] = at;
            at = at < span.Length ? End(span, at) : throw Damaged();
        }

        if (at != span.Length)
        {
            throw Damaged();
        }
    }

    internal CellTag Tag(int ordinal) => ordinal < Cells ? (CellTag)_bytes.Span[_starts[ordinal]] : CellTag.Missing;

    internal long GetInteger(int ordinal, CellTag tag)
    {
        ulong value = ReadVariable(Payload(ordinal, tag), out _);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    internal decimal GetDecimal(int ordinal)
    {
        ReadOnlySpan<byte> span = Payload(ordinal, CellTag.Decimal);
        Span<int> parts = stackalloc int[4];
        for (int i = 0; i < 4; i++)
        {
            parts[i] = BinaryPrimitives.ReadInt32LittleEndian(span[(4 * i)..]);
        }

        return new(parts);
    }

    internal float GetSingle(int ordinal) => BinaryPrimitives.ReadSingleLittleEndian(Payload(ordinal, CellTag.Single));

    internal double GetDouble(int ordinal) => BinaryPrimitives.ReadDoubleLittleEndian(Payload(ordinal, CellTag.Double));

    internal string GetString(int ordinal)
    {
        if (Tag(ordinal) == CellTag.RawString)
        {
            ReadOnlySpan<byte> raw = Block(ordinal, CellTag.RawString);
            char[] text = new char[raw.Length / 2];
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(raw[(2 * i)..]);
            }

            return new(text);
        }

        return Encoding.UTF8.GetString(Block(ordinal, CellTag.String));
    }

    internal DateOnly GetDate(int ordinal) => DateOnly.FromDayNumber(BinaryPrimitives.ReadInt32LittleEndian(Payload(ordinal, CellTag.Date)));

    internal TimeOnly GetTime(int ordinal) => new(ReadInt64(ordinal, CellTag.Time));

    internal DateTime GetDateTime(int ordinal)
    {
        ulong value = (ulong)ReadInt64(ordinal, CellTag.DateTime);
        return new((long)(value & 0x3FFFFFFFFFFFFFFF), (DateTimeKind)(value >> 62));
    }

    internal DateTimeOffset GetDateTimeOffset(int ordinal)
    {
        ReadOnlySpan<byte> span = Payload(ordinal, CellTag.DateTimeOffset);
        return new(BinaryPrimitives.ReadInt64LittleEndian(span), TimeSpan.FromMinutes(BinaryPrimitives.ReadInt16LittleEndian(span[8..])));
    }

    internal TimeSpan GetTimeSpan(int ordinal) => new(ReadInt64(ordinal, CellTag.TimeSpan));

    internal Guid GetGuid(int ordinal) => new(Payload(ordinal, CellTag.Guid)[..16]);

    /// <summary>The value in its own type; <see cref="DBNull"/> where it is null or missing.</summary>
    internal object GetValue(int ordinal) => Tag(ordinal) switch
    {
        CellTag.False => false,
        CellTag.True => true,
        CellTag.Int16 => (short)GetInteger(ordinal, CellTag.Int16),
        CellTag.Int32 => (int)GetInteger(ordinal, CellTag.Int32),
        CellTag.Int64 => GetInteger(ordinal, CellTag.Int64),
        CellTag.Decimal => GetDecimal(ordinal),
        CellTag.Single => GetSingle(ordinal),
        CellTag.Double => GetDouble(ordinal),
        CellTag.String or CellTag.RawString => GetString(ordinal),
        CellTag.Binary => Block(ordinal, CellTag.Binary).ToArray(),
        CellTag.Date => GetDate(ordinal),
        CellTag.Time => GetTime(ordinal),
        CellTag.DateTime => GetDateTime(ordinal),
        CellTag.DateTimeOffset => GetDateTimeOffset(ordinal),
        CellTag.TimeSpan => GetTimeSpan(ordinal),
        CellTag.Guid => GetGuid(ordinal),
        CellTag.Json => JsonNode.Parse(Block(ordinal, CellTag.Json), null, JsonConversion.Reading)!,
        _ => DBNull.Value,
    };

    internal static DbConductorException Damaged() =>
        new(DbErrorKind.InvalidData, "Stored rows are damaged or of an unknown format. Write them anew with this version of DbConductor.");

    private static int End(ReadOnlySpan<byte> span, int at) => (CellTag)span[at] switch
    {
        CellTag.Null or CellTag.Missing or CellTag.False or CellTag.True => at + 1,
        CellTag.Int16 or CellTag.Int32 or CellTag.Int64 => at + 1 + VariableSize(span[(at + 1)..]),
        CellTag.Single or CellTag.Date => at + 5,
        CellTag.Double or CellTag.Time or CellTag.DateTime or CellTag.TimeSpan => at + 9,
        CellTag.DateTimeOffset => at + 11,
        CellTag.Decimal or CellTag.Guid => at + 17,
        CellTag.String or CellTag.RawString or CellTag.Binary or CellTag.Json =>
            ReadVariable(span[(at + 1)..], out int size) is var length && length <= int.MaxValue / 2 ? at + 1 + size + (int)length : throw Damaged(),
        _ => throw Damaged(),
    };

    private static int VariableSize(ReadOnlySpan<byte> span)
    {
        _ = ReadVariable(span, out int size);
        return size;
    }

    /// <summary>What <see cref="BufferWriting.WriteVariable"/> wrote.</summary>
    internal static ulong ReadVariable(ReadOnlySpan<byte> span, out int size)
    {
        ulong value = 0;
        for (size = 0; size < Math.Min(span.Length, 10);)
        {
            byte part = span[size];
            value |= (ulong)(part & 0x7F) << (7 * size);
            size++;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    private long ReadInt64(int ordinal, CellTag tag) => BinaryPrimitives.ReadInt64LittleEndian(Payload(ordinal, tag));

    private ReadOnlySpan<byte> Block(int ordinal, CellTag tag)
    {
        ReadOnlySpan<byte> payload = Payload(ordinal, tag);
        int length = (int)ReadVariable(payload, out int size);
        return payload.Slice(size, length);
    }

    private ReadOnlySpan<byte> Payload(int ordinal, CellTag tag)
    {
        ReadOnlySpan<byte> span = _bytes.Span[_starts[ordinal]..];
        return (CellTag)span[0] == tag ? span[1..] : throw new InvalidCastException($"The cell is {(CellTag)span[0]}, not {tag}.");
    }
}
