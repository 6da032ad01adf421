using MongoDB.Bson;

namespace DbConductor.Adapters.MongoDb;

/// <summary>A filter's value in the type of its field: the declared one, or where none is, the one that documents have.</summary>
internal static class FilterValue
{
    /// <summary>Whether a value means null in the column, as the empty text does in one that is not text.</summary>
    public static bool StandsForNull(object value, Column column) =>
        value is DBNull || (column.Type.Kind != PortableKind.Object && ValueConversion.TryConvert(value, new(column.Type.Kind), out object? converted, out _) && converted is null);

    /// <summary>Fits a comparison to a column; the value is null where it holds for no document.</summary>
    public static FittedComparison Fit(Column column, CompareOp op, object value)
    {
        if (column.Type.Kind != PortableKind.Object)
        {
            return column.NativeType == BsonNames.ObjectId ? new(op, value) : FittedComparison.Fit(column, op, value, Resolution(column.Type.Kind));
        }

        if (value is double.NaN or float.NaN)
        {
            return new(op, op == CompareOp.Equal ? value : null);
        }

        // a field that is not declared may have any type in the next document: only text is turned into what the field has
        PortableKind? kind = (column.NativeType, value) switch
        {
            (_, DateTime or DateTimeOffset) => PortableKind.DateTime,
            ("date", string or DateOnly) => PortableKind.DateTime,
            ("int" or "long" or "double" or "decimal", string) => PortableKind.Decimal,
            ("bool", string) => PortableKind.Boolean,
            _ => null,
        };
        if (kind is { } known && ValueConversion.TryConvert(value, new(known), out object? converted, out _) && converted is not null)
        {
            return FittedComparison.Fit(new(column.Name, new(known)), op, converted, Resolution(known));
        }

        return new(op, ValueConversion.Convert(value, column));
    }

    private static TimeSpan Resolution(PortableKind kind) =>
        kind is PortableKind.DateTime or PortableKind.DateTimeOffset ? BsonEncoder.DateResolution : TimeSpan.FromTicks(1);
}
