using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Reads the arguments that name columns: <c>-Property</c>, <c>-OrderBy</c>, <c>-ColumnType</c>, <c>-NullText</c>.</summary>
internal static class ColumnArguments
{
    /// <summary>Names, and <c>@{ New = 'old' }</c>.</summary>
    internal static List<ColumnPick> Picks(object[]? property)
    {
        List<ColumnPick> picks = [];
        foreach (object given in property ?? [])
        {
            if (PSObjects.Bare(given) is IDictionary renamed)
            {
                picks.AddRange(Entries(renamed).Select(e => new ColumnPick(Name(e.Value, "-Property"), e.Key)));
            }
            else
            {
                string name = Name(given, "-Property");
                picks.Add(new ColumnPick(name, name));
            }
        }

        if (picks.GroupBy(p => p.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Invalid($"-Property gives two columns the name '{twice.Key}'. Rename one: @{{ New = 'old' }}.");
        }

        return picks;
    }

    /// <summary>Names, and <c>@{ name = 'Descending' }</c>.</summary>
    internal static List<SortKey> Sorting(object[]? orderBy)
    {
        List<SortKey> keys = [];
        foreach (object given in orderBy ?? [])
        {
            if (PSObjects.Bare(given) is not IDictionary directions)
            {
                keys.Add(new SortKey(Name(given, "-OrderBy")));
                continue;
            }

            if (directions is { Count: > 1 } and not IOrderedDictionary)
            {
                throw Invalid("-OrderBy has a hashtable of several columns, which have no order among themselves. Write @{ a = 'Descending' }, 'b' or [ordered]@{ ... }.");
            }

            keys.AddRange(Entries(directions).Select(e => new SortKey(e.Key, IsDescending(e.Key, PSObjects.Bare(e.Value)))));
        }

        return keys;
    }

    /// <summary>
    /// Declared types in their order: <c>@{ lat = 'double'; n = [int] }</c>. A hashtable that is not ordered has no order worth keeping, so its names are sorted.
    /// </summary>
    internal static List<KeyValuePair<string, PortableType>> Types(IDictionary? columnType)
    {
        List<KeyValuePair<string, PortableType>> types = [];
        foreach (KeyValuePair<string, object?> entry in Entries(columnType))
        {
            types.Add(new(entry.Key, PSObjects.Bare(entry.Value) switch
            {
                Type type when PortableType.FromClr(type) is { Kind: not PortableKind.Object } known => known,
                Type type => throw Invalid($"-ColumnType for '{entry.Key}': no column holds values of type {type.FullName}. Use a portable name such as 'json' or 'string'."),
                string text => PortableType.Parse(text),
                _ => throw Invalid($"-ColumnType for '{entry.Key}' is neither a type such as [int] nor a portable name such as 'decimal(18,4)'."),
            }));
        }

        return columnType is IOrderedDictionary ? types : [.. types.OrderBy(t => t.Key, StringComparer.Ordinal)];
    }

    /// <summary>Texts for every column, or <c>@{ column = 'NA', '-' }</c>.</summary>
    internal static Dictionary<string, IReadOnlyList<string>> NullTexts(object? nullText) => PSObjects.Bare(nullText) switch
    {
        null => [],
        IDictionary byColumn => Entries(byColumn).ToDictionary(e => e.Key, e => Texts(e.Value)),
        _ => new() { [""] = Texts(nullText) },
    };

    /// <summary>Values by name, as <c>-Set</c> and <c>-Parameter</c> take them.</summary>
    internal static Dictionary<string, object?> Values(IDictionary? values, string parameter)
    {
        Dictionary<string, object?> read = new(StringComparer.OrdinalIgnoreCase);
        CellConverter converter = new() { Row = 1 };
        foreach (KeyValuePair<string, object?> entry in Entries(values))
        {
            if (PSObjects.Bare(entry.Value) is ScriptBlock)
            {
                throw Invalid($"{parameter} has a script block for '{entry.Key}'. Give a value; a computed one in parentheses.");
            }

            read[entry.Key] = converter.Convert(entry.Value, entry.Key);
        }

        return read;
    }

    private static IEnumerable<KeyValuePair<string, object?>> Entries(IDictionary? dictionary)
    {
        foreach (DictionaryEntry entry in dictionary ?? new Hashtable())
        {
            yield return new(Name(entry.Key, "A hashtable"), entry.Value);
        }
    }

    private static IReadOnlyList<string> Texts(object? value) =>
        LanguagePrimitives.TryConvertTo(value, out string[] texts) ? texts : throw Invalid("-NullText takes texts, or @{ column = texts }.");

    private static bool IsDescending(string column, object? direction) => direction switch
    {
        string text when "descending".StartsWith(text, StringComparison.OrdinalIgnoreCase) && text.Length > 2 => true,
        string text when "ascending".StartsWith(text, StringComparison.OrdinalIgnoreCase) && text.Length > 2 => false,
        _ => throw Invalid($"-OrderBy for '{column}' is neither 'Ascending' nor 'Descending'."),
    };

    private static string Name(object? value, string owner) =>
        PSObjects.Bare(value) is string { Length: > 0 } text ? text : throw Invalid($"{owner} has a name that is not a text, or is empty.");

    private static DbConductorException Invalid(string message) => new(DbErrorKind.InvalidArgument, message);
}
