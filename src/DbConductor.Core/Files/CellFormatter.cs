using System.Buffers;
using System.Globalization;

namespace DbConductor.Files;

/// <summary>Writes the values of one column as text that the conversions read back exactly, the same in every culture.</summary>
internal sealed class CellFormatter
{
    private const int Longest = 64;

    private readonly Func<RowReader, int, ArrayBufferWriter<byte>, string?> _write;

    private CellFormatter(Func<RowReader, int, ArrayBufferWriter<byte>, string?> write) => _write = write;

    internal static CellFormatter For(PortableKind kind) => new(kind switch
    {
        PortableKind.Int16 => static (rows, i, output) => Format(rows.GetInt16(i), default, output),
        PortableKind.Int32 => static (rows, i, output) => Format(rows.GetInt32(i), default, output),
        PortableKind.Int64 => static (rows, i, output) => Format(rows.GetInt64(i), default, output),
        PortableKind.Decimal => static (rows, i, output) => Format(rows.GetDecimal(i), default, output),
        PortableKind.Date => static (rows, i, output) => Format(rows.GetFieldValue<DateOnly>(i), "yyyy-MM-dd", output),
        PortableKind.DateTime => static (rows, i, output) => Format(rows.GetDateTime(i), "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", output),
        PortableKind.String => static (rows, i, _) => rows.GetString(i),
        _ => static (rows, i, _) => Text(rows.GetValue(i)),
    });

    /// <summary>Writes the value where nothing in it can need quotes, and returns null; else returns its text. The value is not null.</summary>
    internal string? Write(RowReader rows, int ordinal, ArrayBufferWriter<byte> output) => _write(rows, ordinal, output);

    internal static string Text(object value) => value as string ?? TextConversion.Format(value) ?? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string? Format<T>(T value, ReadOnlySpan<char> format, ArrayBufferWriter<byte> output)
        where T : IUtf8SpanFormattable
    {
        value.TryFormat(output.GetSpan(Longest), out int length, format, CultureInfo.InvariantCulture);
        output.Advance(length);
        return null;
    }
}
