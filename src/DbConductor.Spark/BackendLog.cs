using System.Text;

namespace DbConductor.Spark;

/// <summary>What the driver writes: kept in a file that only this user can read, with its last lines at hand. No secret that is known gets into either.</summary>
internal sealed class BackendLog : IDisposable
{
    private const int LinesKept = 200;
    private const int LinesShown = 12;

    /// <summary>How long a driver's log stays after its last line.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly object _gate = new();
    private readonly Queue<string> _last = new();
    private readonly List<Redaction> _redactions = [Redaction.General];
    private readonly StreamWriter _file;
    private bool _closed;

    internal BackendLog()
    {
        RemoveOld();
        string name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"dbconductor-spark-{DateTime.Now:yyyyMMdd-HHmmss-fff}-{Environment.ProcessId}.log");
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), name);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        _file = new(Path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options) { AutoFlush = true };
    }

    /// <summary>The file, which stays for thirty days: a later start then removes it.</summary>
    internal string Path { get; }

    /// <summary>The last lines, indented, for an error's message; those of a stack trace are left out.</summary>
    internal string Tail
    {
        get
        {
            lock (_gate)
            {
                IEnumerable<string> lines = _last.Where(line => !line.StartsWith("\tat ", StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(line)).TakeLast(LinesShown);
                return string.Concat(lines.Select(line => $"{Environment.NewLine}  {line}"));
            }
        }
    }

    /// <summary>Keeps a session's secrets out of what is written from now on.</summary>
    internal void Hide(AdapterProfile profile)
    {
        lock (_gate)
        {
            _redactions.Add(Redaction.For(profile));
        }
    }

    /// <summary>A text without any secret that is known here.</summary>
    internal string Scrub(string text)
    {
        lock (_gate)
        {
            return _redactions.Aggregate(text, (clean, redaction) => redaction.Scrub(clean));
        }
    }

    internal void Write(string line)
    {
        lock (_gate)
        {
            line = Scrub(line);
            _last.Enqueue(line);
            if (_last.Count > LinesKept)
            {
                _last.Dequeue();
            }

            if (!_closed)
            {
                _file.WriteLine(line);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _file.Dispose();
        }
    }

    private static void RemoveOld()
    {
        DateTime oldest = DateTime.UtcNow - Kept;
        foreach (FileInfo log in new DirectoryInfo(System.IO.Path.GetTempPath()).EnumerateFiles("dbconductor-spark-*.log").Where(log => log.LastWriteTimeUtc < oldest))
        {
            try
            {
                log.Delete();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // another user's
            }
        }
    }
}
