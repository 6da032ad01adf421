using System.Buffers;
using System.Buffers.Binary;

namespace DbConductor;

/// <summary>Stores the columns of a row stream: their number, and for each the cells of <see cref="CellsPerColumn"/>.</summary>
internal static class RowColumns
{
    /// <summary>Name, type, whether null may stand in it, native type, collation.</summary>
    private const int CellsPerColumn = 5;

    internal static void Write(IReadOnlyList<Column> columns, IBufferWriter<byte> output)
    {
        output.WriteInt32(columns.Count);
        foreach (Column column in columns)
        {
            output.WriteCell(column.Name);
            output.WriteCell(column.Type.ToString());
            output.WriteCell(column.Nullable);
            WriteOptional(column.NativeType, output);
            WriteOptional(column.Collation, output);
        }
    }

    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidData"/>: these bytes are no columns.</exception>
    internal static Column[] Read(ReadOnlyMemory<byte> bytes)
    {
        int count = bytes.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
        if (count < 0 || count > bytes.Length)
        {
            throw EncodedRow.Damaged();
        }

        EncodedRow cells = new();
        cells.Load(bytes[4..], count * CellsPerColumn);
        Column[] columns = new Column[count];
        for (int i = 0; i < count; i++)
        {
            int at = i * CellsPerColumn;
            columns[i] = new(cells.GetString(at), PortableType.Parse(cells.GetString(at + 1)))
            {
                Nullable = cells.Tag(at + 2) == CellTag.True,
                NativeType = cells.GetValue(at + 3) as string,
                Collation = cells.GetValue(at + 4) as string,
            };
        }

        return columns;
    }

    private static void WriteOptional(string? text, IBufferWriter<byte> output)
    {
        if (text is null)
        {
            output.WriteByte((byte)CellTag.Null);
        }
        else
        {
            output.WriteCell(text);
        }
    }
}
