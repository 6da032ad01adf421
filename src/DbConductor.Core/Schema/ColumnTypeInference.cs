using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DbConductor;

/// <summary>Finds the type that holds every value of one column.</summary>
internal sealed class ColumnTypeInference(bool inferFromText)
{
    private readonly SortedSet<PortableKind> _kinds = [];
    private bool _wholeNumbersAreDoubles = true;
    private bool _emptyText;

    // columns are mostly of one kind, and looking it up in the set takes its time
    private PortableKind? _last;

    internal enum Outcome
    {
        /// <summary>A type holds all values.</summary>
        Clear,
        /// <summary>There was no value.</summary>
        NoValue,
        /// <summary>Decimals and doubles, of which neither holds the other.</summary>
        DecimalAndDouble,
        /// <summary>Only text holds them all.</summary>
        Mixed,
    }

    /// <summary>The kinds that were met, for messages.</summary>
    internal string Kinds => string.Join(", ", _kinds.Select(k => new PortableType(k).ToString()));

    /// <summary>Whether nothing that may still come can change the result: a file's column with a word in it is text.</summary>
    internal bool IsSettled => inferFromText && _kinds.Contains(PortableKind.String);

    internal void Add(object value)
    {
        value = ValueConversion.Unwrap(value) ?? value;
        if (value is string text && inferFromText)
        {
            AddText(text);
            return;
        }

        Note(KindOf(value), value);
    }

    /// <summary>A text, of which no string is made where it is a number as numbers usually are.</summary>
    internal void AddText(ReadOnlySpan<char> text)
    {
        if (!inferFromText)
        {
            Note(PortableKind.String);
        }
        else if (text.IsEmpty)
        {
            _emptyText = true; // null if the column turns out to be no text
        }
        else if (!HasOddZero(text) && PlainText.TryInt64(text, out long whole))
        {
            Note(PortableKind.Int64, whole);
        }
        else if (!HasOddZero(text) && PlainText.TryDecimal(text, out _))
        {
            Note(PortableKind.Decimal);
        }
        else
        {
            PortableKind kind = KindOfText(text.ToString(), out object value);
            Note(kind, value);
        }
    }

    private void Note(PortableKind kind, object value)
    {
        if (kind == PortableKind.Int64)
        {
            _wholeNumbersAreDoubles = _wholeNumbersAreDoubles && FloatConversion.ToDouble(value, out _, out _);
        }

        Note(kind);
    }

    private void Note(PortableKind kind, long whole)
    {
        // every whole number up to 2^53 is a double
        if (Math.Abs(whole) > 1L << 53)
        {
            Note(kind, (object)whole);
        }
        else
        {
            Note(kind);
        }
    }

    private void Note(PortableKind kind)
    {
        if (kind != _last)
        {
            _kinds.Add(kind);
            _last = kind;
        }
    }

    internal Outcome Result(out PortableType type)
    {
        type = new(PortableKind.String);
        if (_kinds.Count == 0)
        {
            return _emptyText ? Outcome.Clear : Outcome.NoValue;
        }

        if (_kinds.Count == 1)
        {
            type = new(_kinds.Min);
            return Outcome.Clear;
        }

        if (inferFromText && _kinds.Count == 2 && _kinds.Contains(PortableKind.Date) && _kinds.Contains(PortableKind.DateTime))
        {
            type = new(PortableKind.DateTime);
            return Outcome.Clear;
        }

        bool fractions = _kinds.Contains(PortableKind.Single) || _kinds.Contains(PortableKind.Double);
        bool decimals = _kinds.Contains(PortableKind.Decimal);
        if (!_kinds.All(k => new PortableType(k).IsNumeric))
        {
            // in a file, words beside numbers are the usual text column, not a mix
            return inferFromText && _kinds.Contains(PortableKind.String) ? Outcome.Clear : Outcome.Mixed;
        }

        if (decimals && fractions)
        {
            return Outcome.DecimalAndDouble;
        }

        if (fractions && _kinds.Contains(PortableKind.Int64) && !_wholeNumbersAreDoubles)
        {
            return Outcome.Mixed;
        }

        type = new(decimals ? PortableKind.Decimal : PortableKind.Double);
        return Outcome.Clear;
    }

    private static PortableKind KindOf(object value)
    {
        switch (value)
        {
            case ulong x:
                return x <= long.MaxValue ? PortableKind.Int64 : PortableKind.Decimal;
            case BigInteger x:
                return x >= long.MinValue && x <= long.MaxValue ? PortableKind.Int64 : PortableKind.Decimal;
            case JsonNode or JsonElement or JsonDocument:
                return PortableKind.Json;
            default:
                PortableKind kind = PortableType.FromClr(value.GetType()).Kind;
                // what has no type of its own is nested: a dictionary, an array; a conversion that refuses it names its row
                return kind is PortableKind.Int16 or PortableKind.Int32 ? PortableKind.Int64 : kind == PortableKind.Object ? PortableKind.Json : kind;
        }
    }

    /// <summary>The number, date or bool that a text is, a number only if it would be written the same again.</summary>
    private static PortableKind KindOfText(string text, out object value)
    {
        value = text;
        ReadOnlySpan<char> digits = text[0] == '-' ? text.AsSpan(1) : text;
        if (digits.Length == 0 || text[0] == '+' || HasOddZero(text))
        {
            return PortableKind.String;
        }

        if (IntegerConversion.ToInt64(text, out object? whole, out _))
        {
            value = whole!;
            return PortableKind.Int64;
        }

        bool exponent = digits.IndexOfAny('e', 'E') >= 0 || char.IsAsciiLetter(digits[0]);
        if (!exponent && DecimalConversion.TryParse(text, out _, out _))
        {
            return PortableKind.Decimal;
        }

        return exponent && FloatConversion.ToDouble(text, out _, out _) ? PortableKind.Double : KindOfWord(text);
    }

    /// <summary>Whether a number would not be written the same again for a zero at its beginning.</summary>
    private static bool HasOddZero(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> digits = text is ['-', ..] ? text[1..] : text;
        return text is "-0" || (digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1]));
    }

    private static PortableKind KindOfWord(string text)
    {
        if (text.Length >= 10 && text[4] == '-' && IsoText.TryDateTime(text, out _, out TimeSpan? offset))
        {
            return offset is not null ? PortableKind.DateTimeOffset : text.Length == 10 ? PortableKind.Date : PortableKind.DateTime;
        }

        return text.Length is 4 or 5 && bool.TryParse(text, out _) ? PortableKind.Boolean : PortableKind.String;
    }
}
