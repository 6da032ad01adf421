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
        List<string> notes = [];
        if (from != to && !Widens(from, to))
        {
            notes.Add($"{from} to {to}: values that do not fit exactly are refused");
        }

        string[] lacks = [.. Lacks(source, target)];
        if (lacks.Length > 0)
        {
            notes.Add($"refused: {string.Join(", ", lacks)}");
        }

        string[] drops = from.Kind == to.Kind ? [.. target.Limits.Drops.Except(source.Limits.Drops)] : [];
        if (drops.Length > 0)
        {
            notes.Add($"not kept: {string.Join(", ", drops)}");
        }

        if (source.Limits.AsText && source.NativeType != target.NativeType)
        {
            notes.Add($"{source.NativeType} as its text");
        }

        if (source.Nullable && !target.Nullable)
        {
            notes.Add("null is refused");
        }

        return string.Join("; ", notes);
    }

    private static IEnumerable<string> Lacks(Column source, Column target)
    {
        PortableKind from = source.Type.Kind;
        PortableKind to = target.Type.Kind;
        if (KeepsTime(from) && KeepsTime(to) && source.Limits.FractionDigits > target.Limits.FractionDigits)
        {
            yield return target.Limits.FractionDigits switch
            {
                6 => "times finer than a microsecond",
                3 => "times finer than a millisecond",
                0 => "times finer than a second",
                int digits => $"times of more than {digits} digits of a second",
            };
        }

        if (from != to && !(source.Type.IsNumeric && target.Type.IsNumeric))
        {
            yield break;
        }

        foreach (string lack in target.Limits.Lacks.Except(source.Limits.Lacks))
        {
            if (from is PortableKind.Single or PortableKind.Double || lack is not (ColumnLimits.NaN or ColumnLimits.Infinity))
            {
                yield return lack;
            }
        }
    }

    private static bool KeepsTime(PortableKind kind) => kind is PortableKind.Time or PortableKind.DateTime or PortableKind.DateTimeOffset or PortableKind.TimeSpan;

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
