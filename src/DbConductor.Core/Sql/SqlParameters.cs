namespace DbConductor.Sql;

/// <summary>The values of one statement, in the order in which their markers stand in its text.</summary>
public sealed class SqlParameters
{
    private readonly List<SqlParameter> _items = [];
    private readonly Func<object, Column?, string>? _literal;

    /// <summary>For values that are bound.</summary>
    public SqlParameters()
    {
    }

    /// <summary>For a text that others send, who bind nothing: each value stands in it as a literal.</summary>
    /// <param name="literal">Makes the literal of a value.</param>
    public SqlParameters(Func<object, Column?, string> literal) => _literal = literal;

    /// <summary>The parameters so far.</summary>
    public IReadOnlyList<SqlParameter> Items => _items;

    /// <summary>Adds a value and returns its marker, such as <c>@p0</c>, or its literal.</summary>
    /// <param name="value">The value, already converted to the column's type; null becomes SQL's null.</param>
    /// <param name="column">The column that it is compared with or written to, which tells the driver its native type; null where there is none.</param>
    public string Add(object? value, Column? column)
    {
        if (_literal is not null)
        {
            return value is null ? "NULL" : _literal(value, column);
        }

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
