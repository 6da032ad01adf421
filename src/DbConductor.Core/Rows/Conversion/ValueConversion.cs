using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DbConductor;

/// <summary>
/// Converts single values to portable types: strictly, independent of any culture, and without loss, else not at all.
/// </summary>
/// <remarks>
/// <para>The rules, wherever a value meets a column (for operators: <c>docs/conversions.md</c>):</para>
/// <list type="bullet">
/// <item>The empty text is null, except in a column of text.</item>
/// <item>Numbers in text: digits with an optional sign, and for fractions <c>.</c> and an exponent; no thousands separators, no white space around them.
/// A decimal with more digits than it can keep is refused. A double takes the nearest value of a fraction, as every parser does, but a whole number only if it is exact.</item>
/// <item>Between numbers: only where the value stays exactly the same. NaN and the infinities pass between float and double only.</item>
/// <item>bool: <c>true</c>, <c>false</c> in any case, <c>1</c>, <c>0</c>; whole numbers 1 and 0 both ways.</item>
/// <item>Dates and times in text: ISO 8601, extended format, with <c>T</c> or a blank between date and time; never a culture's.</item>
/// <item>A DateTime column gets the UTC time (kind Utc) of anything that has an offset. A DateTimeOffset column refuses what has none (kind Unspecified);
/// kind Utc is offset 0, kind Local this machine's offset at that time.</item>
/// <item>DateTime becomes a date only at midnight; a TimeSpan a time of day only within one.</item>
/// <item>TimeSpan in text: <c>[-][d.]hh:mm:ss[.fffffff]</c>, or an ISO 8601 duration without years and months, which have no fixed length.</item>
/// <item>binary in text: <c>0x</c> and hexadecimal digits; anything else is refused, since text that could be base64 could as well be a word.</item>
/// <item>Every scalar becomes text in the form that the rules above read back. JSON becomes its text.</item>
/// <item>Text becomes JSON only if it is JSON; other scalars become JSON scalars (dates and the like as text, NaN never).</item>
/// <item>Lengths count Unicode characters (scalar values, as PostgreSQL does) or bytes. Too long is refused, never cut; a decimal with too many digits is refused, never rounded.
/// Half a surrogate pair is no character and is refused.</item>
/// </list>
/// </remarks>
public static class ValueConversion
{
    /// <summary>The converter to a type. Ask once per column.</summary>
    public static ValueConverter For(PortableType type) => type.Kind switch
    {
        PortableKind.Boolean => ScalarConversion.ToBoolean,
        PortableKind.Int16 => IntegerConversion.ToInt16,
        PortableKind.Int32 => IntegerConversion.ToInt32,
        PortableKind.Int64 => IntegerConversion.ToInt64,
        PortableKind.Decimal => DecimalConversion.To(type),
        PortableKind.Single => FloatConversion.ToSingle,
        PortableKind.Double => FloatConversion.ToDouble,
        PortableKind.String => TextConversion.To(type),
        PortableKind.Binary => ScalarConversion.ToBinary(type),
        PortableKind.Date => TemporalConversion.ToDate,
        PortableKind.Time => TemporalConversion.ToTime,
        PortableKind.DateTime => TemporalConversion.ToDateTime,
        PortableKind.DateTimeOffset => TemporalConversion.ToDateTimeOffset,
        PortableKind.TimeSpan => TemporalConversion.ToTimeSpan,
        PortableKind.Guid => ScalarConversion.ToGuid,
        PortableKind.Json => JsonConversion.ToJson,
        _ => ScalarConversion.ToPortable,
    };

    /// <summary>Converts one value; null and <see cref="DBNull"/> stay null. For a column of values take <see cref="For"/>.</summary>
    public static bool TryConvert(object? value, PortableType type, out object? converted, out ConversionProblem? problem)
    {
        if (value is null or DBNull)
        {
            converted = null;
            problem = null;
            return true;
        }

        return For(type)(value, out converted, out problem);
    }

    /// <summary>Converts one value to a column's type, such as a filter's constant.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidData"/> or <see cref="DbErrorKind.InvalidType"/>, naming the column.</exception>
    public static object? Convert(object? value, Column column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return TryConvert(value, column.Type, out object? converted, out ConversionProblem? problem)
            ? converted
            : throw problem!.ToException(column.Name, null);
    }

    /// <summary>
    /// The same value in a type that the converters know: enums as their number, characters as text, JSON scalars as what they hold.
    /// Null where it is such a type already or none fits.
    /// </summary>
    internal static object? Unwrap(object value) => value switch
    {
        char c => c.ToString(),
        Enum e => System.Convert.ChangeType(e, Enum.GetUnderlyingType(e.GetType()), System.Globalization.CultureInfo.InvariantCulture),
        JsonValue node => JsonConversion.Scalar(node),
        JsonElement { ValueKind: not (JsonValueKind.Object or JsonValueKind.Array) } element => JsonConversion.Scalar(element),
        _ => null,
    };

    /// <summary>The converter's way out for values that it does not know itself: unwraps them and tries again, or says that their type is wrong.</summary>
    internal static bool Retry(ValueConverter converter, object value, string target, out object? converted, out ConversionProblem? problem)
    {
        if (Unwrap(value) is { } plain)
        {
            return converter(plain, out converted, out problem);
        }

        return Fail(ConversionProblem.Type(value, target), out converted, out problem);
    }

    internal static bool Done(object? value, out object? converted, out ConversionProblem? problem)
    {
        converted = value;
        problem = null;
        return true;
    }

    internal static bool Fail(ConversionProblem why, out object? converted, out ConversionProblem? problem)
    {
        converted = null;
        problem = why;
        return false;
    }
}
