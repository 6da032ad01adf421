namespace DbConductor.Tests.Contract;

/// <summary>MongoDB's commands.</summary>
internal sealed class MongoDbWords : NativeWords
{
    public override string Increment(TableName table, string column) =>
        $$$"""{"update": "{{{table.Name}}}", "updates": [{"q": {"id": 1}, "u": {"$inc": {"{{{column}}}": 1} } }]}""";

    public override string Select(TableName table, string[] columns, string? where = null, string? orderBy = null)
    {
        string filter = where is null ? "" : $"\"{where}\": \"@value\"";
        string fields = string.Join(", ", columns.Select(c => $"\"{c}\": 1").Prepend("\"_id\": 0"));
        return $$$"""{"find": "{{{table.Name}}}", "filter": { {{{filter}}} }, "sort": {"{{{orderBy ?? columns[0]}}}": 1}, "projection": { {{{fields}}} }}""";
    }

    public override string Insert(TableName table, params string[] columns)
    {
        string fields = string.Join(", ", columns.Select(c => $"\"{c}\": \"@{c}\""));
        return $$$"""{"insert": "{{{table.Name}}}", "documents": [{ {{{fields}}} }]}""";
    }

    public override string Drop(TableName table) => $$$"""{"drop": "{{{table.Name}}}"}""";

    public override string CreateColumn(TableName table, string type) => $$$"""{"create": "{{{table.Name}}}"}""";

    public override string InsertLiterals(TableName table, params string[] literals)
    {
        string documents = string.Join(", ", literals.Select((literal, i) => $"{{\"id\": {i + 1}, \"v\": {literal}}}"));
        return $$$"""{"insert": "{{{table.Name}}}", "documents": [{{{documents}}}]}""";
    }

    public override string CreateUnique(TableName table) => Keyed(table, "id", """, {"key": {"mail": 1}, "name": "mail", "unique": true}""", "");

    public override string CreateIgnoreCase(TableName table, string type) => Keyed(table, "k", "", """, "collation": {"locale": "en", "strength": 2}""");

    public override string CreateView(TableName view, TableName table) => $$$"""
        {"create": "{{{view.Name}}}", "viewOn": "{{{table.Name}}}",
         "pipeline": [{"$match": {"grp": "a"}}, {"$project": {"_id": 0, "id": 1, "twice": {"$multiply": ["$v", 2]} } }]}
        """;

    private static string Keyed(TableName table, string key, string others, string options)
    {
        string index = $$"""{"key": {"{{key}}": 1}, "name": "dbconductor_key", "unique": true}""";
        return $$$"""[{"create": "{{{table.Name}}}"{{{options}}} }, {"createIndexes": "{{{table.Name}}}", "indexes": [{{{index}}}{{{others}}}]}]""";
    }
}
