using System.Linq.Expressions;
using System.Management.Automation;
using System.Reflection;

namespace DbConductor.PowerShell;

/// <summary>
/// Takes the values out of objects of one .NET or PowerShell class: what PowerShell shows as their properties. Those of the class are read by compiled
/// getters, those that PowerShell adds to it (script, alias and code properties) by PowerShell.
/// </summary>
internal sealed class ClassSource : RowSource
{
    private readonly string[] _properties;
    private readonly Func<object, object?>?[] _getters;
    private readonly int[] _places;
    private readonly bool _usesPowerShell;

    internal ClassSource(ColumnMap columns, CellConverter cells, object first)
        : base(columns, cells)
    {
        Type type = first.GetType();
        RowClass? row = RowClass.Of(type);
        _properties = row?.PropertyNames ?? [.. PSObject.AsPSObject(first).Properties.Where(p => p.IsGettable && !IsOwn(p)).Select(p => p.Name)];
        _getters = _properties.Select(p => GetterOf(type, p)).ToArray();
        _usesPowerShell = _getters.Contains(null);
        _places = columns.Place(row?.ColumnNames ?? _properties);
    }

    internal override object?[] Read(object item, PSObject? wrapper)
    {
        if (_usesPowerShell)
        {
            wrapper ??= PSObject.AsPSObject(item);
        }

        object?[] row = _places.Length == Columns.Count ? new object?[_places.Length] : NewRow();
        for (int i = 0; i < _places.Length; i++)
        {
            row[_places[i]] = _getters[i] is { } getter ? Get(getter, item, _properties[i]) : Value(wrapper!.Properties[_properties[i]]);
        }

        return ObjectInternals.CountMembers(item) == 0 ? row : Complete(row, (wrapper ?? PSObject.AsPSObject(item)).Properties.Where(IsOwn));
    }

    private static Func<object, object?>? GetterOf(Type type, string name)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance;
        ParameterExpression item = Expression.Parameter(typeof(object));
        MemberInfo? member = type.GetMember(name, MemberTypes.Property | MemberTypes.Field, Own) is [{ } only] ? only : null;
        bool readable = member is FieldInfo { FieldType.IsByRefLike: false }
            or PropertyInfo { CanRead: true, PropertyType: { IsByRefLike: false, IsPointer: false, IsByRef: false } };
        return readable
            ? Expression.Lambda<Func<object, object?>>(
                Expression.Convert(Expression.MakeMemberAccess(Expression.Convert(item, member!.DeclaringType!), member), typeof(object)), item).Compile()
            : null;
    }

    private object? Get(Func<object, object?> getter, object item, string property)
    {
        object? value;
        try
        {
            value = getter(item);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw Unreadable(property, error);
        }

        return Cells.Convert(value, property);
    }
}
