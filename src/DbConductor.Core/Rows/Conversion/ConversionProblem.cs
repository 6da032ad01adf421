namespace DbConductor;

/// <summary>Why a value cannot be converted. Tells its type and size, never the value.</summary>
/// <param name="Kind"><see cref="DbErrorKind.InvalidData"/>: this value does not fit. <see cref="DbErrorKind.InvalidType"/>: no value of its type does.</param>
/// <param name="Description">Such as "text of 5 characters is not a whole number".</param>
/// <param name="Remedy">What the operator can do, as a sentence.</param>
public sealed record ConversionProblem(DbErrorKind Kind, string Description, string Remedy)
{
    private const string Repair = "Repair the value, or give the column a type that holds it";

    /// <summary>The error that says so.</summary>
    /// <param name="column">The column's name.</param>
    /// <param name="row">The row, counted from 1; null where the value is not of a row.</param>
    public DbConductorException ToException(string column, long? row)
    {
        string place = row is { } number
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Row {number}, column '{column}'")
            : $"Column '{column}'";
        return new(Kind, $"{place}: {Description}. {Remedy}") { Row = row, Column = column };
    }

    internal static ConversionProblem Text(string value, string isNot) => new(
        DbErrorKind.InvalidData,
        $"{Describe(value)} {isNot}",
        $"{Repair}; if the text stands for null, name it with -NullText.");

    internal static ConversionProblem Misfit(object value, string why) =>
        new(DbErrorKind.InvalidData, $"{Describe(value)} {why}", Repair + ".");

    internal static ConversionProblem Type(object value, string target) => new(
        DbErrorKind.InvalidType,
        $"{Describe(value)} cannot become {target}",
        $"Convert the value before it is sent, or give the column a type that holds it.");

    internal static string Describe(object value) => value switch
    {
        string text => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"text of {text.Length} {(text.Length == 1 ? "character" : "characters")}"),
        byte[] bytes => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"binary of {bytes.Length} {(bytes.Length == 1 ? "byte" : "bytes")}"),
        System.Text.Json.Nodes.JsonObject => "a nested object",
        System.Text.Json.Nodes.JsonArray => "an array",
        _ => PortableType.FromClr(value.GetType()) is { Kind: not PortableKind.Object } type ? $"a value of type {new PortableType(type.Kind)}" : $"a value of type {value.GetType()}",
    };
}
