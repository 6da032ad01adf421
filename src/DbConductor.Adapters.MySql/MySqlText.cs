using DbConductor.Sql;

namespace DbConductor.Adapters.MySql;

/// <summary>How MySQL matches text with patterns.</summary>
internal static class MySqlText
{
    public static string Like(string quotedColumn, Column column, WildcardText pattern, TextMatch match, SqlParameters parameters)
    {
        string text = column.Type.Kind == PortableKind.String ? quotedColumn : $"CAST({quotedColumn} AS CHAR)";
        string marker = parameters.Add(pattern.HasSet ? pattern.ToRegex(match == TextMatch.IgnoreCase ? "(?is)^" : "(?s)^", "\\z") : pattern.ToLike(), null);
        if (match != TextMatch.Column)
        {
            text = $"CONVERT({text} USING utf8mb4)";
            if (match == TextMatch.IgnoreCase && !pattern.HasSet)
            {
                (text, marker) = ($"LOWER({text})", $"LOWER({marker})");
            }

            text += " COLLATE utf8mb4_bin";
        }

        return pattern.HasSet ? $"{text} REGEXP {marker}" : $"{text} LIKE {marker} ESCAPE '|'";
    }
}
