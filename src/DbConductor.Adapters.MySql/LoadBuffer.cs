using System.Buffers.Text;
using System.Text;

namespace DbConductor.Adapters.MySql;

/// <summary>
/// Rows as LOAD DATA reads them by default (https://dev.mysql.com/doc/refman/8.4/en/load-data.html): fields end with a tab, lines with a line feed,
/// a backslash makes the next byte plain, <c>\N</c> is null. Binary columns go over in hexadecimal.
/// </summary>
internal sealed class LoadBuffer
{
    private static readonly UTF8Encoding Strict = new(false, true);
    private byte[] _bytes = new byte[128 * 1024];
    private int _start;
    private int _end;
    private bool _inLine;

    /// <summary>Bytes that wait to be sent.</summary>
    public int Length => _end - _start;

    public void Field()
    {
        if (_inLine)
        {
            Byte((byte)'\t');
        }

        _inLine = true;
    }

    public void EndLine()
    {
        Byte((byte)'\n');
        _inLine = false;
    }

    public void Null() => Ascii("\\N"u8);

    public void Number(long value)
    {
        Reserve(24);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(_end), out int written);
        _end += written;
    }

    public void Number(decimal value)
    {
        Reserve(32);
        value.TryFormat(_bytes.AsSpan(_end), out int written, provider: System.Globalization.CultureInfo.InvariantCulture);
        _end += written;
    }

    public void Number(double value)
    {
        Reserve(32);
        value.TryFormat(_bytes.AsSpan(_end), out int written, "R", System.Globalization.CultureInfo.InvariantCulture);
        _end += written;
    }

    public void Formatted<T>(T value, string format)
        where T : IUtf8SpanFormattable
    {
        Reserve(48);
        value.TryFormat(_bytes.AsSpan(_end), out int written, format, System.Globalization.CultureInfo.InvariantCulture);
        _end += written;
    }

    public void Hex(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length * 2);
        foreach (byte b in value)
        {
            _bytes[_end++] = (byte)"0123456789ABCDEF"[b >> 4];
            _bytes[_end++] = (byte)"0123456789ABCDEF"[b & 15];
        }
    }

    /// <exception cref="EncoderFallbackException">Half a surrogate pair.</exception>
    public void Text(ReadOnlySpan<char> value)
    {
        Reserve(Strict.GetMaxByteCount(value.Length) * 2);
        int length = Strict.GetBytes(value, _bytes.AsSpan(_end));
        Span<byte> text = _bytes.AsSpan(_end, length);
        if (text.IndexOfAny("\t\n\\\0"u8) < 0)
        {
            _end += length;
            return;
        }

        byte[] plain = text.ToArray();
        foreach (byte b in plain)
        {
            switch (b)
            {
                case (byte)'\t' or (byte)'\n' or (byte)'\\':
                    _bytes[_end++] = (byte)'\\';
                    _bytes[_end++] = b;
                    break;
                case 0:
                    _bytes[_end++] = (byte)'\\';
                    _bytes[_end++] = (byte)'0';
                    break;
                default:
                    _bytes[_end++] = b;
                    break;
            }
        }
    }

    public int Take(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, Length);
        _bytes.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
        }

        return count;
    }

    private void Byte(byte value)
    {
        Reserve(1);
        _bytes[_end++] = value;
    }

    private void Ascii(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(_bytes.AsSpan(_end));
        _end += text.Length;
    }

    private void Reserve(int length)
    {
        if (_bytes.Length - _end < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _end + length));
        }
    }
}
