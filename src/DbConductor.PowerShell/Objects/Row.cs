using System.Globalization;
using System.Reflection;
using System.Text;

namespace DbConductor.PowerShell;

/// <summary>A row of a result. Each set of columns has a class of its own that derives from this one, with a property per column.</summary>
public abstract class Row
{
    /// <summary>
    /// The row as <c>@{name=value; ...}</c>, like a PSCustomObject: rows are compared by it where no property is named.
    /// </summary>
    public override string ToString()
    {
        StringBuilder text = new("@{");
        foreach (PropertyInfo property in GetType().GetProperties())
        {
            text.Append(text.Length > 2 ? "; " : "").Append(CultureInfo.InvariantCulture, $"{property.Name}={property.GetValue(this)}");
        }

        return text.Append('}').ToString();
    }
}
