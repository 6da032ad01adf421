using System.Collections;
using System.Globalization;

namespace DbConductor.PowerShell;

/// <summary>Takes the entries out of dictionaries: hashtables, ordered or not, and generic ones with text as keys.</summary>
internal sealed class DictionarySource(ColumnMap columns, CellConverter cells) : UntypedSource(columns, cells)
{
    protected override object?[] ReadRow(object item, System.Management.Automation.PSObject? wrapper)
    {
        if (item is not IDictionary dictionary)
        {
            return ReadAll(((IDictionary<string, object?>)item).Select(e => (e.Key, e.Value)).ToList());
        }

        string[] names = Columns.Names;
        object?[] row = new object?[names.Length];
        int found = 0;
        for (int i = 0; i < names.Length; i++)
        {
            object? value = dictionary[names[i]];
            if (value is null && !dictionary.Contains(names[i]))
            {
                row[i] = RowChunk.Missing;
                continue;
            }

            row[i] = Cells.Convert(value, names[i]);
            found++;
        }

        return found == dictionary.Count && !Columns.HasTwins ? row : ReadAll(Entries(dictionary));
    }

    private static List<(string Name, object? Value)> Entries(IDictionary dictionary)
    {
        List<(string Name, object? Value)> entries = [];
        foreach (DictionaryEntry entry in dictionary)
        {
            entries.Add((Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!, entry.Value));
        }

        if (dictionary is Hashtable)
        {
            // its order differs from run to run, and a table made of it must not
            entries.Sort((a, b) => string.Compare(a.Name, b.Name, StringComparison.OrdinalIgnoreCase));
        }

        return entries;
    }

    private object?[] ReadAll(List<(string Name, object? Value)> entries)
    {
        int[] places = Columns.Place(entries.ConvertAll(e => e.Name));
        object?[] row = NewRow();
        for (int i = 0; i < places.Length; i++)
        {
            row[places[i]] = Cells.Convert(entries[i].Value, entries[i].Name);
        }

        return row;
    }
}
