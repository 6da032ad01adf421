using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DbConductor.Files;

namespace DbConductor;

/// <summary>
/// Rejects in a file of JSON lines, one to a line, named like the columns of <see cref="RejectTable"/>. They go to the end of what is there, and stand in it all at
/// once, when they are final.
/// </summary>
public sealed class RejectFile : IRejectSink
{
    private static readonly UTF8Encoding Utf8 = new(false);

    private readonly string _path;
    private readonly List<string> _lines = [];

    private RejectFile(string path) => _path = path;

    /// <summary>Sees that the file can be written before anything else is; makes none yet.</summary>
    /// <param name="path">The full path.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotFound"/> or <see cref="DbErrorKind.Permission"/>: it cannot be.</exception>
    public static async Task<RejectFile> OpenAsync(string path)
    {
        WholeFile probe = WholeFile.Create(path, noClobber: false, force: false);
        await probe.DisposeAsync().ConfigureAwait(false);
        return new(path);
    }

    /// <inheritdoc/>
    public ValueTask AddAsync(Reject reject, CancellationToken cancel)
    {
        _lines.Add(ToLine(reject));
        return default;
    }

    /// <inheritdoc/>
    public async ValueTask SettleAsync(CancellationToken cancel)
    {
        if (_lines.Count == 0)
        {
            return;
        }

        try
        {
            IEnumerable<string> old = File.Exists(_path) ? await File.ReadAllLinesAsync(_path, cancel).ConfigureAwait(false) : [];
            await WriteAsync(_path, old.Concat(_lines), cancel).ConfigureAwait(false);
            _lines.Clear();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DbConductorException)
        {
            DbConductorException error = e as DbConductorException ?? FileErrors.From(e, _path, "written");
            throw new DbConductorException(
                error.Kind, $"The rows were written and committed, but their {_lines.Count} rejects could not be put into the file. {error.Message}", e) { Target = _path };
        }
    }

    /// <summary>Reads a file of rejects.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidData"/>: a line that is no reject, by its number.</exception>
    public static async Task<IReadOnlyList<Reject>> ReadAsync(string path, CancellationToken cancel)
    {
        try
        {
            string[] lines = await File.ReadAllLinesAsync(path, cancel).ConfigureAwait(false);
            return [.. lines.Select((line, i) => line.Length == 0 ? null : Parse(line, i + 1, path)).OfType<Reject>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(e, path, "read");
        }
    }

    /// <summary>Takes rejects out of a file.</summary>
    /// <returns>How many were in it.</returns>
    public static async Task<int> RemoveAsync(string path, IReadOnlySet<Guid> ids, CancellationToken cancel)
    {
        IReadOnlyList<Reject> all = await ReadAsync(path, cancel).ConfigureAwait(false);
        List<Reject> rest = [.. all.Where(r => !ids.Contains(r.Id))];
        await WriteAsync(path, rest.Select(ToLine), cancel).ConfigureAwait(false);
        return all.Count - rest.Count;
    }

    private static async Task WriteAsync(string path, IEnumerable<string> lines, CancellationToken cancel)
    {
        WholeFile file = WholeFile.Create(path, noClobber: false, force: false);
        await using (file.ConfigureAwait(false))
        {
            await file.Stream.WriteAsync(Utf8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), cancel).ConfigureAwait(false);
            await file.CompleteAsync(cancel).ConfigureAwait(false);
        }
    }

    private static string ToLine(Reject reject)
    {
        RowReader row = RejectTable.ToRows([reject]);
        row.Read();
        JsonObject line = JsonNode.Parse(RowJson.Write(row))!.AsObject();

        // the row itself, and not its text, for whoever reads the file
        line["data"] = JsonNode.Parse(reject.Data);
        return line.ToJsonString(RowJson.Options);
    }

    private static Reject Parse(string text, int number, string path)
    {
        try
        {
            JsonObject line = JsonNode.Parse(text)!.AsObject();
            JsonNode data = line["data"]!;
            line["data"] = data.ToJsonString(RowJson.Options);
            IReadOnlyList<KeyValuePair<string, object?>> cells = RowJson.Read(line.ToJsonString());
            RowReader row = new BufferedRows([.. cells.Select(c => new Column(c.Key, new(PortableKind.Object)))], [[.. cells.Select(c => c.Value)]]);
            row.Read();
            return RejectTable.Read(row);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or DbConductorException)
        {
            throw new DbConductorException(DbErrorKind.InvalidData, $"Line {number} of '{path}' is no reject, as -RejectPath writes them.", e) { Target = path, Row = number };
        }
    }
}
