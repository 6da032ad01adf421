using System.Reflection;

namespace DbConductor.Spark;

/// <summary>Stands for Microsoft.Spark's own logger, which is not public, and writes nothing.</summary>
public class NoLog : DispatchProxy
{
    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.ReturnType == typeof(void) ? null : targetMethod?.ReturnType == typeof(bool) ? false : this;
}
