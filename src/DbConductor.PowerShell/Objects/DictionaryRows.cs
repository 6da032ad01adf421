using System.Collections.Specialized;
using System.Text.Json.Nodes;

namespace DbConductor.PowerShell;

/// <summary>Rows as ordered dictionaries, which can be told apart by case where the columns are.</summary>
internal sealed class DictionaryRows(RowReader rows) : RowObjects(rows)
{
    private string[] _names = [];
    private StringComparer _comparer = StringComparer.OrdinalIgnoreCase;

    internal override void UseColumns(IReadOnlyList<Column> columns)
    {
        _names = PropertyNames.Distinct(columns.Select(c => c.Name).ToArray(), StringComparer.Ordinal);
        bool twins = _names.Distinct(StringComparer.OrdinalIgnoreCase).Count() < _names.Length;
        _comparer = twins ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
    }

    internal override object? Make()
    {
        OrderedDictionary made = new(_names.Length, _comparer);
        for (int i = 0; i < _names.Length; i++)
        {
            if (!Rows.IsMissing(i))
            {
                made.Add(_names[i], Rows.GetValue(i) switch
                {
                    DBNull => null,
                    JsonNode node => JsonObjects.From(node, asDictionary: true),
                    object value => value,
                });
            }
        }

        return made;
    }
}
