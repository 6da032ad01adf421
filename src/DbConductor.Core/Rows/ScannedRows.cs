namespace DbConductor;

/// <summary>Rows that were set aside to their end, so that all their columns are known with types that hold every value.</summary>
/// <param name="Rows">The rows, with all columns from the first one on.</param>
/// <param name="Columns">The columns with their types.</param>
/// <param name="Warnings">Which columns are text only for want of anything better.</param>
internal sealed record ScannedRows(RowReader Rows, IReadOnlyList<Column> Columns, IReadOnlyList<string> Warnings)
{
    /// <summary>Reads all rows; the given reader is at its end then, and is left to its owner to dispose.</summary>
    internal static async Task<ScannedRows> ReadAsync(RowReader rows, IReadOnlyDictionary<string, PortableType> declared, CancellationToken cancel)
    {
        SpoolStream stream = new(RowSpool.DefaultMemoryLimit);
        try
        {
            RowStreamWriter writer = new(stream);
            List<ColumnTypeInference> found = [];
            RowWalker walker = new(rows);
            while (await walker.NextAsync(cancel).ConfigureAwait(false) is var step && step != RowStep.End)
            {
                if (step == RowStep.Columns)
                {
                    await writer.WriteColumnsAsync(rows.Columns, cancel).ConfigureAwait(false);
                    found.AddRange(rows.Columns.Skip(found.Count).Select(_ => new ColumnTypeInference(inferFromText: false)));
                    continue;
                }

                for (int i = 0; i < found.Count; i++)
                {
                    if (rows.Columns[i].Type.Kind == PortableKind.Object && !rows.IsDBNull(i))
                    {
                        found[i].Add(rows.GetValue(i));
                    }
                }

                await writer.WriteRowAsync(rows, cancel).ConfigureAwait(false);
            }

            await writer.CompleteAsync(cancel).ConfigureAwait(false);
            stream.Rewind();
            List<string> warnings = [];
            Column[] columns = [.. rows.Columns.Select((c, i) => new Column(c.Name, TypeOf(c, found[i], writer.RowNumber > 0, declared, warnings)))];
            RowReader spooled = await RowStreamReader.OpenAsync(stream, writer.RowNumber, cancel).ConfigureAwait(false);
            return new(new SettledRows(spooled, [.. rows.Columns.Select(c => (c.Name, c))]), columns, warnings);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static PortableType TypeOf(
        Column column, ColumnTypeInference found, bool any, IReadOnlyDictionary<string, PortableType> declared, List<string> warnings)
    {
        foreach ((string name, PortableType type) in declared)
        {
            if (string.Equals(name, column.Name, StringComparison.OrdinalIgnoreCase))
            {
                return type;
            }
        }

        return column.Type.Kind == PortableKind.Object ? SchemaInference.TypeOf(found, column, any, "in all rows", warnings) : column.Type;
    }
}
