using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>PowerShell's wrappers around values.</summary>
internal static class PSObjects
{
    /// <summary>
    /// <c>PSObject(int)</c>, which reserves room for the properties, several times faster than the public constructors: so PowerShell's own Import-Csv makes its objects.
    /// The reference assembly lacks it: written out, the call would bind to <c>PSObject(object)</c>
    /// and wrap the number.
    /// </summary>
    internal static readonly Func<int, PSObject> New = MakeConstructor();

    /// <summary>A value without a wrapper around it.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    internal static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static Func<int, PSObject> MakeConstructor()
    {
        if (typeof(PSObject).GetConstructor([typeof(int)]) is not { } constructor || constructor.GetParameters()[0].ParameterType != typeof(int))
        {
            return static _ => new PSObject();
        }

        ParameterExpression room = Expression.Parameter(typeof(int));
        return Expression.Lambda<Func<int, PSObject>>(Expression.New(constructor, room), room).Compile();
    }
}
