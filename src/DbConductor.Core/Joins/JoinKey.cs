using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;

namespace DbConductor;

/// <summary>One pair of key columns: turns either side's value into bytes that are the same where the values are equal.</summary>
internal readonly struct JoinKey
{
    private readonly KeyForm _form;
    private readonly int _left;
    private readonly int _right;

    /// <exception cref="DbConductorException"><see cref="DbErrorKind.ColumnNotFound"/> or <see cref="DbErrorKind.InvalidType"/>.</exception>
    internal JoinKey(IReadOnlyList<Column> left, IReadOnlyList<Column> right, JoinOn on)
    {
        _left = ColumnNames.Require(left, on.Left, "The join's left side");
        _right = ColumnNames.Require(right, on.Right, "The join's right side");
        (PortableType a, PortableType b) = (left[_left].Type, right[_right].Type);
        _form = FormOf(a.Kind, b.Kind) ?? throw Incomparable(left[_left].Name, a, right[_right].Name, b);
    }

    /// <summary>Refuses keys of a side that was put aside whose values cannot equal any of the other side's, though the column has no type.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidType"/>.</exception>
    internal static void RequireComparable(RowReader left, RowReader right, JoinOn on)
    {
        int l = ColumnNames.Require(left.Columns, on.Left, "The join's left side");
        int r = ColumnNames.Require(right.Columns, on.Right, "The join's right side");
        PortableType a = (left as PutAsideRows)?.KindOf(l) is { } kind ? new(kind) : left.Columns[l].Type;
        if (FormOf(a.Kind, right.Columns[r].Type.Kind) is null)
        {
            throw Incomparable(left.Columns[l].Name, a, right.Columns[r].Name, right.Columns[r].Type);
        }
    }

    private static DbConductorException Incomparable(string left, PortableType leftType, string right, PortableType rightType) => new(
        DbErrorKind.InvalidType,
        $"The left side's '{left}' ({leftType}) and the right side's '{right}' ({rightType}) cannot be compared. "
        + "Give one of them the other's type: by -ColumnType where its rows come from a file, by a cast where they come from a query or are piped.")
    { Column = left };

    internal int Ordinal(bool left) => left ? _left : _right;

    /// <returns>False where the value is null, which matches nothing.</returns>
    internal bool TryWrite(RowReader row, bool left, IBufferWriter<byte> output)
    {
        int i = Ordinal(left);
        if (row.IsDBNull(i))
        {
            return false;
        }

        PortableKind kind = row.Columns[i].Type.Kind;
        switch (_form)
        {
            case KeyForm.Boolean:
                output.WriteByte(row.GetBoolean(i) ? (byte)1 : (byte)0);
                break;
            case KeyForm.Integer:
                output.WriteInt64(Integer(row, i, kind));
                break;
            case KeyForm.Decimal:
                CanonicalCell.Write(kind == PortableKind.Decimal ? row.GetDecimal(i) : Integer(row, i, kind), output);
                break;
            case KeyForm.Double:
                CanonicalCell.Write(kind == PortableKind.Single ? row.GetFloat(i) : row.GetDouble(i), output);
                break;
            case KeyForm.Text:
                output.WriteCell(row.GetString(i));
                break;
            case KeyForm.Binary:
                output.WriteBlock(row.GetFieldValue<byte[]>(i));
                break;
            case KeyForm.Date:
                output.WriteInt32(row.GetFieldValue<DateOnly>(i).DayNumber);
                break;
            case KeyForm.DateTime:
                output.WriteInt64(kind == PortableKind.Date ? Midnight(row.GetFieldValue<DateOnly>(i)) : row.GetDateTime(i).Ticks);
                break;
            case KeyForm.DateTimeOffset:
                output.WriteInt64(row.GetFieldValue<DateTimeOffset>(i).UtcTicks);
                break;
            case KeyForm.Time:
                output.WriteInt64(row.GetFieldValue<TimeOnly>(i).Ticks);
                break;
            case KeyForm.TimeSpan:
                output.WriteInt64(row.GetFieldValue<TimeSpan>(i).Ticks);
                break;
            case KeyForm.Guid:
                output.WriteGuid(row.GetGuid(i));
                break;
            case KeyForm.Number:
                WriteNumber(row.GetValue(i), output);
                break;
            default:
                WriteAny(row.GetValue(i), row.Columns[i].Name, output);
                break;
        }

        return true;
    }

    private static KeyForm? FormOf(PortableKind left, PortableKind right)
    {
        if (left == PortableKind.Json || right == PortableKind.Json)
        {
            return null;
        }

        if (left == PortableKind.Object || right == PortableKind.Object)
        {
            return KeyForm.Any;
        }

        if (new PortableType(left).IsNumeric && new PortableType(right).IsNumeric)
        {
            bool leftFloats = left is PortableKind.Single or PortableKind.Double;
            bool rightFloats = right is PortableKind.Single or PortableKind.Double;
            return (leftFloats, rightFloats) switch
            {
                (true, true) => KeyForm.Double,
                (false, false) => left == PortableKind.Decimal || right == PortableKind.Decimal ? KeyForm.Decimal : KeyForm.Integer,
                _ => KeyForm.Number,
            };
        }

        return (left, right) switch
        {
            (PortableKind.Date, PortableKind.DateTime) or (PortableKind.DateTime, PortableKind.Date) => KeyForm.DateTime,
            _ when left != right => null,
            (PortableKind.Boolean, _) => KeyForm.Boolean,
            (PortableKind.String, _) => KeyForm.Text,
            (PortableKind.Binary, _) => KeyForm.Binary,
            (PortableKind.Date, _) => KeyForm.Date,
            (PortableKind.DateTime, _) => KeyForm.DateTime,
            (PortableKind.DateTimeOffset, _) => KeyForm.DateTimeOffset,
            (PortableKind.Time, _) => KeyForm.Time,
            (PortableKind.TimeSpan, _) => KeyForm.TimeSpan,
            (PortableKind.Guid, _) => KeyForm.Guid,
            _ => null,
        };
    }

    private static long Integer(RowReader row, int i, PortableKind kind) => kind switch
    {
        PortableKind.Int16 => row.GetInt16(i),
        PortableKind.Int32 => row.GetInt32(i),
        _ => row.GetInt64(i),
    };

    private static long Midnight(DateOnly date) => date.DayNumber * TimeSpan.TicksPerDay;

    /// <summary>Whole numbers of 64 bits exactly, whatever their type; all others as the nearest double.</summary>
    private static void WriteNumber(object value, IBufferWriter<byte> output)
    {
        switch (value)
        {
            case short or int or long:
                WriteWhole(Convert.ToInt64(value, CultureInfo.InvariantCulture), output);
                break;
            case decimal x when x == decimal.Truncate(x) && x is >= long.MinValue and <= long.MaxValue:
                WriteWhole((long)x, output);
                break;
            case decimal x:
                // the cast does not always give the nearest double, parsing does
                WriteFraction(double.Parse(x.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), output);
                break;
            default:
                double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
                // 2^63 itself is beyond long
                if (number == Math.Truncate(number) && number is >= long.MinValue and < 9223372036854775808.0)
                {
                    WriteWhole((long)number, output);
                }
                else
                {
                    WriteFraction(number, output);
                }

                break;
        }
    }

    private static void WriteWhole(long value, IBufferWriter<byte> output)
    {
        output.WriteByte(0);
        output.WriteInt64(value);
    }

    private static void WriteFraction(double value, IBufferWriter<byte> output)
    {
        output.WriteByte(1);
        CanonicalCell.Write(value, output);
    }

    private static void WriteAny(object value, string column, IBufferWriter<byte> output)
    {
        ConversionProblem? problem = null;
        object? portable = value;
        if (value is JsonNode or not string && !ScalarConversion.ToPortable(value, out portable, out problem))
        {
            throw (problem ?? ConversionProblem.Type(value, "a key")).ToException(column, null);
        }

        PortableKind kind = PortableType.FromClr(portable!.GetType()).Kind;
        KeyForm form = FormOf(kind, kind) ?? throw ConversionProblem.Type(value, "a key by which rows are joined").ToException(column, null);
        form = form switch
        {
            KeyForm.Integer or KeyForm.Decimal or KeyForm.Double => KeyForm.Number,
            KeyForm.Date => KeyForm.DateTime,
            _ => form,
        };
        output.WriteByte((byte)form);
        switch (portable)
        {
            case bool x:
                output.WriteByte(x ? (byte)1 : (byte)0);
                break;
            case string x:
                output.WriteCell(x);
                break;
            case byte[] x:
                output.WriteBlock(x);
                break;
            case DateOnly x:
                output.WriteInt64(Midnight(x));
                break;
            case DateTime x:
                output.WriteInt64(x.Ticks);
                break;
            case DateTimeOffset x:
                output.WriteInt64(x.UtcTicks);
                break;
            case TimeOnly x:
                output.WriteInt64(x.Ticks);
                break;
            case TimeSpan x:
                output.WriteInt64(x.Ticks);
                break;
            case Guid x:
                output.WriteGuid(x);
                break;
            default:
                WriteNumber(portable, output);
                break;
        }
    }
}
