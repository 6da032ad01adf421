using System.Text;
using System.Text.RegularExpressions;
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
        connection.CreateFunction<string?, string, bool?>(
            Matches, static (text, pattern) => text is null ? null : Regex.IsMatch(text, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline),
            isDeterministic: true);
    }

    public static string Like(string quotedColumn, Column column, WildcardText pattern, TextMatch match, SqlParameters parameters)
    {
        string text = column.Type.Kind == PortableKind.String ? quotedColumn : $"CAST({quotedColumn} AS TEXT)";
        bool noCase = string.Equals(column.Collation, "NOCASE", StringComparison.OrdinalIgnoreCase);
        if (match == TextMatch.IgnoreCase || (match == TextMatch.Column && column.Collation is not null && (!noCase || pattern.HasSet)))
        {
            return $"{Matches}({text}, {parameters.Add(pattern.ToRegex("\\A", "\\z"), null)})";
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
                    Set(glob, part.Text);
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

    // in a set "]" is plain only as the first character, "^" anywhere else, "-" only as the last
    private static void Set(StringBuilder glob, string ranges)
    {
        string first = "";
        string last = "";
        StringBuilder others = new();
        for (int i = 0; i + 2 < ranges.Length; i += 3)
        {
            (char from, char to) = (ranges[i], ranges[i + 2]);
            switch (from)
            {
                case ']' when to == ']':
                    first = "]";
                    break;
                case '^' when to == '^':
                    last = "^" + last;
                    break;
                case '-' when to == '-':
                    last += "-";
                    break;
                default:
                    others.Append(from);
                    _ = from == to ? others : others.Append('-').Append(to);
                    break;
            }
        }

        _ = first.Length + others.Length == 0 && last == "^" ? glob.Append('^') : glob.Append('[').Append(first).Append(others).Append(last).Append(']');
    }
}
