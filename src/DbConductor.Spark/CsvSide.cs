using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DbConductor.Files;
using Microsoft.Spark.Interop.Ipc;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>
/// CSV files that Spark reads itself, line by line and so in parts: where every line is looked at first, and found to be a row of its own in which nothing has two
/// meanings. Of any other file our own reader makes the rows, or the error.
/// </summary>
internal sealed class CsvSide
{
    // Java tries patterns by recursion, whose depth these bound
    private const int MostColumns = 500;
    private const int MostQuotes = 200;

    private const string NotPlain = "not every line of it is plainly a row";

    private readonly FileSet _files;
    private readonly string _head;
    private readonly IReadOnlyList<Column> _columns;
    private readonly string _delimiter;
    private readonly string _cell;

    private CsvSide(FileSet files, string head, IReadOnlyList<Column> columns)
    {
        (_files, _head, _columns) = (files, head, columns);
        _delimiter = files.Format == FileSetFormat.Tsv ? "\t" : ",";

        // a value without quotes in it, or within quotes, where each of its own stands twice
        _cell = string.Create(CultureInfo.InvariantCulture, $"(?:\"[^\"]*+(?:\"\"[^\"]*+){{0,{MostQuotes}}}+\"|[^\"\r{_delimiter}]*+)");
    }

    /// <summary>The side; null where Spark would not read the very same rows, with the reason.</summary>
    /// <param name="files">The files.</param>
    /// <param name="lines">Makes a frame of their lines.</param>
    /// <param name="jobs">The driver.</param>
    /// <param name="call">The call.</param>
    /// <param name="folder">A folder that is new, where the header is put to be read.</param>
    /// <param name="cancel">Cancels.</param>
    internal static async Task<(Side? Side, string? Refusal)> TryAsync(
        FileSet files, Func<SparkSession, DataFrame> lines, SparkJobs jobs, SparkCall call, string folder, CancellationToken cancel)
    {
        if (files.Types.FirstOrDefault(t => FormOf(t.Value) is null) is { Key: { } converted })
        {
            return (null, $"the values of its column '{converted}' are converted here");
        }

        try
        {
            JsonNode first = await jobs.RunAsync(call, () => First(lines(jobs.Spark).Filter("start = 0").Select("value").Limit(1)), cancel).ConfigureAwait(false);
            string head = (string)first["value"]!;

            // our own reader ends a line there too
            if (head.IndexOf('\r', StringComparison.Ordinal) is >= 0 and var end && end < head.Length - 1)
            {
                return (null, NotPlain);
            }

            IReadOnlyList<Column> columns = await HeaderAsync(files, head, folder, cancel).ConfigureAwait(false);
            if (columns.Count > MostColumns)
            {
                return (null, string.Create(CultureInfo.InvariantCulture, $"it has more than {MostColumns} columns"));
            }

            CsvSide side = new(files, head, columns);
            return await jobs.RunAsync(call, () => side.IsPlain(jobs.Spark, lines), cancel).ConfigureAwait(false) ? (side.ToSide(lines), null) : (null, NotPlain);
        }
        catch (DbConductorException error) when (error.Kind is DbErrorKind.InvalidData or DbErrorKind.Server)
        {
            // an empty file, a name twice, a compressed file that was cut: our own reader has the words for it
            return (null, NotPlain);
        }
    }

    /// <summary>The lines of files, with where they stand.</summary>
    internal static DataFrame Lines(DataFrameReader reader, string[] addresses) =>
        reader.Option("lineSep", "\n").Text(addresses).SelectExpr("value", "_metadata.file_path AS file", "_metadata.file_block_start AS start");

    private static JsonNode First(DataFrame frame) =>
        JsonNode.Parse((string)((JvmObjectReference)frame.Reference.Invoke("toJSON")).Invoke("first"))!;

