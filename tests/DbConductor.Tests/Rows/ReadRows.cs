namespace DbConductor.Tests.Rows;

/// <summary>Reads a whole stream for comparison: its rows as text that tells type, scale, kind, null and missing apart, each under the columns of its time.</summary>
internal static class ReadRows
{
    internal static async Task<List<string>> AllAsync(RowReader rows, bool sync = false)
    {
        List<string> found = [];
        RowWalker walker = new(rows);
        while (true)
        {
            RowStep step = sync ? Step(rows, found.Count == 0) : await walker.NextAsync(default);
            switch (step)
            {
                case RowStep.End:
                    return found;
                case RowStep.Columns:
                    found.Add("columns " + string.Join(", ", rows.Columns.Select(c => $"{c.Name} {c.Type} {c.NativeType} {c.Nullable}")));
                    break;
                default:
                    found.Add(string.Join(" | ", Enumerable.Range(0, rows.Columns.Count).Select(i => Show(rows, i))));
                    break;
            }
        }
    }

    private static RowStep Step(RowReader rows, bool first) =>
        first ? RowStep.Columns : rows.Read() ? RowStep.Row : rows.NextResult() ? RowStep.Columns : RowStep.End;

    private static string Show(RowReader rows, int i)
    {
        if (rows.IsDBNull(i))
        {
            return rows.IsMissing(i) ? "missing" : "null";
        }

        object value = rows.GetValue(i);
        FormattableString text = value switch
        {
            string x => $"string {string.Join(' ', x.Take(200).Select(c => (int)c))} {x.Length}",
            byte[] x => $"binary {Convert.ToHexString(x.AsSpan(0, Math.Min(100, x.Length)))} {x.Length}",
            double x => $"double {BitConverter.DoubleToInt64Bits(x)}",
            float x => $"float {BitConverter.SingleToInt32Bits(x)}",
            decimal x => $"decimal {string.Join(' ', decimal.GetBits(x))}",
            DateTime x => $"datetime {x.Ticks} {x.Kind}",
            DateTimeOffset x => $"datetimeoffset {x.Ticks} {x.Offset}",
            DateOnly x => $"date {x.DayNumber}",
            TimeOnly x => $"time {x.Ticks}",
            System.Text.Json.Nodes.JsonNode x => $"json {x.ToJsonString()}",
            _ => $"{value.GetType().Name} {value}",
        };
        return FormattableString.Invariant(text);
    }
}
