using DbConductor.Sql;
namespace DbConductor.Adapters.Sqlite;
internal static class SqliteText
{
    public static string Compare(string quotedColumn, Column column, string op, object value, TextMatch match, SqlParameters parameters) => $"{quotedColumn} {op} {parameters.Add(value, column)}";
    public static string Like(string quotedColumn, Column column, WildcardText pattern, TextMatch match, SqlParameters parameters) => throw new NotSupportedException();
    public static void Register(Microsoft.Data.Sqlite.SqliteConnection connection) { }
}
