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
    private readonly bool _conforms;

    internal ClassSource(ColumnMap columns, CellConverter cells, object first)
        : base(columns, cells)
    {
        Type type = first.GetType();
        RowClass? row = RowClass.Of(type);
        _properties = row?.PropertyNames ?? [.. PSObject.AsPSObject(first).Properties.Where(p => p.IsGettable && !IsOwn(p)).Select(p => p.Name)];
        MemberExpression?[] members = _properties.Select(p => Member(type, p)).ToArray();
        _getters = members.Select(Getter).ToArray();
        _usesPowerShell = members.Contains(null);
        PortableType[] types = members.Select(m => m is null ? new(PortableKind.Object) : CellConverter.TypeOf(m.Type)).ToArray();
        _places = columns.Place(row?.ColumnNames ?? _properties, types);
        _conforms = AreColumnTypes(_places, types);
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

        if (ObjectInternals.CountMembers(item) != 0)
        {
            return Conform(Complete(row, (wrapper ?? PSObject.AsPSObject(item)).Properties.Where(IsOwn)));
        }

        return _conforms ? row : Conform(row);
    }

    /// <summary>The class's own property or field of a name; null where it has none that a compiled getter can read.</summary>
    private static MemberExpression? Member(Type type, string name)
    {
        MemberInfo[] found = type.GetMember(name, MemberTypes.Property | MemberTypes.Field, BindingFlags.Public | BindingFlags.Instance);
        bool readable = found is
            [
                FieldInfo { FieldType.IsByRefLike: false, FieldType.IsPointer: false }
                or PropertyInfo { CanRead: true, PropertyType: { IsByRefLike: false, IsPointer: false, IsByRef: false } }
            ];
        return readable ? Expression.MakeMemberAccess(Expression.Parameter(found[0].DeclaringType!, "item"), found[0]) : null;
    }

    private static Func<object, object?>? Getter(MemberExpression? member)
    {
        if (member?.Expression is not ParameterExpression typed)
        {
            return null;
        }

        ParameterExpression item = Expression.Parameter(typeof(object));
        Expression body = Expression.Block([typed], Expression.Assign(typed, Expression.Convert(item, typed.Type)), Expression.Convert(member, typeof(object)));
        return Expression.Lambda<Func<object, object?>>(body, item).Compile();
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
