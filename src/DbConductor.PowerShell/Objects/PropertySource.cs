using System.Management.Automation;
using System.Xml;

namespace DbConductor.PowerShell;

/// <summary>Takes the values out of objects whose properties PowerShell makes up one object at a time: XML elements, CIM instances, COM objects.</summary>
internal sealed class PropertySource(ColumnMap columns, CellConverter cells) : UntypedSource(columns, cells)
{
    /// <summary>Whether the properties that PowerShell shows of such objects are not those of their class.</summary>
    internal static bool IsAdapted(Type type)
    {
        if (type.IsCOMObject || typeof(XmlNode).IsAssignableFrom(type))
        {
            return true;
        }

        for (Type? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (ancestor.FullName is "Microsoft.Management.Infrastructure.CimInstance"
                or "System.Management.ManagementBaseObject" or "System.DirectoryServices.DirectoryEntry")
            {
                return true;
            }
        }

        return false;
    }

    protected override object?[] ReadRow(object item, PSObject? wrapper)
    {
        PSMemberInfoCollection<PSMemberInfo> members = (wrapper ?? PSObject.AsPSObject(item)).Members;

        // the plain collection of properties has those of the class too
        return Complete(NewRow(), PropertiesOf(members["psadapted"]).Concat(PropertiesOf(members["psextended"])));
    }

    private static IEnumerable<PSPropertyInfo> PropertiesOf(PSMemberInfo? members) => members is PSMemberSet set ? set.Properties : [];
}
