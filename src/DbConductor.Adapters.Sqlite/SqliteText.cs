using System.Text;
using DbConductor.Sql;
using Microsoft.Data.Sqlite;

namespace DbConductor.Adapters.Sqlite;

/// <summary>How SQLite compares text, and what it is taught on each connection: its own NOCASE and LIKE fold only ASCII.</summary>
internal static class SqliteText
{
    /// <summary>A collation that ignores the case of every letter.</summary>
    public const string NoCase = "DBC_NOCASE";

    private const string Matches = "dbc_matches";

    public static void Register(SqliteConnection connection)
    {
        connection.CreateCollation(NoCase, static (left, right) => string.Compare(left, right, StringComparison.OrdinalIgnoreCase));
        string? last = null;
        WildcardMatch? match = null;
        connection.CreateFunction(
            Matches,
            (string? text, string pattern) =>
            {
                // a connection runs one statement at a time, which asks for the same pattern row after row
                if (match is null || last != pattern)
                {
                    match = new(new(pattern), ignoreCase: true);
                    last = pattern;
                }

                return text is null ? (bool?)null : match.IsMatch(text);
            },
            isDeterministic: true);
    }

    public static string Like(string quotedColumn, Column column, WildcardText pattern, TextMatch match, SqlParameters parameters)
    {
        string text = column.Type.Kind == PortableKind.String ? quotedColumn : $"CAST({quotedColumn} AS TEXT)";
        bool noCase = string.Equals(column.Collation, "NOCASE", StringComparison.OrdinalIgnoreCase);
        if (match == TextMatch.IgnoreCase || (match == TextMatch.Column && column.Collation is not null && (!noCase || pattern.HasSet)))
        {
            return $"{Matches}({text}, {parameters.Add(pattern.Text, null)})";
        }

        // GLOB compares exactly, LIKE ignores the case of ASCII as NOCASE does (https://www.sqlite.org/lang_expr.html#like); an index serves both
        return match == TextMatch.Column && noCase
            ? $"{text} LIKE {parameters.Add(pattern.ToLike(), null)} ESCAPE '|'"
            : $"{text} GLOB {parameters.Add(Glob(pattern), null)}";
    }

    // GLOB has no escape: a character that means something stands alone in a set
    private static string Glob(WildcardText pattern)
    {
        StringBuilder glob = new();
        foreach (WildcardPart part in pattern.Parts)
        {
            switch (part.Kind)
            {
                case WildcardPartKind.Any:
                    glob.Append('*');
                    break;
                case WildcardPartKind.One:
                    glob.Append('?');
                    break;
                case WildcardPartKind.Set:
                    GlobSet.Append(glob, part.Ranges);
                    break;
                default:
                    foreach (char c in part.Text)
                    {
                        _ = c is '*' or '?' or '[' ? glob.Append('[').Append(c).Append(']') : glob.Append(c);
                    }

                    break;
            }
        }

        return glob.ToString();
    }
}
