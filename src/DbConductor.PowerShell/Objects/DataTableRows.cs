using System.Data;
using System.Text.Json.Nodes;

namespace DbConductor.PowerShell;

/// <summary>All rows as one DataTable. JSON is its text there, and a missing field null.</summary>
internal sealed class DataTableRows(RowReader rows) : RowObjects(rows)
{
    private readonly DataTable _table = new() { Locale = System.Globalization.CultureInfo.InvariantCulture };

    internal override IEnumerable<object?> Read(Action<Task> wait, CancellationToken cancel)
    {
        _table.BeginLoadData();
        foreach (object? row in base.Read(wait, cancel))
        {
            _table.Rows.Add((object[])row!);
        }

        _table.EndLoadData();
        _table.AcceptChanges();
        yield return _table;
    }

    internal override void UseColumns(IReadOnlyList<Column> columns)
    {
        string[] names = PropertyNames.Distinct(columns.Select(c => c.Name).ToArray(), StringComparer.Ordinal);
        for (int i = _table.Columns.Count; i < names.Length; i++)
        {
            Type type = columns[i].Type.ClrType;
            _table.Columns.Add(names[i], type == typeof(JsonNode) ? typeof(string) : type);
        }
    }

    internal override object? Make()
    {
        object[] cells = new object[_table.Columns.Count];
        for (int i = 0; i < cells.Length; i++)
        {
            object value = Rows.GetValue(i);
            cells[i] = value is JsonNode node ? node.ToJsonString() : value;
        }

        return cells;
    }
}
