using System.Buffers;
using System.Text.Json.Nodes;

namespace DbConductor;

/// <summary>
/// Turns rows into bytes without any loss: the scale of decimals, the kind of DateTime, NaN, -0, fields that are missing, and text of any characters.
/// </summary>
/// <remarks>
/// A cell is a tag (its type, or null, or missing) and its bytes, so that cells of a column whose values differ in type keep their own.
/// <see cref="RowStreamWriter"/> puts rows and columns into a stream, <see cref="RowStreamReader"/> reads it, <see cref="EncodedRow"/> reads one row.
/// </remarks>
internal static class RowCodec
{
    /// <summary>Writes every cell of the row on which a reader stands.</summary>
    /// <param name="row">The reader.</param>
    /// <param name="number">The row's number, for errors.</param>
    /// <param name="output">Where it goes.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidType"/>: a value of a type that no column can have.</exception>
    internal static void WriteRow(RowReader row, long number, IBufferWriter<byte> output)
    {
        IReadOnlyList<Column> columns = row.Columns;
        int i = 0;
        if (row is EncodedRowReader { Current: var encoded })
        {
            output.Write(encoded.Bytes);
            i = encoded.Cells;
        }

        for (; i < columns.Count; i++)
        {
            if (row.IsDBNull(i))
            {
                output.WriteByte((byte)(row.IsMissing(i) ? CellTag.Missing : CellTag.Null));
            }
            else
            {
                WriteCell(row, number, i, columns[i], output);
            }
        }
    }

    /// <summary>By the column's type, through the getter that boxes nothing.</summary>
    private static void WriteCell(RowReader row, long number, int i, Column column, IBufferWriter<byte> output)
    {
        switch (column.Type.Kind)
        {
            case PortableKind.Boolean:
                output.WriteCell(row.GetBoolean(i));
                break;
            case PortableKind.Int16:
                output.WriteCell(CellTag.Int16, row.GetInt16(i));
                break;
            case PortableKind.Int32:
                output.WriteCell(CellTag.Int32, row.GetInt32(i));
                break;
            case PortableKind.Int64:
                output.WriteCell(CellTag.Int64, row.GetInt64(i));
                break;
            case PortableKind.Decimal:
                output.WriteCell(row.GetDecimal(i));
                break;
            case PortableKind.Single:
                output.WriteCell(row.GetFloat(i));
                break;
            case PortableKind.Double:
                output.WriteCell(row.GetDouble(i));
                break;
            case PortableKind.String:
                output.WriteCell(row.GetString(i));
                break;
            case PortableKind.Date:
                output.WriteCell(row.GetFieldValue<DateOnly>(i));
                break;
            case PortableKind.Time:
                output.WriteCell(row.GetFieldValue<TimeOnly>(i));
                break;
            case PortableKind.DateTime:
                output.WriteCell(row.GetDateTime(i));
                break;
            case PortableKind.DateTimeOffset:
                output.WriteCell(row.GetFieldValue<DateTimeOffset>(i));
                break;
            case PortableKind.TimeSpan:
                output.WriteCell(row.GetFieldValue<TimeSpan>(i));
                break;
            case PortableKind.Guid:
                output.WriteCell(row.GetGuid(i));
                break;
            default:
                WriteValue(row.GetValue(i), number, column.Name, output);
                break;
        }
    }

    /// <summary>By the value's own type.</summary>
    internal static void WriteValue(object value, long number, string column, IBufferWriter<byte> output)
    {
        switch (value)
        {
            case bool x:
                output.WriteCell(x);
                break;
            case short x:
                output.WriteCell(CellTag.Int16, x);
                break;
            case int x:
                output.WriteCell(CellTag.Int32, x);
                break;
            case long x:
                output.WriteCell(CellTag.Int64, x);
                break;
            case decimal x:
                output.WriteCell(x);
                break;
            case float x:
                output.WriteCell(x);
                break;
            case double x:
                output.WriteCell(x);
                break;
            case string x:
                output.WriteCell(x);
                break;
            case byte[] x:
                output.WriteCell(x);
                break;
            case DateOnly x:
                output.WriteCell(x);
                break;
            case TimeOnly x:
                output.WriteCell(x);
                break;
            case DateTime x:
                output.WriteCell(x);
                break;
            case DateTimeOffset x:
                output.WriteCell(x);
                break;
            case TimeSpan x:
                output.WriteCell(x);
                break;
            case Guid x:
                output.WriteCell(x);
                break;
            case JsonNode x:
                output.WriteCell(x);
                break;
            default:
                if (!ScalarConversion.ToPortable(value, out object? portable, out ConversionProblem? problem))
                {
                    throw problem!.ToException(column, number);
                }

                WriteValue(portable!, number, column, output);
                break;
        }
    }
}
