using System.Collections;
using System.Management.Automation;
using System.Text.RegularExpressions;
using DbConductor.Files;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>One side of a join as its argument says: a stash's handle, a table, files, or a hashtable with a filter.</summary>
internal static partial class JoinSide
{
    private static readonly string[] s_entries = ["From", "Path", "Where", "Property", "Adapter", "ColumnType", "NullText", "Format", "PartitionColumn", "Partitions", "AllowSkew"];

    /// <summary>Reads an argument of <c>-Left</c> or <c>-Right</c>.</summary>
    /// <param name="parameter">Which one, for messages.</param>
    /// <param name="given">The argument.</param>
    /// <param name="session">Finds the session that an argument means.</param>
    /// <param name="paths">Resolves a path, wildcards and all, and gives one file at least.</param>
    /// <param name="fromAdapter">What <c>-FromAdapter</c> says.</param>
    /// <param name="state">Where a filter's variables are.</param>
    internal static JoinInput Read(
        string parameter, object given, Func<object?, DbAdapterSession> session, Func<string, IReadOnlyList<string>> paths, object? fromAdapter, SessionState state)
    {
        switch (PSObjects.Bare(given))
        {
            case DbStash stash:
                return stash.ForJoin(new StashQuery());
            case DbDataFrame frame:
                return JoinInput.OfFrame(frame.Inner);
            case DbTable table:
                return OfTable(table.Adapter, new BatchQuery(new TableName(table.Schema, table.Table)));
            case FileSystemInfo file:
                return FileSet.Local(file.Name, [file.FullName], null).ToInput();
            case string name when IsPath(name):
                return OfFiles(name, null, paths).ToInput();
            case string { Length: > 0 } name:
                return OfTable(session(fromAdapter), new BatchQuery(TableName.Parse(name)));
            case IDictionary map:
                return OfMap(parameter, map, session, paths, fromAdapter, state);
            case IList { Count: 1 } list and not byte[]:
                return Read(parameter, list[0]!, session, paths, fromAdapter, state);
            case IList { Count: > 1 }:
                throw Invalid($"{parameter} takes one side. To join the rows of a variable, pipe them: $rows | Join-DbBatch -Right ...");
            default:
                throw Invalid($"{parameter} takes a stash's or frame's handle, a table's name or object, files by their path (with a slash in it), or @{{ From = 'table'; Where = ...; Property = ...; Adapter = ... }}, or @{{ Path = 'files'; Where = ...; ColumnType = ...; NullText = ...; Property = ...; Format = ... }}.");
        }
    }

    /// <summary>Whether an argument means files.</summary>
    internal static bool IsPath(object given) => given is FileSystemInfo || (given is string name && (name.Contains('/', StringComparison.Ordinal) || name.Contains('\\', StringComparison.Ordinal)));

    /// <summary>Files by a path of PowerShell's, or by an address that Spark resolves.</summary>
    private static FileSet OfFiles(string path, string? format, Func<string, IReadOnlyList<string>> paths)
    {
        FileSetFormat? said = format is null ? null
            : Enum.TryParse(format, ignoreCase: true, out FileSetFormat known) && !char.IsDigit(format[0]) ? known
            : throw Invalid($"The Format '{format}' is none. There are: {string.Join(", ", Enum.GetNames<FileSetFormat>())}.");
        Match address = Scheme().Match(path);
        return address.Success && !address.Groups[1].Value.Equals("file", StringComparison.OrdinalIgnoreCase)
            ? FileSet.Remote(path, said)
            : FileSet.Local(path, paths(address.Success ? Uri.UnescapeDataString(path[address.Length..]) : path), said);
    }

    private static JoinInput OfMap(
        string parameter, IDictionary map, Func<object?, DbAdapterSession> session, Func<string, IReadOnlyList<string>> paths, object? fromAdapter, SessionState state)
    {
        Dictionary<string, object?> parts = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in map)
        {
            parts[entry.Key.ToString()!] = entry.Value;
        }

        if (parts.Keys.FirstOrDefault(k => !s_entries.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw Invalid($"{parameter} has the entry '{unknown}', which means nothing. Use From or Path, Where, Property, Adapter, ColumnType, NullText, Format, PartitionColumn, Partitions and AllowSkew.");
        }

        object? from = PSObjects.Bare(parts.GetValueOrDefault("From"));
        Filter? where = FilterTranslator.Read(parts.GetValueOrDefault("Where"), state);
        object[]? property = parts.GetValueOrDefault("Property") switch { null => null, object[] several => several, { } one => [one] };
        if (parts.ContainsKey("Path"))
        {
            if (Partitioning(parameter, parts) is not null)
            {
                throw Invalid($"{parameter} has a PartitionColumn, Partitions or AllowSkew, which are for a table. Spark splits files by itself.");
            }

            return OfPath(parameter, parts, where, property, paths);
        }

        if (parts.Keys.FirstOrDefault(k => k.ToUpperInvariant() is "COLUMNTYPE" or "NULLTEXT" or "FORMAT") is { } ofFiles)
        {
            throw Invalid($"{parameter} has the entry {ofFiles}, which is for files: give Path. A table's or stash's columns have their types.");
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

    private static JoinInput OfPath(string parameter, Dictionary<string, object?> parts, Filter? where, object[]? property, Func<string, IReadOnlyList<string>> paths)
    {
        object? given = PSObjects.Bare(parts["Path"]);
        if (given?.ToString() is not { Length: > 0 } path || parts.GetValueOrDefault("From") is not null)
        {
            throw Invalid($"{parameter} with a Path is files, without From. Give one of them.");
        }

        string? format = parts.GetValueOrDefault("Format")?.ToString();
        FileSet files = given is FileSystemInfo file ? OfFiles(file.FullName, format, one => [one]) : OfFiles(path, format, paths);
        files = files with
        {
            Types = ColumnArguments.Types(parts.GetValueOrDefault("ColumnType") as IDictionary).ToDictionary(t => t.Key, t => t.Value, StringComparer.OrdinalIgnoreCase),
            NullTexts = ColumnArguments.NullTexts(parts.GetValueOrDefault("NullText")),
            Where = where,
            Picks = ColumnArguments.Picks(property),
        };
        return files.IsSparkFormat && files.Types.Count + files.NullTexts.Count > 0
            ? throw Invalid($"{parameter} has a ColumnType or NullText, and the columns of {files.Name} have their types. Cast in the query of Invoke-SparkSql.")
            : files.ToInput();
    }

    private static JoinInput OfTable(DbAdapterSession session, BatchQuery query) =>
        JoinInput.OfTable($"table '{query.Table}' of session '{session.Name}'", session.ForReading(), query);

    private static DbConductorException Invalid(string message) => new(DbErrorKind.InvalidArgument, message);

    [GeneratedRegex("^([A-Za-z][A-Za-z0-9+.-]+)://")]
    private static partial Regex Scheme();
}
