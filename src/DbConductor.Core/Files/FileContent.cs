using System.IO.Compression;
using System.Text;

namespace DbConductor.Files;

/// <summary>
/// A file's content from its beginning: what is in it, decompressed where it is compressed. A compressed file that ends before its content does is an error;
/// the framework's own stream takes the part for the whole.
/// </summary>
internal sealed class FileContent : ForwardStream
{
    private readonly FileStream _file;
    private readonly Stream _content;
    private readonly byte[]? _mark;
    private readonly byte[] _buffer = new byte[128 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    private FileContent(FileStream file, Stream content, byte[]? mark) => (_file, _content, _mark) = (file, content, mark);

    /// <summary>How much of the file has been read, from 0 to 1.</summary>
    internal double Progress => _file.CanSeek && _file.Length > 0 ? Math.Min(1, (double)_file.Position / _file.Length) : 0;

    internal static FileContent Open(string path)
    {
        try
        {
            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
            Span<byte> magic = stackalloc byte[2];
            bool named = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
            if (file.CanSeek)
            {
                bool gzip = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1f, 0x8b];
                file.Position = 0;
                if (named && !gzip)
                {
                    file.Dispose();
                    throw new DbConductorException(DbErrorKind.InvalidData, $"The file '{path}' is named as if it were compressed with gzip, and is not. Rename it without .gz.") { Target = path };
                }

                named = gzip;
            }

            if (!named)
            {
                return new(file, file, null);
            }

            byte[] mark = Guid.NewGuid().ToByteArray();
            return new(file, new GZipStream(new MarkedStream(file, Compress(mark)), CompressionMode.Decompress), mark);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(e, path, "read");
        }
    }

    /// <summary>Takes the byte order mark away, and tells the encoding that it stands for; null where there is none.</summary>
    internal Encoding? TakeByteOrderMark()
    {
        while (Available < 4 && Fill())
        {
        }

        ReadOnlySpan<byte> first = _buffer.AsSpan(_start, Math.Clamp(Available, 0, 4));
        (Encoding? encoding, int length) = first switch
        {
            [0xef, 0xbb, 0xbf, ..] => ((Encoding?)new UTF8Encoding(false), 3),
            [0xff, 0xfe, 0, 0] => (new UTF32Encoding(false, false), 4),
            [0, 0, 0xfe, 0xff] => (new UTF32Encoding(true, false), 4),
            [0xff, 0xfe, ..] => (new UnicodeEncoding(false, false), 2),
            [0xfe, 0xff, ..] => (new UnicodeEncoding(true, false), 2),
            _ => (null, 0),
        };
        _start += length;
        return encoding;
    }

    public override int Read(Span<byte> buffer)
    {
        while (Available <= 0)
        {
            if (!Fill())
            {
                return 0;
            }
        }

        int count = Math.Min(buffer.Length, Available);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    // the mark's own bytes, which may be the last ones in the buffer, are never given out
    private int Available => _end - _start - (_mark is null ? 0 : _mark.Length);

    private bool Fill()
    {
        if (_ended)
        {
            return false;
        }

        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        int read;
        try
        {
            read = _content.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e);
        }
        catch (IOException e)
        {
            throw FileErrors.From(e, _file.Name, "read");
        }

        _end += read;
        _ended = read == 0;
        return _ended && _mark is not null && !_buffer.AsSpan(_start, _end - _start).SequenceEqual(_mark) ? throw Damaged(null) : !_ended;
    }

    private DbConductorException Damaged(Exception? inner) => new(
        DbErrorKind.InvalidData, $"The compressed file '{_file.Name}' is damaged or was cut: its content has no end. Get it anew; nothing of it was kept.", inner)
    { Target = _file.Name };

    private static byte[] Compress(byte[] content)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    /// <summary>
    /// A file with one more compressed piece behind its end. Pieces may follow one another, so it is decompressed like the rest, but only where the one before it is whole.
    /// </summary>
    private sealed class MarkedStream(FileStream file, byte[] mark) : ForwardStream
    {
        private int _given = -1;

        public override int Read(Span<byte> buffer)
        {
            if (_given < 0)
            {
                int read = file.Read(buffer);
                if (read > 0 || buffer.Length == 0)
                {
                    return read;
                }

                _given = 0;
            }

            int count = Math.Min(buffer.Length, mark.Length - _given);
            mark.AsSpan(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}
