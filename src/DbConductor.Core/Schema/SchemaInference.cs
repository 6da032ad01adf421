using System.Globalization;

namespace DbConductor;

/// <summary>Finds the columns of a table that is to be created for a stream of rows.</summary>
/// <remarks>
/// <para>Types that are declared (<see cref="SaveOptions.ColumnTypes"/>) are taken as they are. So are those that the source has for its columns,
/// but that whole numbers of rows which the caller makes are 64-bit. For the other columns the first <see cref="SampleSize"/> rows decide:</para>
/// <list type="bullet">
/// <item>the columns are all that occur in any of these rows;</item>
/// <item>whole numbers are 64-bit; with decimals they are decimal; with doubles they are double if each is exactly a double;</item>
/// <item>decimals and doubles in one column are an error: only the operator can tell which of them may lose digits;</item>
/// <item>any other mix becomes text, with a warning; so does a column that has nothing but null.</item>
/// </list>
/// <para>Every column takes null but those of the key and those whose source says that they do not: that a thousand rows have a value does not mean that all have.</para>
/// </remarks>
public static class SchemaInference
{
    /// <summary>How many rows are looked at.</summary>
    public const int SampleSize = 1000;

    /// <summary>Looks at the first rows.</summary>
    /// <param name="rows">The reader, before its first row; the result's <see cref="InferredRows.Rows"/> owns it.</param>
    /// <param name="options">Declared types, texts that mean null, and the key.</param>
    /// <param name="inferFromText">
    /// Whether text that reads as a number counts as one, as for files, which have nothing but text: whole numbers, fractions as decimal, an exponent or NaN as double,
    /// also true and false, and dates and times in ISO 8601. A number with a leading zero or plus stays text, since it would not read the same again. Without it, text is text.
    /// </param>
    /// <param name="cancel">Cancels the reading.</param>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.InvalidType"/>: decimals and doubles in one column. <see cref="DbErrorKind.ColumnNotFound"/>: a declared type or a key for a column that no row has.
    /// </exception>
    public static async Task<InferredRows> InferAsync(RowReader rows, SaveOptions options, bool inferFromText, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        bool needed = NeedsSample(rows, options, inferFromText);
        RowSample sample = await RowSample.ReadAsync(rows, needed ? SampleSize : 0, cancel).ConfigureAwait(false);
        Dictionary<int, PortableType> declared = Declared(sample.Columns, options.ColumnTypes);
        List<string> warnings = [];
        List<Column> columns = new(sample.Columns.Count);
        for (int i = 0; i < sample.Columns.Count; i++)
        {
            Column source = sample.Columns[i];
            PortableType type = declared.TryGetValue(i, out PortableType given) ? given
                : source.Type.Kind == PortableKind.Object || (inferFromText && source.Type.Kind == PortableKind.String) ? Infer(sample, i, options, inferFromText, warnings)
                : rows.FedByCaller && source.Type.Kind is PortableKind.Int16 or PortableKind.Int32 ? new(PortableKind.Int64)
                : source.Type;
            columns.Add(new(source.Name, type) { Nullable = source.Nullable });
        }

        if (sample.Columns.Count == 0)
        {
            columns.AddRange(options.ColumnTypes.Select(c => new Column(c.Key, c.Value)));
        }

        string[] key = new string[options.Key.Count];
        for (int k = 0; k < key.Length; k++)
        {
            int at = ColumnNames.Require(columns, options.Key[k], "The input");
            columns[at] = columns[at] with { Nullable = false };
            key[k] = columns[at].Name;
        }

        return new(new(columns) { Key = key }, warnings, needed ? sample.Replay() : rows);
    }

    // where all columns and their types are known, the rows have nothing to add
    private static bool NeedsSample(RowReader rows, SaveOptions options, bool inferFromText) =>
        rows.FedByCaller || rows.MayAppendColumns || rows.Columns.Count == 0
        || rows.Columns.Any(c => (c.Type.Kind == PortableKind.Object || (inferFromText && c.Type.Kind == PortableKind.String))
            && !options.ColumnTypes.Keys.Any(name => string.Equals(name, c.Name, StringComparison.OrdinalIgnoreCase)));

    private static Dictionary<int, PortableType> Declared(IReadOnlyList<Column> columns, IReadOnlyDictionary<string, PortableType> types)
    {
        Dictionary<int, PortableType> declared = [];
        foreach ((string name, PortableType type) in types)
        {
            if (columns.Count > 0)
            {
                declared[ColumnNames.Require(columns, name, "The input (its first 1,000 rows)")] = type;
            }
        }

        return declared;
    }

    private static PortableType Infer(RowSample sample, int ordinal, SaveOptions options, bool inferFromText, List<string> warnings)
    {
        Column source = sample.Columns[ordinal];
        IReadOnlySet<string>? nulls = NullTexts.For(options.NullTexts, source.Name);
        ColumnTypeInference inference = new(inferFromText);
        foreach (object? value in sample.Values(ordinal))
        {
            if (value is not null && !(value is string text && nulls?.Contains(text) == true))
            {
                inference.Add(value);
            }
        }

        return TypeOf(
            inference, source, sample.Count > 0, string.Create(CultureInfo.InvariantCulture, $"in the first {SampleSize:N0} rows"), warnings);
    }

    /// <summary>What was found for a column, with a warning where that is only text for want of anything better.</summary>
    /// <param name="inference">What was seen of its values.</param>
    /// <param name="source">The column.</param>
    /// <param name="any">Whether there was any row.</param>
    /// <param name="where">Which rows were looked at, for the warning.</param>
    /// <param name="warnings">Where the warning goes.</param>
    internal static PortableType TypeOf(ColumnTypeInference inference, Column source, bool any, string where, List<string> warnings)
    {
        switch (inference.Result(out PortableType type))
        {
            case ColumnTypeInference.Outcome.Clear:
                return type;
            case ColumnTypeInference.Outcome.NoValue when source.Type.Kind != PortableKind.Object:
                return source.Type;
            case ColumnTypeInference.Outcome.DecimalAndDouble:
                throw new DbConductorException(
                    DbErrorKind.InvalidType,
                    $"Column '{source.Name}' has decimals and doubles, and neither type holds both exactly. Say which one it is: -ColumnType @{{ '{source.Name}' = 'decimal' }} or 'double'.")
                { Column = source.Name };
            case ColumnTypeInference.Outcome.NoValue:
                warnings.Add(Warning(source.Name, any ? "has nothing but null" : "has no row to tell its type", where));
                return new(PortableKind.String);
            default:
                warnings.Add(Warning(source.Name, $"has values of several types ({inference.Kinds})", where));
                return new(PortableKind.String);
        }
    }

    private static string Warning(string column, string why, string where) =>
        $"Column '{column}' {why} {where} and becomes text. Declare its type with -ColumnType @{{ '{column}' = '...' }} if that is not meant.";
}
