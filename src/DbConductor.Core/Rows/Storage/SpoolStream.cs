namespace DbConductor;

/// <summary>
/// Bytes that are written once and then read, once unless <paramref name="keep"/> says otherwise: in memory up to a limit, beyond it in a temporary file that only its owner can read and that goes with the stream.
/// </summary>
/// <param name="memoryLimit">How many bytes are kept in memory.</param>
/// <param name="keep">Whether what was read stays, so that it can be read again.</param>
internal sealed class SpoolStream(long memoryLimit, bool keep = false) : Stream
{
    private readonly List<byte[]> _blocks = [];
    private FileStream? _file;
    private long _length;
    private int _block;
    private int _offset;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The temporary file; null while all is in memory.</summary>
    internal string? FilePath => _file?.Name;

    /// <summary>Ends the writing, or the reading; what was written can now be read from its beginning.</summary>
    internal void Rewind()
    {
        _block = _offset = 0;
        if (_file is not null)
        {
            _file.Position = 0;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            _length += buffer.Length;
            if (_file is null && _length <= memoryLimit)
            {
                _blocks.Add(buffer.ToArray());
                return;
            }

            if (_file is null)
            {
                _file = CreateFile();
                foreach (byte[] block in _blocks)
                {
                    await _file.WriteAsync(block, cancellationToken).ConfigureAwait(false);
                }

                _blocks.Clear();
            }

            await _file.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DbConductorException(
                e is IOException ? DbErrorKind.LimitExceeded : DbErrorKind.Permission,
                $"Rows cannot be put aside in the directory of temporary files, '{Path.GetTempPath()}': {e.Message} Make room there, or name another directory with {(OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR")}.",
                e);
        }
    }

    public override int Read(Span<byte> buffer) => _file?.Read(buffer) ?? ReadMemory(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _file?.ReadAsync(buffer, cancellationToken) ?? new(ReadMemory(buffer.Span));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file?.Dispose();
            _blocks.Clear();
        }

        base.Dispose(disposing);
    }

    private static FileStream CreateFile()
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            // what is written and read here comes in large pieces already
            BufferSize = 0,
            Options = FileOptions.DeleteOnClose | FileOptions.SequentialScan | FileOptions.Asynchronous,
        };
        string path = Path.Combine(Path.GetTempPath(), $"dbconductor-{Guid.NewGuid():N}.rows");
        if (OperatingSystem.IsWindows())
        {
            return new(path, options);
        }

        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStream file = new(path, options);

        // the open file needs no name, and without one it goes with the process, also where that is killed
        File.Delete(path);
        return file;
    }

    /// <summary>Gives each block back as soon as it is read, unless it is to be read again.</summary>
    private int ReadMemory(Span<byte> buffer)
    {
        if (_block == _blocks.Count)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = _blocks[_block].AsSpan(_offset);
        int count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        _offset += count;
        if (_offset == _blocks[_block].Length)
        {
            if (!keep)
            {
                _blocks[_block] = [];
            }

            _block++;
            _offset = 0;
        }

        return count;
    }
}
