namespace DbConductor.Sql;

/// <summary>The values of one statement, in the order in which their markers stand in its text.</summary>
public sealed class SqlParameters
{
    private readonly List<SqlParameter> _items = [];

    /// <summary>The parameters so far.</summary>
    public IReadOnlyList<SqlParameter> Items => _items;

    /// <summary>Adds a value and returns its marker, such as <c>@p0</c>.</summary>
    /// <param name="value">The value, already converted to the column's type; null becomes SQL's null.</param>
    /// <param name="column">The column that it is compared with or written to, which tells the driver its native type; null where there is none.</param>
    public string Add(object? value, Column? column)
    {
        string name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"p{_items.Count}");
        _items.Add(new(name, value, column));
        return "@" + name;
    }
}

/// <summary>A value to bind.</summary>
/// <param name="Name">Its name, without the marker.</param>
/// <param name="Value">The value; null for SQL's null.</param>
/// <param name="Column">The column that it belongs to, if any.</param>
public readonly record struct SqlParameter(string Name, object? Value, Column? Column);
