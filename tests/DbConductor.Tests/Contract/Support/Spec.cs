namespace DbConductor.Tests.Contract;

/// <summary>Tables and rows in few words: <c>"id int!"</c> is a column named id of the portable type int that takes no null.</summary>
internal static class Spec
{
    public static Column Column(string text)
    {
        int blank = text.LastIndexOf(' ');
        string type = text[(blank + 1)..];
        return new(text[..blank], PortableType.Parse(type.TrimEnd('!'))) { Nullable = !type.EndsWith('!') };
    }

    public static Column[] Columns(params string[] columns) => [.. columns.Select(Column)];

    public static TableSchema Table(string[] columns, params string[] key) => new(Columns(columns)) { Key = key };

    public static RowReader Rows(string[] columns, params object?[][] rows) => new BufferedRows(Columns(columns), rows);

    /// <summary>Rows that are made while they are read, so that no list of them exists and their number is not known beforehand.</summary>
    public static RowReader Stream(string[] columns, IEnumerable<object?[]> rows)
    {
        return new BufferedRows(Columns(columns), OneByOne());

        IEnumerable<object?[]> OneByOne()
        {
            foreach (object?[] row in rows)
            {
                yield return row;
            }
        }
    }

    public static RowReader Stream(string[] columns, int count, Func<int, object?[]> row) => Stream(columns, Enumerable.Range(1, count).Select(row));

    /// <summary>Every row of every result set; JSON as its text, null for null.</summary>
    public static async Task<object?[][]> ToArrayAsync(this RowReader rows)
    {
        List<object?[]> all = [];
        RowWalker walker = new(rows);
        for (RowStep step = await walker.NextAsync(default); step != RowStep.End; step = await walker.NextAsync(default))
        {
            if (step == RowStep.Row)
            {
                all.Add([.. Enumerable.Range(0, rows.FieldCount).Select(i => rows.IsDBNull(i) ? null : Plain(rows.GetValue(i)))]);
            }
        }

        return [.. all];
    }

    public static object Plain(object value) => value is System.Text.Json.Nodes.JsonNode json ? json.ToJsonString() : value;
}
