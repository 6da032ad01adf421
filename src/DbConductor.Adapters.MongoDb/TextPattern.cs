using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>Regular expressions for the server, which reads them as PCRE: the whole text must match, and the dot takes a new line too.</summary>
internal static class TextPattern
{
    /// <summary>A wildcard pattern.</summary>
    public static BsonRegularExpression Of(WildcardText pattern, bool ignoreCase) =>
        // a regular expression goes over the wire as a text that a NUL ends
        new(pattern.ToRegex("^", "\\z").Replace("\0", "\\x00", StringComparison.Ordinal), ignoreCase ? "is" : "s");

    /// <summary>A text as it is.</summary>
    public static BsonRegularExpression Whole(string text, bool ignoreCase) => Of(
        new(string.Concat(text.Select(c => c is '*' or '?' or '[' or ']' or '`' ? $"`{c}" : c.ToString()))), ignoreCase);
}
