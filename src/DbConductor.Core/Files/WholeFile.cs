namespace DbConductor.Files;

/// <summary>
/// A file that is written under another name in the same folder and gets its own only when it is whole and on the disk. Disposed before that, it leaves nothing
/// behind, and what was there stays as it was.
/// </summary>
internal sealed class WholeFile : IAsyncDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly bool _noClobber;
    private bool _done;

    private WholeFile(string path, string temporary, FileStream stream, bool noClobber) => (_path, _temporary, Stream, _noClobber) = (path, temporary, stream, noClobber);

    internal FileStream Stream { get; }

    /// <param name="path">The full path; a link is followed.</param>
    /// <param name="noClobber">Whether a file that is there is an error, also one that comes meanwhile.</param>
    /// <param name="force">Whether a file that is read-only may be replaced.</param>
    internal static WholeFile Create(string path, bool noClobber, bool force)
    {
        try
        {
            FileInfo target = new(path);
            if (target.LinkTarget is not null && target.ResolveLinkTarget(returnFinalTarget: true) is FileInfo linked)
            {
                target = linked;
            }

            if (Directory.Exists(target.FullName) || target.FullName.StartsWith("/dev/", StringComparison.Ordinal))
            {
                throw new DbConductorException(DbErrorKind.InvalidArgument, $"'{path}' is no file that could be replaced. Give a file's name.") { Target = path };
            }

            if (target.Directory is { Exists: false } folder)
            {
                throw new DbConductorException(DbErrorKind.NotFound, $"There is no folder '{folder.FullName}' for the file. Create it first.") { Target = path };
            }

            if (target.Exists && (noClobber || (target.IsReadOnly && !force)))
            {
                throw noClobber ? Exists(path) : new DbConductorException(
                    DbErrorKind.Permission, $"The file '{path}' is there and read-only. Give another name, or -Force to replace it.") { Target = path };
            }

            string temporary = Path.Combine(target.DirectoryName!, $".{target.Name}.{Guid.NewGuid():N}"[..Math.Min(target.Name.Length + 34, 200)] + ".tmp");
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, Options = FileOptions.Asynchronous };
            if (target.Exists && !OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = target.UnixFileMode | UnixFileMode.UserWrite;
            }

            return new(target.FullName, temporary, new FileStream(temporary, options), noClobber);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(e, path, "written");
        }
    }

    /// <summary>Gives the file its name, and returns its size.</summary>
    internal async Task<long> CompleteAsync(CancellationToken cancel)
    {
        await Stream.FlushAsync(cancel).ConfigureAwait(false);
        Stream.Flush(flushToDisk: true);
        long bytes = Stream.Length;
        await Stream.DisposeAsync().ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        try
        {
            if (!_noClobber && File.Exists(_path) && new FileInfo(_path).IsReadOnly && OperatingSystem.IsWindows())
            {
                File.SetAttributes(_path, FileAttributes.Normal);
            }

            File.Move(_temporary, _path, overwrite: !_noClobber);
        }
        catch (IOException) when (_noClobber && File.Exists(_path))
        {
            throw Exists(_path);
        }

        _done = true;
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        if (!_done)
        {
            try
            {
                File.Delete(_temporary);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // the error that led here matters more
            }
        }
    }

    private static DbConductorException Exists(string path) => new(
        DbErrorKind.AlreadyExists, $"There is a file '{path}' already. Leave -NoClobber out to replace it, or give another name.") { Target = path };
}
