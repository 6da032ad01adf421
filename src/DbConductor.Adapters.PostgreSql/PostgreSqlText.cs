using DbConductor.Sql;

namespace DbConductor.Adapters.PostgreSql;

/// <summary>How PostgreSQL matches text with patterns.</summary>
internal static class PostgreSqlText
{
    public static string Like(string quotedColumn, Column column, WildcardText pattern, TextMatch match, SqlParameters parameters)
    {
        PostgreSqlDialect dialect = PostgreSqlDialect.Instance;

        // the text of char(n) is without the blanks that pad it: they count in no comparison, but would in a pattern
        bool isText = PostgreSqlTypes.NameOf(column.NativeType) is "text" or "character varying" or "citext" or null;
        string marker = parameters.Add(pattern.HasSet ? pattern.ToRegex("^", "$") : pattern.ToLike(), null);
        string text = match == TextMatch.Column ? (isText ? quotedColumn : $"{quotedColumn}::text") : dialect.TextOperand(quotedColumn, match, false);
        if (!pattern.HasSet)
        {
            return $"{text} LIKE {(match == TextMatch.IgnoreCase ? $"lower({marker})" : marker)} ESCAPE '|'";
        }

        // in a set, folding the text alone would leave the letters of the set as they are
        return match == TextMatch.IgnoreCase ? $"{quotedColumn}::text ~* {marker}" : $"{text} ~ {marker}";
    }
}
