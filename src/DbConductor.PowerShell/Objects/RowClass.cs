using System.Collections.Concurrent;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Text;

namespace DbConductor.PowerShell;

/// <summary>
/// A class made for the columns of a result: a property per column, in their order, that can be set, also to null. There is one per
/// schema; it stays for the life of the process, as PowerShell's own knowledge of a class does.
/// </summary>
internal sealed class RowClass
{
    private static readonly ModuleBuilder Module =
        AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("DbConductor.Rows"), AssemblyBuilderAccess.Run).DefineDynamicModule("DbConductor.Rows");

    private static readonly ConcurrentDictionary<string, Lazy<RowClass>> BySchema = new();
    private static readonly ConcurrentDictionary<Type, RowClass> ByType = new();
    private static int s_count;

    private RowClass(IReadOnlyList<Column> columns)
    {
        string[] names = columns.Select(c => c.Name).ToArray();
        ColumnNames = DbConductor.PowerShell.PropertyNames.Distinct(names, StringComparer.Ordinal);
        PropertyNames = DbConductor.PowerShell.PropertyNames.Distinct(names, StringComparer.OrdinalIgnoreCase);
        Type type = MakeType(columns.Select(c => TypeOf(c.Type)).ToArray());
        Make = MakeFiller(type, columns);
        ByType[type] = this;
    }

    /// <summary>The columns' names; they can differ from the properties' where they differ among themselves by case alone.</summary>
    internal string[] ColumnNames { get; }

    /// <summary>The properties' names.</summary>
    internal string[] PropertyNames { get; }

    /// <summary>Makes an object of the row on which a reader stands.</summary>
    internal Func<RowReader, object> Make { get; }

    /// <summary>The class for columns of these names and types.</summary>
    internal static RowClass For(IReadOnlyList<Column> columns)
    {
        StringBuilder key = new();
        foreach (Column column in columns)
        {
            key.Append(CultureInfo.InvariantCulture, $"{(int)column.Type.Kind}:{column.Name.Length}:{column.Name};");
        }

        return BySchema.GetOrAdd(key.ToString(), _ => new(() => new RowClass(columns))).Value;
    }

    /// <summary>What is known of a class that was made here; null for any other.</summary>
    internal static RowClass? Of(Type type) => ByType.GetValueOrDefault(type);

    /// <summary>
    /// The type of a property. Text is declared as object, since PowerShell turns null into empty text where a property is a string.
    /// </summary>
    private static Type TypeOf(PortableType type) => type.Kind switch
    {
        PortableKind.String or PortableKind.Json or PortableKind.Object => typeof(object),
        PortableKind.Binary => typeof(byte[]),
        _ => typeof(Nullable<>).MakeGenericType(type.ClrType),
    };

    private Type MakeType(Type[] types)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"DbConductor.Row{Interlocked.Increment(ref s_count)}");
        lock (Module)
        {
            TypeBuilder builder = Module.DefineType(name, TypeAttributes.Public | TypeAttributes.Sealed, typeof(Row));
            for (int i = 0; i < types.Length; i++)
            {
                AddProperty(builder, PropertyNames[i], types[i]);
            }

            return builder.CreateType();
        }
    }

    private static void AddProperty(TypeBuilder builder, string name, Type type)
    {
        const MethodAttributes Accessor = MethodAttributes.Public | MethodAttributes.HideBySig | MethodAttributes.SpecialName;
        FieldBuilder field = builder.DefineField("_" + name, type, FieldAttributes.Private);
        PropertyBuilder property = builder.DefineProperty(name, PropertyAttributes.None, type, null);

        MethodBuilder getter = builder.DefineMethod("get_" + name, Accessor, type, null);
        ILGenerator il = getter.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, field);
        il.Emit(OpCodes.Ret);
        property.SetGetMethod(getter);

        MethodBuilder setter = builder.DefineMethod("set_" + name, Accessor, null, [type]);
        il = setter.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Stfld, field);
        il.Emit(OpCodes.Ret);
        property.SetSetMethod(setter);
    }

    private Func<RowReader, object> MakeFiller(Type type, IReadOnlyList<Column> columns)
    {
        ParameterExpression reader = Expression.Parameter(typeof(RowReader), "reader");
        IEnumerable<MemberBinding> cells = columns.Select((column, i) =>
        {
            PropertyInfo property = type.GetProperty(PropertyNames[i])!;
            return Expression.Bind(property, Cell(reader, Expression.Constant(i), column.Type, property.PropertyType));
        });
        return Expression.Lambda<Func<RowReader, object>>(Expression.MemberInit(Expression.New(type), cells), reader).Compile();
    }

    private static Expression Cell(Expression reader, Expression ordinal, PortableType type, Type property)
    {
        Expression value = type.Kind switch
        {
            PortableKind.Boolean => Call(nameof(RowReader.GetBoolean)),
            PortableKind.Int16 => Call(nameof(RowReader.GetInt16)),
            PortableKind.Int32 => Call(nameof(RowReader.GetInt32)),
            PortableKind.Int64 => Call(nameof(RowReader.GetInt64)),
            PortableKind.Decimal => Call(nameof(RowReader.GetDecimal)),
            PortableKind.Single => Call(nameof(RowReader.GetFloat)),
            PortableKind.Double => Call(nameof(RowReader.GetDouble)),
            PortableKind.String => Call(nameof(RowReader.GetString)),
            PortableKind.DateTime => Call(nameof(RowReader.GetDateTime)),
            PortableKind.Guid => Call(nameof(RowReader.GetGuid)),
            PortableKind.Object or PortableKind.Json => Expression.Call(typeof(JsonObjects), nameof(JsonObjects.FromCell), null, Call(nameof(RowReader.GetValue))),
            _ => Expression.Call(reader, nameof(RowReader.GetFieldValue), [type.ClrType], ordinal),
        };
        return Expression.Condition(Call(nameof(RowReader.IsDBNull)), Expression.Default(property), Expression.Convert(value, property));

        MethodCallExpression Call(string method) => Expression.Call(reader, method, null, ordinal);
    }
}
