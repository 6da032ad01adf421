using System.Collections;
using System.Management.Automation;
using DbConductor.Files;

namespace DbConductor.PowerShell;

/// <summary>One side of a join as its argument says: a stash's handle, a table, a file, or a hashtable with a filter.</summary>
/// <param name="Description">What it is, for messages.</param>
/// <param name="Open">Opens its rows.</param>
internal sealed record JoinSide(string Description, Func<CancellationToken, Task<RowReader>> Open)
{
    private static readonly string[] s_entries = ["From", "Where", "Property", "Adapter"];

    /// <summary>Reads an argument of <c>-Left</c> or <c>-Right</c>.</summary>
    /// <param name="parameter">Which one, for messages.</param>
    /// <param name="given">The argument.</param>
    /// <param name="session">Finds the session that an argument means.</param>
    /// <param name="path">Resolves a path.</param>
    /// <param name="fromAdapter">What <c>-FromAdapter</c> says.</param>
    /// <param name="state">Where a filter's variables are.</param>
    internal static JoinSide Read(
        string parameter, object given, Func<object?, DbAdapterSession> session, Func<string, string> path, object? fromAdapter, SessionState state)
    {
        switch (given is PSObject wrapped ? wrapped.BaseObject : given)
        {
            case DbStash stash:
                return new($"stash '{stash.Name}'", cancel => stash.OpenAsync(new StashQuery(), cancel));
            case DbTable table:
                return OfTable(table.Adapter, new BatchQuery(new TableName(table.Schema, table.Table)));
            case FileInfo file:
                return OfFile(file.FullName);
            case string name when name.Contains('/', StringComparison.Ordinal) || name.Contains('\\', StringComparison.Ordinal):
                return OfFile(path(name));
            case string { Length: > 0 } name:
                return OfTable(session(fromAdapter), new BatchQuery(TableName.Parse(name)));
            case IDictionary map:
                return OfMap(parameter, map, session, fromAdapter, state);
            case IList { Count: 1 } list and not byte[]:
                return Read(parameter, list[0]!, session, path, fromAdapter, state);
            case IList { Count: > 1 }:
                throw Invalid($"{parameter} takes one side. To join the rows of a variable, pipe them: $rows | Join-DbBatch -Right ...");
            default:
                throw Invalid($"{parameter} takes a stash's handle, a table's name or object, a file or its path (with a slash in it), or @{{ From = 'table'; Where = ...; Property = ...; Adapter = ... }}.");
        }
    }

    /// <summary>A CSV file's columns are text; to give them types, put the file into a stash or a table first.</summary>
    private static JoinSide OfFile(string path) => new($"file '{Path.GetFileName(path)}'", _ => Task.FromResult<RowReader>(FileRows.Open(path, new FileReadOptions())));

    private static JoinSide OfMap(string parameter, IDictionary map, Func<object?, DbAdapterSession> session, object? fromAdapter, SessionState state)
    {
        Dictionary<string, object?> parts = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in map)
        {
            parts[entry.Key.ToString()!] = entry.Value;
        }

        if (parts.Keys.FirstOrDefault(k => !s_entries.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw Invalid($"{parameter} has the entry '{unknown}', which means nothing. Use From, Where, Property and Adapter.");
        }

        object? from = parts.GetValueOrDefault("From") is PSObject wrapped ? wrapped.BaseObject : parts.GetValueOrDefault("From");
        Filter? where = FilterTranslator.Read(parts.GetValueOrDefault("Where"), state);
        object[]? property = parts.GetValueOrDefault("Property") switch { null => null, object[] several => several, { } one => [one] };
        if (from is DbStash stash)
        {
            StashQuery query = new() { Where = where, Columns = ColumnArguments.Picks(property) };
            return new($"stash '{stash.Name}'", cancel => stash.OpenAsync(query, cancel));
        }

        return from is string { Length: > 0 } name
            ? OfTable(session(parts.GetValueOrDefault("Adapter") ?? fromAdapter), new BatchQuery(TableName.Parse(name)) { Where = where, Columns = ColumnArguments.Picks(property) })
            : throw Invalid($"{parameter} as a hashtable needs From: a table's name or a stash's handle.");
    }

    private static JoinSide OfTable(DbAdapterSession session, BatchQuery query)
    {
        IDbOperations source = session.ForReading();
        return new($"table '{query.Table}' of session '{session.Name}'", cancel => source.GetAsync(query, cancel));
    }

    private static DbConductorException Invalid(string message) => new(DbErrorKind.InvalidArgument, message);
}
