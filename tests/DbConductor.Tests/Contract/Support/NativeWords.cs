namespace DbConductor.Tests.Contract;

/// <summary>What the tests say to a database in its own language, past the adapter's operations: in SQL here, in other words where a database speaks none.</summary>
public class NativeWords
{
    /// <summary>Raises a number by one where <c>id</c> is 1.</summary>
    public virtual string Increment(TableName table, string column) => $"update {table.Name} set {column} = {column} + 1 where id = 1";

    /// <summary>Reads columns, ordered by the first or by another; where one is named, of rows in which it equals the parameter <c>value</c>.</summary>
    public virtual string Select(TableName table, string[] columns, string? where = null, string? orderBy = null) =>
        $"select {string.Join(", ", columns)} from {table.Name}{(where is null ? "" : $" where {where} = @value")} order by {orderBy ?? columns[0]}";

    /// <summary>Adds a row with parameters of the columns' names.</summary>
    public virtual string Insert(TableName table, params string[] columns) =>
        $"insert into {table.Name} ({string.Join(", ", columns)}) values ({string.Join(", ", columns.Select(c => "@" + c))})";

    /// <summary>Drops a table.</summary>
    public virtual string Drop(TableName table) => $"drop table {table.Name}";

    /// <summary>Creates a table with a column <c>id</c> and a column <c>v</c> of a native type.</summary>
    public virtual string CreateColumn(TableName table, string type) => $"create table {table.Name} (id int, v {type})";

    /// <summary>Adds rows with a native literal each, numbered from 1.</summary>
    public virtual string InsertLiterals(TableName table, params string[] literals) =>
        $"insert into {table.Name} values {string.Join(", ", literals.Select((literal, i) => $"({i + 1}, {literal})"))}";

    /// <summary>Creates a table with a key <c>id</c> and a unique text column <c>mail</c>.</summary>
    public virtual string CreateUnique(TableName table) => $"create table {table.Name} (id int primary key, mail varchar(50) unique)";

    /// <summary>Creates a table with a key <c>k</c> of a type that compares without case, and a number <c>v</c>.</summary>
    public virtual string CreateIgnoreCase(TableName table, string type) => $"create table {table.Name} (k {type} primary key, v int)";

    /// <summary>Creates a view of the rows whose <c>grp</c> is a: their <c>id</c>, and <c>v</c> doubled as <c>twice</c>.</summary>
    public virtual string CreateView(TableName view, TableName table) => $"create view {view.Name} as select id, v * 2 as twice from {table.Name} where grp = 'a'";
}
