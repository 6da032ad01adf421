namespace DbConductor;

/// <summary>How rejects stand in a table or collection of the database that refused them.</summary>
public static class RejectTable
{
    /// <summary>
    /// The columns. The row is text and no JSON column, since some databases' JSON changes numbers, and none keeps what it was byte for byte.
    /// </summary>
    public static TableSchema Schema { get; } = new(
    [
        new("id", new(PortableKind.Guid)) { Nullable = false },
        new("batch_id", new(PortableKind.String)) { Nullable = false },
        new("rejected_at", new(PortableKind.DateTimeOffset)) { Nullable = false },
        new("target", new(PortableKind.String)) { Nullable = false },
        new("input_row", new(PortableKind.Int64)) { Nullable = false },
        new("column_name", new(PortableKind.String)),
        new("error_kind", new(PortableKind.String)) { Nullable = false },
        new("message", new(PortableKind.String)) { Nullable = false },
        new("data", new(PortableKind.String)) { Nullable = false },
    ])
    { Key = ["id"] };

    /// <summary>Rejects as rows of the table.</summary>
    public static RowReader ToRows(IEnumerable<Reject> rejects) => new BufferedRows(Schema.Columns, rejects.Select(r => new object?[]
    {
        r.Id, r.BatchId, r.Time, r.Target, r.Row, r.Column, r.Kind.ToString(), r.Message, r.Data,
    }));

    /// <summary>The reject on which a reader of the table stands; the columns are found by name.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.ColumnNotFound"/>: not a table of rejects.</exception>
    public static Reject Read(RowReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new()
        {
            Id = Cell<Guid>(row, 0),
            BatchId = Cell<string>(row, 1),
            Time = Cell<DateTimeOffset>(row, 2),
            Target = Cell<string>(row, 3),
            Row = Cell<long>(row, 4),
            Column = row.IsDBNull(Ordinal(row, 5)) ? null : Cell<string>(row, 5),
            Kind = Enum.TryParse(Cell<string>(row, 6), out DbErrorKind kind) ? kind : DbErrorKind.Server,
            Message = Cell<string>(row, 7),
            Data = Cell<string>(row, 8),
        };
    }

    private static int Ordinal(RowReader row, int i) => ColumnNames.Require(row.Columns, Schema.Columns[i].Name, "A table of rejects");

    private static T Cell<T>(RowReader row, int i)
    {
        int at = Ordinal(row, i);
        return (T)ValueConversion.Convert(row.IsDBNull(at) ? null : row.GetValue(at), Schema.Columns[i])!;
    }
}
