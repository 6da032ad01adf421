namespace DbConductor;

/// <summary>What can be lost, and is therefore refused value by value, when a column's values go to a column of another type.</summary>
public static class Narrowing
{
    /// <summary>A note for people; empty where every value of the source fits.</summary>
    public static string Note(Column source, Column target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        PortableType from = source.Type;
        PortableType to = target.Type;
        string types = from == to || Widens(from, to) ? "" : $"{from} to {to}: values that do not fit exactly are refused";
        string nulls = source.Nullable && !target.Nullable ? "null is refused" : "";
        return string.Join("; ", new[] { types, nulls }.Where(n => n.Length > 0));
    }

    private static bool Widens(PortableType from, PortableType to) => (from.Kind, to.Kind) switch
    {
        (PortableKind.String, PortableKind.String) or (PortableKind.Binary, PortableKind.Binary) =>
            to.Length is null || (from.Length is { } length && length <= to.Length),
        (PortableKind.Decimal, PortableKind.Decimal) => to.Precision is null
            || (from.Precision is not null && from.Scale <= to.Scale && from.Precision - from.Scale <= to.Precision - to.Scale),
        (_, PortableKind.Object) => true,
        (PortableKind.Int16, PortableKind.Int32 or PortableKind.Int64 or PortableKind.Single or PortableKind.Double) => true,
        (PortableKind.Int32, PortableKind.Int64 or PortableKind.Double) => true,
        (PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64, PortableKind.Decimal) =>
            to.Precision is null || to.Precision - to.Scale >= Digits(from.Kind),
        (PortableKind.Single, PortableKind.Double) => true,
        (PortableKind.Date, PortableKind.DateTime) => true,
        (not PortableKind.Object, PortableKind.String) => to.Length is null,
        _ => from.Kind == to.Kind && from.Length is null && from.Precision is null && to.Length is null && to.Precision is null,
    };

    private static int Digits(PortableKind kind) => kind switch { PortableKind.Int16 => 5, PortableKind.Int32 => 10, _ => 19 };
}
