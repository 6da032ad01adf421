using System.Globalization;
using System.Numerics;

namespace DbConductor;

/// <summary>
/// A comparison whose value has the type of the column, with the same outcome for every row as the one that was asked for.
/// </summary>
/// <remarks>
/// A column of whole numbers holds no 500.5: <c>-ge 500.5</c> asks for the same rows as <c>-gt 500</c>, which an index serves, and <c>-eq 500.5</c> for none.
/// The same goes for values beyond a type's range, a time of day against a date, and times finer than the database keeps.
/// </remarks>
/// <param name="Op">The operator.</param>
/// <param name="Value">The value; null where the comparison holds for no row.</param>
public readonly record struct FittedComparison(CompareOp Op, object? Value)
{
    private static readonly BigInteger GreatestDecimal = (BigInteger)decimal.MaxValue;

    /// <summary>Whether a value means null in the column, as the empty text does in one that is not text.</summary>
    internal static bool StandsForNull(object value, Column column) =>
        ValueConversion.TryConvert(value, new(column.Type.Kind), out object? converted, out _) && converted is null;

    /// <summary>Fits a comparison to a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="op">The operator; not <see cref="CompareOp.NotEqual"/>, which is the negation of another.</param>
    /// <param name="value">The value, of whatever type; neither null nor what stands for it.</param>
    /// <param name="resolution">The finest difference of time that the database keeps.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidData"/> or <see cref="DbErrorKind.InvalidType"/>: the value cannot be compared with the column.</exception>
    public static FittedComparison Fit(Column column, CompareOp op, object value, TimeSpan resolution)
    {
        object given = Plain(value, column);
        return column.Type.Kind switch
        {
            PortableKind.Int16 => Integer(column, op, given, short.MinValue, short.MaxValue),
            PortableKind.Int32 => Integer(column, op, given, int.MinValue, int.MaxValue),
            PortableKind.Int64 => Integer(column, op, given, long.MinValue, long.MaxValue),
            PortableKind.Decimal => Decimal(column, op, given),
            PortableKind.Single => Float(column, op, given, single: true),
            PortableKind.Double => Float(column, op, given, single: false),
            PortableKind.Date => Date(column, op, given),
            PortableKind.Json when op != CompareOp.Equal =>
                throw Misfit(column, DbErrorKind.InvalidType, "JSON has no order", "Compare it with -eq or -ne, or write a native query."),
            _ => Near(op, Converted(column, column.Type.Kind, given), resolution),
        };
    }

    /// <summary>A comparison with the value of the type that is nearest to the one asked for, and on which side of it that lies.</summary>
    private static FittedComparison Near(CompareOp op, object nearest, int side) => (op, side) switch
    {
        (_, 0) => new(op, nearest),
        (CompareOp.Equal, _) => new(op, null),
        (CompareOp.Less or CompareOp.LessOrEqual, < 0) => new(CompareOp.LessOrEqual, nearest),
        (CompareOp.Less or CompareOp.LessOrEqual, _) => new(CompareOp.Less, nearest),
        (_, < 0) => new(CompareOp.Greater, nearest),
        _ => new(CompareOp.GreaterOrEqual, nearest),
    };

    /// <summary>NaN is neither above nor below anything, and equals NaN where there is any.</summary>
    private static FittedComparison NaN(CompareOp op, object? nan) => new(op, op == CompareOp.Equal ? nan : null);

    private static FittedComparison Integer(Column column, CompareOp op, object value, long min, long max)
    {
        object number = value is bool truth ? new BigInteger(truth ? 1 : 0) : Number(column, value);
        if (number is double.NaN or float.NaN)
        {
            return NaN(op, null);
        }

        BigInteger whole = number switch
        {
            BigInteger x => x,
            decimal x => (BigInteger)decimal.Floor(x),
            _ => (BigInteger)Math.Floor(Finite(number)),
        };
        bool exact = number switch
        {
            BigInteger => true,
            decimal x => (BigInteger)x == whole && decimal.Floor(x) == x,
            _ => Math.Floor(Finite(number)).Equals(Finite(number)),
        };
        return whole < min ? Near(op, Sized(column, min), 1)
            : whole > max ? Near(op, Sized(column, max), -1)
            : Near(op, Sized(column, (long)whole), exact ? 0 : -1);
    }

    private static object Sized(Column column, long value) => column.Type.Kind switch
    {
        PortableKind.Int16 => (short)value,
        PortableKind.Int32 => (int)value,
        _ => value,
    };

    private static FittedComparison Decimal(Column column, CompareOp op, object value)
    {
        object number = Number(column, value);
        switch (number)
        {
            case decimal:
                return new(op, number);
            case double.NaN or float.NaN:
                return NaN(op, null);
            case BigInteger whole when BigInteger.Abs(whole) <= GreatestDecimal:
                return new(op, (decimal)whole);
        }

        double binary = number is BigInteger beyond ? (double)beyond : Convert.ToDouble(number, CultureInfo.InvariantCulture);
        if (Math.Abs(binary) >= (double)decimal.MaxValue)
        {
            return Near(op, binary > 0 ? decimal.MaxValue : decimal.MinValue, -Math.Sign(binary));
        }

        // 0.1 is written for the decimal 0.1, whatever its nearest double is
        decimal nearest = decimal.Parse(((IFormattable)number).ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);
        return Near(op, nearest, number is float ? 0 : ((double)nearest).CompareTo(binary));
    }

    private static FittedComparison Float(Column column, CompareOp op, object value, bool single)
    {
        object number = Number(column, value);
        if (number is double.NaN or float.NaN)
        {
            return NaN(op, single ? float.NaN : double.NaN);
        }

        BigInteger? whole = number switch
        {
            BigInteger x => x,
            decimal x when decimal.Truncate(x) == x => (BigInteger)x,
            _ => null,
        };
        double wide = number is BigInteger big ? (double)big : Convert.ToDouble(number, CultureInfo.InvariantCulture);
        bool infinite = number is double.PositiveInfinity or double.NegativeInfinity or float.PositiveInfinity or float.NegativeInfinity;
        double limit = single ? float.MaxValue : double.MaxValue;
        double near = infinite ? wide : Math.Clamp(single ? (double)(float)wide : wide, -limit, limit);

        // a fraction means the nearest value that the column can hold, a whole number itself
        int side = whole is { } digits ? new BigInteger(near).CompareTo(digits)
            : single && !infinite && float.IsInfinity((float)wide) ? near.CompareTo(wide)
            : 0;
        return Near(op, single ? (object)(float)near : near, side);
    }

    private static FittedComparison Date(Column column, CompareOp op, object value)
    {
        object given = value;
        if (value is string { Length: > 0 } text
            && !ValueConversion.TryConvert(text, new(PortableKind.Date), out _, out _)
            && ValueConversion.TryConvert(text, new(PortableKind.DateTime), out object? read, out _)
            && read is DateTime { Kind: DateTimeKind.Unspecified } time)
        {
            given = time;
        }

        return given is DateTime { TimeOfDay.Ticks: > 0 } late
            ? Near(op, DateOnly.FromDateTime(late), -1)
            : Near(op, Converted(column, PortableKind.Date, given), 0);
    }

    private static FittedComparison Near(CompareOp op, object value, TimeSpan resolution)
    {
        long ticks = value switch
        {
            DateTime x => x.Ticks,
            DateTimeOffset x => x.Ticks,
            TimeOnly x => x.Ticks,
            TimeSpan x => x.Ticks,
            _ => 0,
        };
        long finer = ticks % resolution.Ticks;
        object nearest = value switch
        {
            _ when finer == 0 => value,
            DateTime x => x.AddTicks(-finer),
            DateTimeOffset x => x.AddTicks(-finer),
            TimeOnly x => x.Add(TimeSpan.FromTicks(-finer)),
            _ => TimeSpan.FromTicks(ticks - finer),
        };
        return Near(op, nearest, -Math.Sign(finer));
    }

    /// <summary>The value as a <see cref="BigInteger"/>, decimal, float or double.</summary>
    private static object Number(Column column, object value)
    {
        switch (value)
        {
            case BigInteger or decimal or double or float:
                return value;
            case sbyte or byte or short or ushort or int or uint or long:
                return new BigInteger(Convert.ToInt64(value, CultureInfo.InvariantCulture));
            case ulong x:
                return new BigInteger(x);
            case string { Length: > 0 } text when text[^1] != '\0' && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger whole):
                return whole;
            case string { Length: > 0 } text when DecimalConversion.TryParse(text, out decimal number, out _):
                return number;
            default:
                return Converted(column, value is string ? PortableKind.Double : column.Type.Kind, value);
        }
    }

    private static double Finite(object binary) =>
        Math.Clamp(Convert.ToDouble(binary, CultureInfo.InvariantCulture), double.MinValue, double.MaxValue);

    private static object Plain(object value, Column column) => value switch
    {
        // the name is what is stored as text
        Enum when !column.Type.IsNumeric => value.ToString()!,
        _ => ValueConversion.Unwrap(value) ?? value,
    };

    /// <summary>Converted without the limits of the column's length and digits: that a value is too long is no error when rows are only looked for.</summary>
    private static object Converted(Column column, PortableKind kind, object value)
    {
        return ValueConversion.TryConvert(value, new(kind), out object? converted, out ConversionProblem? problem) && converted is not null
            ? converted
            : throw Misfit(column, problem!.Kind, problem.Description, $"Compare it with a value of that type{Example(column.Type.Kind)}.");
    }

    private static DbConductorException Misfit(Column column, DbErrorKind kind, string why, string remedy) =>
        new(kind, $"The filter's value does not fit column '{column.Name}' ({new PortableType(column.Type.Kind)}): {why}. {remedy}")
        { Column = column.Name };

    private static string Example(PortableKind kind) => kind switch
    {
        PortableKind.Boolean => ", true or false",
        PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64 => ", such as 500",
        PortableKind.Decimal or PortableKind.Single or PortableKind.Double => ", such as 12.5",
        PortableKind.Date => ", such as 2013-01-31",
        PortableKind.Time => ", such as 17:30:00",
        PortableKind.DateTime => ", such as 2013-01-31T17:30:00",
        PortableKind.DateTimeOffset => ", such as 2013-01-31T17:30:00Z",
        PortableKind.TimeSpan => ", such as 1.02:30:00",
        PortableKind.Binary => ", such as 0x00FF",
        _ => "",
    };
}
