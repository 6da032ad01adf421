using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>Takes the values out of objects whose values can be of any type.</summary>
internal abstract class UntypedSource : RowSource
{
    private readonly bool _conforms;

    protected UntypedSource(ColumnMap columns, CellConverter cells)
        : base(columns, cells)
    {
        columns.ExpectAny();
        _conforms = columns.Columns.All(c => c.Type.Kind == PortableKind.Object);
    }

    internal sealed override object?[] Read(object item, PSObject? wrapper) => _conforms ? ReadRow(item, wrapper) : Conform(ReadRow(item, wrapper));

    protected abstract object?[] ReadRow(object item, PSObject? wrapper);
}
