using System.Collections;
using System.Management.Automation;
using DbConductor.Files;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>One side of a join as its argument says: a stash's handle, a table, a file, or a hashtable with a filter.</summary>
internal static class JoinSide
{
    private static readonly string[] s_entries = ["From", "Path", "Where", "Property", "Adapter", "ColumnType", "NullText", "PartitionColumn", "Partitions", "AllowSkew"];

    /// <summary>Reads an argument of <c>-Left</c> or <c>-Right</c>.</summary>
    /// <param name="parameter">Which one, for messages.</param>
    /// <param name="given">The argument.</param>
    /// <param name="session">Finds the session that an argument means.</param>
    /// <param name="path">Resolves a path.</param>
    /// <param name="fromAdapter">What <c>-FromAdapter</c> says.</param>
    /// <param name="state">Where a filter's variables are.</param>
    internal static JoinInput Read(
        string parameter, object given, Func<object?, DbAdapterSession> session, Func<string, string> path, object? fromAdapter, SessionState state)
    {
        switch (given is PSObject wrapped ? wrapped.BaseObject : given)
        {
            case DbStash stash:
                return stash.ForJoin(new StashQuery());
            case DbDataFrame frame:
                return JoinInput.OfFrame(frame.Inner);
            case DbTable table:
                return OfTable(table.Adapter, new BatchQuery(new TableName(table.Schema, table.Table)));
            case FileInfo file:
                return OfFile(file.FullName, [], [], []);
            case string name when IsPath(name):
                return OfFile(path(name), [], [], []);
            case string { Length: > 0 } name:
                return OfTable(session(fromAdapter), new BatchQuery(TableName.Parse(name)));
            case IDictionary map:
                return OfMap(parameter, map, session, path, fromAdapter, state);
            case IList { Count: 1 } list and not byte[]:
                return Read(parameter, list[0]!, session, path, fromAdapter, state);
            case IList { Count: > 1 }:
                throw Invalid($"{parameter} takes one side. To join the rows of a variable, pipe them: $rows | Join-DbBatch -Right ...");
            default:
                throw Invalid($"{parameter} takes a stash's or frame's handle, a table's name or object, a file or its path (with a slash in it), or @{{ From = 'table'; Where = ...; Property = ...; Adapter = ... }}, or @{{ Path = 'file'; ColumnType = ...; NullText = ... }}.");
        }
    }

    /// <summary>Whether an argument means a file.</summary>
    internal static bool IsPath(object given) => given is FileInfo || (given is string name && (name.Contains('/', StringComparison.Ordinal) || name.Contains('\\', StringComparison.Ordinal)));

