using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace DbConductor.PowerShell;

/// <summary>Reads <c>-Where</c>: a hashtable as it is, a script block by its syntax tree. No part of the block is ever run.</summary>
internal static class FilterTranslator
{
    /// <summary>The filter; null where there is none, as for an empty hashtable.</summary>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.InvalidArgument"/>: what cannot be translated, underlined, with the way to say it.</exception>
    internal static Filter? Read(object? where, SessionState caller) => Plain(where) switch
    {
        null => null,
        IDictionary { Count: 0 } => null,
        IDictionary table => Filter.All([.. table.Cast<DictionaryEntry>().Select(Entry)]),
        ScriptBlock block => new BlockTranslation(new FilterValues(block, caller)).Translate((ScriptBlockAst)block.Ast),
        _ => throw new DbConductorException(
            DbErrorKind.InvalidArgument, "-Where takes a hashtable, as @{ country = 'NZ' }, or a script block, as { $_.age -ge 18 }."),
    };

    private static Filter Entry(DictionaryEntry entry)
    {
        string column = Convert.ToString(Plain(entry.Key), System.Globalization.CultureInfo.InvariantCulture) ?? "";
        return Plain(entry.Value) switch
        {
            null => new NullFilter(column),
            ScriptBlock or IDictionary => throw new DbConductorException(
                DbErrorKind.InvalidArgument, $"The filter's value for '{column}' is neither a plain value nor a list. For anything but equality use a script block."),
            string text => Filter.Equal(column, text),
            byte[] bytes => Filter.Equal(column, bytes),
            IEnumerable list => new InFilter(column, [.. list.Cast<object?>().Select(Plain)]),
            var value => Filter.Equal(column, value),
        };
    }

    /// <summary>A value without PowerShell's wrapping; null for its several nothings.</summary>
    internal static object? Plain(object? value) => value switch
    {
        PSObject wrapped when wrapped.BaseObject is PSCustomObject => wrapped,
        PSObject wrapped => Plain(wrapped.BaseObject),
        DBNull => null,
        _ when value is not null && value == System.Management.Automation.Internal.AutomationNull.Value => null,
        _ => value,
    };
}
