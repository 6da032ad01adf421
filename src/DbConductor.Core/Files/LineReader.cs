namespace DbConductor.Files;

/// <summary>Gives the lines of a file's content as bytes, one at a time.</summary>
internal sealed class LineReader(FileContent content, string path) : IDisposable
{
    private const int LongestLine = 256 << 20;

    private byte[] _buffer = new byte[128 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>The number of the line that was read last, counted from 1.</summary>
    internal long Number { get; private set; }

    internal double Progress => content.Progress;

    /// <summary>Reads the next line, without its end; it is there until the next call.</summary>
    internal bool TryRead(out ReadOnlySpan<byte> line)
    {
        int looked = 0;
        while (true)
        {
            int at = _buffer.AsSpan(_start + looked, _end - _start - looked).IndexOf((byte)'\n');
            if (at >= 0)
            {
                line = _buffer.AsSpan(_start, looked + at);
                _start += looked + at + 1;
                Number++;
                return true;
            }

            looked = _end - _start;
            if (_ended || !Fill())
            {
                // the last line may lack its end
                line = _buffer.AsSpan(_start, looked);
                _start = _end;
                Number += looked > 0 ? 1 : 0;
                return looked > 0;
            }
        }
    }

    public void Dispose() => content.Dispose();

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine)
            {
                throw new DbConductorException(
                    DbErrorKind.InvalidData, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Line {Number + 1} of '{path}' is longer than {LongestLine >> 20} MB. Is it JSON lines?"))
                { Target = path };
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read = content.Read(_buffer.AsSpan(_end));
        _end += read;
        _ended = read == 0;
        return !_ended;
    }
}
