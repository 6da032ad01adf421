using System.Reflection;
using System.Reflection.Emit;
using System.Management.Automation;

namespace DbConductor.PowerShell;

/// <summary>
/// What PowerShell knows of an object but shows nobody: how many members it has of its own, and the names of its type as one string.
/// Both tell cheaply whether an object can have properties that those before had not.
/// </summary>
/// <remarks>
/// The public way goes through all properties, which costs four times as much as reading the values. Where these members are missing, null is the
/// answer, and the public way is gone.
/// </remarks>
internal static class ObjectInternals
{
    private const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    private static readonly Func<object, int>? Counter = MakeCounter();
    private static readonly Func<PSObject, string>? TypeNamer = MakeTypeNamer();

    /// <summary>The number of visible members that were added to this object alone; null where it cannot be told.</summary>
    /// <param name="item">An object, in its wrapper or not.</param>
    internal static int? CountMembers(object item) => Counter?.Invoke(item);

    /// <summary>The names of the object's type and its ancestors; null where they cannot be told.</summary>
    internal static string? TypeNames(PSObject item) => TypeNamer?.Invoke(item);

    private static Func<object, int>? MakeCounter()
    {
        MethodInfo? has = typeof(PSObject).GetMethod("HasInstanceMembers", Hidden);
        Type? members = has?.GetParameters() is [{ ParameterType: var first }, { IsOut: true, ParameterType: var second }] && first == typeof(object)
            ? second.GetElementType()
            : null;
        MethodInfo? count = members?.GetProperty("VisibleCount", Hidden)?.GetMethod;
        if (has is null || members is null || has.ReturnType != typeof(bool) || count?.ReturnType != typeof(int))
        {
            return null;
        }

        DynamicMethod method = new("CountMembers", typeof(int), [typeof(object)], typeof(PSObject).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        LocalBuilder found = il.DeclareLocal(members);
        Label none = il.DefineLabel();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldloca, found);
        il.Emit(OpCodes.Call, has);
        il.Emit(OpCodes.Brfalse, none);
        il.Emit(OpCodes.Ldloc, found);
        il.Emit(OpCodes.Callvirt, count);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(none);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<object, int>>();
    }

    private static Func<PSObject, string>? MakeTypeNamer()
    {
        MethodInfo? names = typeof(PSObject).GetProperty("InternalTypeNames", Hidden)?.GetMethod;
        MethodInfo? key = names?.ReturnType.GetProperty("Key", Hidden)?.GetMethod;
        if (names is null || key?.ReturnType != typeof(string))
        {
            return null;
        }

        DynamicMethod method = new("TypeNames", typeof(string), [typeof(PSObject)], typeof(PSObject).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Callvirt, names);
        il.Emit(OpCodes.Callvirt, key);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<PSObject, string>>();
    }
}