    /// <summary>A CSV file's columns are text, unless types are declared.</summary>
    private static JoinInput OfFile(
        string path, List<KeyValuePair<string, PortableType>> types, Dictionary<string, IReadOnlyList<string>> nullTexts, List<ColumnPick> picks) =>
        new($"file '{Path.GetFileName(path)}'", async cancel =>
        {
            FileRows rows = FileRows.Open(path, new FileReadOptions
            {
                NullTexts = nullTexts,
                Kinds = types.ToDictionary(t => t.Key, t => t.Value.Kind, StringComparer.OrdinalIgnoreCase),
            });
            if (types.Count + nullTexts.Count + picks.Count == 0)
            {
                return rows;
            }

            try
            {
                _ = await RowWalker.BringsColumnsAsync(rows, cancel).ConfigureAwait(false);
                return new ConvertingRows(rows, Mapping(rows.Columns, types, picks, $"File '{Path.GetFileName(path)}'"), nullTexts);
            }
            catch
            {
                await rows.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        });

    private static List<ColumnMapping> Mapping(IReadOnlyList<Column> columns, List<KeyValuePair<string, PortableType>> types, List<ColumnPick> picks, string owner)
    {
        Dictionary<int, PortableType> declared = types.ToDictionary(t => ColumnNames.Require(columns, t.Key, owner), t => t.Value);
        return
        [
            .. (picks.Count > 0 ? picks : columns.Select(c => new ColumnPick(c.Name, c.Name))).Select(pick =>
            {
                int i = ColumnNames.Require(columns, pick.Source, owner);
                return new ColumnMapping(i, new Column(pick.Name, declared.GetValueOrDefault(i, columns[i].Type)));
            }),
        ];
    }

    private static JoinInput OfMap(
        string parameter, IDictionary map, Func<object?, DbAdapterSession> session, Func<string, string> path, object? fromAdapter, SessionState state)
    {
        Dictionary<string, object?> parts = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in map)
        {
            parts[entry.Key.ToString()!] = entry.Value;
        }

        if (parts.Keys.FirstOrDefault(k => !s_entries.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw Invalid($"{parameter} has the entry '{unknown}', which means nothing. Use From or Path, Where, Property, Adapter, ColumnType, NullText, PartitionColumn, Partitions and AllowSkew.");
        }

        object? from = parts.GetValueOrDefault("From") is PSObject wrapped ? wrapped.BaseObject : parts.GetValueOrDefault("From");
        Filter? where = FilterTranslator.Read(parts.GetValueOrDefault("Where"), state);
        object[]? property = parts.GetValueOrDefault("Property") switch { null => null, object[] several => several, { } one => [one] };
        if (parts.ContainsKey("Path"))
        {
            if (Partitioning(parameter, parts) is not null)
            {
                throw Invalid($"{parameter} has a PartitionColumn, Partitions or AllowSkew, which are for a table. Spark splits files by itself.");
            }

            return from is null && !parts.ContainsKey("Where") && parts["Path"]?.ToString() is { Length: > 0 } file
                ? OfFile(path(file), ColumnArguments.Types(parts.GetValueOrDefault("ColumnType") as IDictionary), ColumnArguments.NullTexts(parts.GetValueOrDefault("NullText")), ColumnArguments.Picks(property))
                : throw Invalid($"{parameter} with a Path is a file: without From, and without Where, since a file finds no rows. Put the file into a stash or a table to filter it.");
        }

        if (parts.ContainsKey("ColumnType") || parts.ContainsKey("NullText"))
        {
            throw Invalid($"{parameter} has a ColumnType or NullText, which are for a file: give Path. A table's or stash's columns have their types.");
        }

        SparkPartitioning? partitioning = Partitioning(parameter, parts);
        if (from is DbStash stash)
        {
            if (partitioning is not null)
            {
                throw Invalid($"{parameter} has a PartitionColumn, Partitions or AllowSkew, which are for a table. A stash is handed to Spark as a file.");
            }

            StashQuery query = new() { Where = where, Columns = ColumnArguments.Picks(property) };
            return stash.ForJoin(query);
        }

        if (from is DbDataFrame)
        {
            throw Invalid($"{parameter} has a frame as From. Give the frame itself: its methods Select and Filter stand for Property and Where.");
        }

        return from is string { Length: > 0 } name
            ? OfTable(session(parts.GetValueOrDefault("Adapter") ?? fromAdapter), new BatchQuery(TableName.Parse(name)) { Where = where, Columns = ColumnArguments.Picks(property) }) with { Partitioning = partitioning }
            : throw Invalid($"{parameter} as a hashtable needs From: a table's name or a stash's handle; or the Path of a file.");
    }

    /// <summary>How Spark is to read a table in partitions; null where nothing is said of it.</summary>
    private static SparkPartitioning? Partitioning(string parameter, Dictionary<string, object?> parts)
    {
        if (!parts.ContainsKey("PartitionColumn") && !parts.ContainsKey("Partitions") && !parts.ContainsKey("AllowSkew"))
        {
            return null;
        }

        return LanguagePrimitives.TryConvertTo(parts.GetValueOrDefault("Partitions"), out int? partitions) && partitions is null or > 0
            ? new()
            {
                Column = parts.GetValueOrDefault("PartitionColumn")?.ToString() is { Length: > 0 } column ? column : null,
                Partitions = partitions,
                AllowSkew = LanguagePrimitives.IsTrue(parts.GetValueOrDefault("AllowSkew")),
            }
            : throw Invalid($"{parameter} has Partitions that are no whole number from 1 on.");
    }

    private static JoinInput OfTable(DbAdapterSession session, BatchQuery query) =>
        JoinInput.OfTable($"table '{query.Table}' of session '{session.Name}'", session.ForReading(), query);

    private static DbConductorException Invalid(string message) => new(DbErrorKind.InvalidArgument, message);
}