    /// <summary>The columns that a header names, read as the first line of any file is.</summary>
    private static async Task<IReadOnlyList<Column>> HeaderAsync(FileSet files, string head, string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "header");
        await File.WriteAllTextAsync(file, head, cancel).ConfigureAwait(false);
        RowReader rows = await FileSet.Local("header", [file], files.Format).ToInput().Open(cancel).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            Directory.Delete(folder, recursive: true);
            return rows.Columns;
        }
    }

    /// <summary>Whether each file begins with the header, and each further line is one row, whose values have the declared types.</summary>
    private bool IsPlain(SparkSession spark, Func<SparkSession, DataFrame> lines)
    {
        string pattern = string.Create(CultureInfo.InvariantCulture, $@"\A{_cell}(?:{_delimiter}{_cell}){{{_columns.Count - 1}}}\r?\z");
        string isRow = string.Join(" AND ", Picks().Select(p => $"({p.IsOf})").Prepend($"value RLIKE {Text(pattern)}"));

        // bytes that are no text would become other ones
        const string isText = "CAST(value AS BINARY) = encode(decode(CAST(value AS BINARY), 'UTF-8'), 'UTF-8')";
        string view = $"dbconductor_csv_{Guid.NewGuid():N}";
        Cells(lines(spark)).CreateOrReplaceTempView(view);
        try
        {
            JsonNode found = First(spark.Sql(
                $"SELECT count(*) AS files, sum(odd) AS odd FROM (SELECT count_if(NOT coalesce({isText} AND (value = {Text(_head)}{(_columns.Count > 1 ? $" OR {IsBlank}" : "")} OR ({isRow})), false))"
                + $" + if(min_by(value, if(start = 0, id, NULL)) = {Text(_head)} AND count_if(value = {Text(_head)}) = 1, 0, 1) AS odd FROM {view} GROUP BY file)"));

            // a file without a line is in no group
            return (long?)found["odd"] == 0 && (_files.IsRemote || (long)found["files"]! == _files.Paths.Count);
        }
        finally
        {
            spark.Catalog.DropTempView(view);
        }
    }

    private Side ToSide(Func<SparkSession, DataFrame> lines)
    {
        Pick[] picks = [.. Picks()];
        SideColumn[] columns = [.. picks.Select(p => new SideColumn(p.Column, SideColumn.TypeOf(p.Column.Type.Kind)))];
        string rows = $"value <> {Text(_head)}{(_columns.Count > 1 ? $" AND NOT {IsBlank}" : "")}";
        string[] made = [.. picks.Select((p, i) => $"{p.Value} AS {Side.Name(i)}")];
        return new(columns, spark => Cells(lines(spark)).Filter(rows).SelectExpr(made), $"{_files.Name} read by Spark");
    }

    private static string IsBlank => $"value IN ('', {Text("\r")})";

    /// <summary>The lines, each with its cells as they stand in it.</summary>
    private DataFrame Cells(DataFrame lines)
    {
        string line = $"trim(TRAILING {Text("\r")} FROM value)";
        string withQuotes = $"regexp_extract_all({line}, {Text($@"({_cell})(?:{_delimiter}|\z)")}, 1)";
        return lines.SelectExpr(
            "value", "file", "start", "monotonically_increasing_id() AS id", $"if(instr(value, '\"') = 0, split({line}, {Text(_delimiter)}, -1), {withQuotes}) AS cells");
    }

    /// <summary>The columns that are wanted.</summary>
    private IEnumerable<Pick> Picks() => _files.Mapping(_columns).Select(wanted =>
    {
        string cell = string.Create(CultureInfo.InvariantCulture, $"get(cells, {wanted.Source})");
        string value = $"if(startswith({cell}, '\"'), replace(substring({cell}, 2, length({cell}) - 2), '\"\"', '\"'), {cell})";
        string[] nulls = [.. NullTexts.For(_files.NullTexts, _columns[wanted.Source].Name) ?? (IReadOnlySet<string>)new HashSet<string>()];
        (string isOf, string form) = FormOf(wanted.Target.Type)!.Value;

        // a text is null only without quotes; anything else is so in any case, and where there is nothing
        bool isText = wanted.Target.Type.Kind == PortableKind.String;
        string isNull = string.Join(" OR ", (isText ? nulls : nulls.Append("")).Select(text => $"{(isText ? cell : value)} = {Text(text)}").DefaultIfEmpty("false"));
        return new Pick(
            wanted.Target, $"{isNull} OR {string.Format(CultureInfo.InvariantCulture, isOf, value)}",
            $"if({isNull}, NULL, {string.Format(CultureInfo.InvariantCulture, form, value)})");
    });

    /// <summary>When a text is a value of a type beyond doubt, and the expression that makes it; null for what is converted here alone.</summary>
    private static (string IsOf, string Value)? FormOf(PortableType type)
    {
        string? pattern = type.Kind switch
        {
            PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64 => "0|-?[1-9][0-9]{0,17}",
            PortableKind.Double => "-?(0|[1-9][0-9]{0,16})([.][0-9]{1,17})?([eE][-+]?[0-9]{1,2})?",
            PortableKind.Boolean => "true|false",
            PortableKind.Date => "(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}",
            PortableKind.DateTime => "(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?",
            _ => null,
        };
        return type is { Kind: PortableKind.String, Length: null } ? ("true", "{0}")
            : pattern is null ? null
            : ($"{{0}} RLIKE {Text($@"\A(?:{pattern})\z")} AND try_cast({{0}} AS {SideColumn.TypeOf(type.Kind)}) IS NOT NULL", $"CAST({{0}} AS {SideColumn.TypeOf(type.Kind)})");
    }

    /// <summary>A text as a literal of Spark SQL in which no character means anything.</summary>
    private static string Text(string text) => $"CAST(X'{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}' AS STRING)";

    /// <summary>A column that is wanted.</summary>
    /// <param name="Column">What it is.</param>
    /// <param name="IsOf">Whether a row's value is of its type.</param>
    /// <param name="Value">The value.</param>
    private readonly record struct Pick(Column Column, string IsOf, string Value);
}
