using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Net;
using System.Net.NetworkInformation;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml;

namespace DbConductor.PowerShell;

/// <summary>
/// Turns the value of a property into one that a row can carry: exactly the types of <see cref="PortableKind"/>. It is a copy: what the script
/// changes afterwards does not change the row.
/// </summary>
/// <remarks>
/// Enums and characters become text, as do addresses, versions and the like; unsigned numbers the next larger signed type; dictionaries,
/// lists and nested objects JSON. What has no such form is refused.
/// </remarks>
internal sealed class CellConverter
{
    /// <summary>The row at hand, counted from 1, for errors.</summary>
    internal long Row { get; set; }

    /// <summary>Characters and bytes converted since it was last set to 0.</summary>
    internal long Size { get; set; }

    /// <summary>Whether values of a type fill one cell, so that they are no rows.</summary>
    internal static bool IsScalar(Type type) => PortableType.FromClr(type).Kind != PortableKind.Object;

    /// <summary>The portable type that all converted values of a CLR type have; Object where they can have several.</summary>
    internal static PortableType TypeOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;

        // precision describes where values came from; scripts make others of them
        return type.IsEnum ? new(PortableKind.String) : new(PortableType.FromClr(type).Kind);
    }

    /// <summary>Converts a value.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidData"/>: there is no such form; the message names row, property and type.</exception>
    internal object? Convert(object? value, string property)
    {
        switch (value)
        {
            case null:
                return null;
            case string text:
                Size += text.Length;
                return text;
            case int or long or double or decimal or bool or DateTime or Guid or DateOnly or DateTimeOffset or float or short or TimeSpan or TimeOnly:
                return value;
            case PSObject wrapper:
                return wrapper == AutomationNull.Value ? null
                    : wrapper.BaseObject is PSCustomObject ? new JsonBuilder(this, property).Build(wrapper)
                    : Convert(wrapper.BaseObject, property);
            case byte[] bytes:
                Size += bytes.Length;
                return bytes.AsSpan().ToArray();
            default:
                return Unusual(value, property) ?? new JsonBuilder(this, property).Build(value);
        }
    }

    /// <summary>A single value of a type that is not portable itself as one that is; null where it is not a single value, or is null in other words.</summary>
    internal object? Unusual(object value, string property) => value switch
    {
        Enum or Version or IPAddress or PhysicalAddress or StringBuilder or Rune => value.ToString(),
        char character => character.ToString(),
        byte number => (short)number,
        sbyte number => (short)number,
        ushort number => (int)number,
        uint number => (long)number,
        ulong number => (decimal)number,
        BigInteger number => ToDecimal(number, property),
        Half number => (float)number,
        SwitchParameter given => given.IsPresent,
        Uri uri => uri.OriginalString,
        XmlNode xml => xml.OuterXml,
        _ when value.GetType().FullName == "System.Management.Automation.SemanticVersion" => value.ToString(),
        _ => null,
    };

    internal DbConductorException Problem(string property, string what, string remedy, Exception? inner = null) => new(
        DbErrorKind.InvalidData,
        string.Create(CultureInfo.InvariantCulture, $"Row {Row}, property '{property}': {what}. {remedy}"),
        inner)
    { Row = Row, Column = property };

    private decimal ToDecimal(BigInteger number, string property)
    {
        try
        {
            return (decimal)number;
        }
        catch (OverflowException error)
        {
            throw Problem(property, "the whole number is too large for a decimal of 28 digits", "Turn it into text with ToString().", error);
        }
    }
}
