using System.Collections;
using System.Globalization;
using System.Text;

namespace DbConductor;

/// <summary>A log entry of an operation: the fields that are known, for structured logs, and a sentence of them for people.</summary>
internal sealed class OperationEntry : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly List<KeyValuePair<string, object?>> _fields = new(10);

    public int Count => _fields.Count;

    public KeyValuePair<string, object?> this[int index] => _fields[index];

    /// <summary>Adds a field where there is a value.</summary>
    public OperationEntry With(string name, object? value)
    {
        if (value is not null)
        {
            _fields.Add(new(name, value));
        }

        return this;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>For people: <c>save warehouse: table=airports rows=1458 milliseconds=12.5</c>.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach ((string name, object? value) in _fields)
        {
            string shown = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text = name switch
            {
                Operation.OperationField => text.Append(shown),
                Operation.AdapterField => text.Append(' ').Append(shown).Append(':'),
                Operation.StatementField => text.Append(' ').Append(shown),
                _ => text.Append(' ').Append(char.ToLowerInvariant(name[0])).Append(name, 1, name.Length - 1).Append('=').Append(shown),
            };
        }

        return text.ToString();
    }
}
