using System.Text.Json.Nodes;

namespace DbConductor.Tests.Contract;

/// <summary>Values at the extremes of every portable type, by names that adapters use to say what their database cannot hold.</summary>
internal static class TypeCases
{
    private static readonly DateTime MaxMicrosecond = new(DateTime.MaxValue.Ticks / 10 * 10);

    private static readonly (string Name, string Type, object Value)[] All =
    [
        ("bool: true", "bool", true),
        ("bool: false", "bool", false),
        ("short: smallest", "short", short.MinValue),
        ("short: greatest", "short", short.MaxValue),
        ("int: smallest", "int", int.MinValue),
        ("int: greatest", "int", int.MaxValue),
        ("long: smallest", "long", long.MinValue),
        ("long: greatest", "long", long.MaxValue),
        ("decimal: 28 digits", "decimal", -9999999999999999999999999999m),
        ("decimal: 28 digits after the point", "decimal", 0.0000000000000000000000000001m),
        ("decimal: 14 digits on both sides", "decimal", 12345678901234.12345678901234m),
        ("decimal: greatest", "decimal", decimal.MaxValue),
        ("decimal: what a double lacks", "decimal", 0.1000000000000000055511151231m),
        ("decimal(18,4): all digits", "decimal(18,4)", 99999999999999.9999m),
        ("float: smallest", "float", float.MinValue),
        ("float: greatest", "float", float.MaxValue),
        ("float: nearest to zero", "float", float.Epsilon),
        ("float: a fraction", "float", 0.1f),
        ("float: NaN", "float", float.NaN),
        ("float: infinity", "float", float.PositiveInfinity),
        ("float: negative infinity", "float", float.NegativeInfinity),
        ("double: smallest", "double", double.MinValue),
        ("double: greatest", "double", double.MaxValue),
        ("double: nearest to zero", "double", double.Epsilon),
        ("double: a fraction", "double", 0.1 + 0.2),
        ("double: whole and beyond 2^53", "double", 9007199254740994d),
        ("double: NaN", "double", double.NaN),
        ("double: infinity", "double", double.PositiveInfinity),
        ("double: negative infinity", "double", double.NegativeInfinity),
        ("string: empty", "string", ""),
        ("string: blanks around", "string", "  a  "),
        ("string: quotes and signs", "string", "'\"`\\%_;--/*$$@p0:p1?"),
        ("string: control characters", "string", "\u0001\t\r\n\u001b\u007f\u0085"),
        ("string: scripts", "string", "na\u00efve e\u0301 \u540d\u524d \u0634\u0643\u0631\u0627 \U0001F642\U0001F468\u200D\U0001F469"),
        ("string: last scalars", "string", "\uffff\ud7ff\ue000\U0010FFFF"),
        ("string: like a number", "string", "007"),
        ("string: like null", "string", "NULL"),
        ("string: copy's markers", "string", "\\N\t\\.\n"),
        ("string: NUL", "string", "a\0b"),
        ("string: a million characters", "string", new string('\u00e9', 1_000_000)),
        ("string(3): as long as it may be", "string(3)", "\U0001F642\U0001F642\U0001F642"),
        ("binary: empty", "binary", Array.Empty<byte>()),
        ("binary: every byte", "binary", Enumerable.Range(0, 256).Select(i => (byte)i).ToArray()),
        ("binary: a megabyte", "binary", new byte[1 << 20]),
        ("date: first", "date", DateOnly.MinValue),
        ("date: last", "date", DateOnly.MaxValue),
        ("date: leap day", "date", new DateOnly(2024, 2, 29)),
        ("date: between the calendars", "date", new DateOnly(1582, 10, 10)),
        ("time: first", "time", TimeOnly.MinValue),
        ("time: last microsecond", "time", new TimeOnly(TimeOnly.MaxValue.Ticks / 10 * 10)),
        ("time: last tick", "time", TimeOnly.MaxValue),
        ("datetime: first", "datetime", DateTime.MinValue),
        ("datetime: last microsecond", "datetime", MaxMicrosecond),
        ("datetime: last tick", "datetime", DateTime.MaxValue),
        ("datetime: a tick", "datetime", new DateTime(2024, 2, 29, 12, 0, 0).AddTicks(1)),
        ("datetime: before 1970", "datetime", new DateTime(1900, 1, 1, 0, 0, 0, 1)),
        ("datetime: UTC", "datetime", new DateTime(2024, 3, 31, 2, 30, 0, DateTimeKind.Utc)),
        ("datetimeoffset: first", "datetimeoffset", DateTimeOffset.MinValue),
        ("datetimeoffset: last microsecond", "datetimeoffset", new DateTimeOffset(MaxMicrosecond, TimeSpan.Zero)),
        ("datetimeoffset: last tick", "datetimeoffset", DateTimeOffset.MaxValue),
        ("datetimeoffset: far east", "datetimeoffset", new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.FromHours(14))),
        ("datetimeoffset: west", "datetimeoffset", new DateTimeOffset(2023, 12, 31, 23, 59, 59, 999, TimeSpan.FromHours(-12))),
        ("datetimeoffset: half an hour", "datetimeoffset", new DateTimeOffset(2024, 6, 1, 12, 0, 0, new TimeSpan(5, 30, 0))),
        ("timespan: zero", "timespan", TimeSpan.Zero),
        ("timespan: a negative microsecond", "timespan", TimeSpan.FromTicks(-10)),
        ("timespan: beyond a day", "timespan", new TimeSpan(40, 23, 59, 59, 999)),
        ("timespan: negative beyond a day", "timespan", -new TimeSpan(400, 1, 2, 3)),
        ("timespan: greatest microsecond", "timespan", new TimeSpan(TimeSpan.MaxValue.Ticks / 10 * 10)),
        ("timespan: smallest microsecond", "timespan", new TimeSpan(TimeSpan.MinValue.Ticks / 10 * 10)),
        ("timespan: a tick", "timespan", TimeSpan.FromTicks(1)),
        ("timespan: greatest", "timespan", TimeSpan.MaxValue),
        ("guid: empty", "guid", Guid.Empty),
        ("guid: every place differs", "guid", new Guid("00112233-4455-6677-8899-aabbccddeeff")),
        ("json: nested", "json", Json("""{"a":[1,{"b":null,"c":[[],{}]}],"d":"x"}""")),
        ("json: array", "json", Json("""[true,false,null,1.5,"x"]""")),
        ("json: text", "json", Json("\"a \\\" b \u540d \\n\"")),
        ("json: number", "json", Json("42")),
        ("json: digits that a double lacks", "json", Json("""{"n":12345678901234567890.123456789}""")),
        ("json: digits that a Decimal128 lacks", "json", Json("""{"n":1234567890123456789012345678901234.567891}""")),
        ("json: empty names and odd ones", "json", Json("""{"":1," ":2,"a.b":3,"$c":4,"é'\"":5}""")),
        ("json: NUL in a text", "json", Json("""{"a":"x\u0000y"}""")),
        ("json: 60 levels", "json", Json(new string('[', 60) + new string(']', 60))),
    ];

    public static IEnumerable<string> Names => All.Select(c => c.Name);

    public static (string Type, object Value) Find(string name)
    {
        (_, string type, object value) = All.Single(c => c.Name == name);
        return (type, value);
    }

    private static JsonNode Json(string text) => JsonNode.Parse(text)!;
}
