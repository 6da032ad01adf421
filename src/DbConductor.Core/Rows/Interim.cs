#pragma warning disable CS1591
namespace DbConductor;
public static class RowSpool
{
    public const long DefaultMemoryLimit = 32L << 20;
    public static async Task<RowReader> SpoolAsync(RowReader rows, long memoryLimitBytes, CancellationToken cancel)
    {
        List<object?[]> all = [];
        while (await rows.ReadAsync(cancel).ConfigureAwait(false)) { object?[] r = new object?[rows.FieldCount]; rows.GetValues(r!); all.Add(r); }
        return new BufferedRows(rows.Columns, all);
    }
}
public sealed record InferredRows(TableSchema Schema, RowReader Rows, IReadOnlyList<string> Warnings);
public static class SchemaInference
{
    public static async Task<InferredRows> InferAsync(RowReader rows, SaveOptions options, CancellationToken cancel)
    {
        RowReader all = await RowSpool.SpoolAsync(rows, 0, cancel).ConfigureAwait(false);
        return new(new([.. rows.Columns.Select(c => options.ColumnTypes.TryGetValue(c.Name, out PortableType t) ? c with { Type = t } : c)]), all, []);
    }
}
