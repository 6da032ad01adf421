using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DbConductor.Files;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>
/// Hands rows over to Spark as a file of JSON lines that keeps every value: Spark reads it with the types that the rows have, found here while they are written, and
/// infers nothing.
/// </summary>
internal sealed class HandOver
{
    private const int FlushAt = 1 << 20;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly string _description;
    private readonly bool _decimalsAsText;
    private readonly List<Field> _fields = [];
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * FlushAt);
    private long _rows;

    private HandOver(string description, bool decimalsAsText) => (_description, _decimalsAsText) = (description, decimalsAsText);

    /// <summary>Writes all rows of a side.</summary>
    /// <param name="input">The side.</param>
    /// <param name="work">Where rows lie meanwhile.</param>
    /// <param name="file">The file in it, which is new.</param>
    /// <param name="decimalsAsText">
    /// Whether decimals stay the texts that they are, with their zeros at the end; else they are numbers of so many digits as the longest of them has, to calculate with.
    /// </param>
    /// <param name="onStatus">Told how many rows are written.</param>
    /// <param name="cancel">Cancels.</param>
    /// <param name="most">How many rows at most.</param>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.InvalidData"/>: a value that Spark cannot keep, by row and column; <see cref="DbErrorKind.LimitExceeded"/>: the disk is full.
    /// </exception>
    internal static async Task<Side> WriteAsync(JoinInput input, WorkFolder work, string file, bool decimalsAsText, Action<string>? onStatus, CancellationToken cancel, long most = long.MaxValue)
    {
        HandOver writer = new(input.Description, decimalsAsText);
        try
        {
            using CancellationTokenSource reading = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            RowReader rows = await input.Open(reading.Token).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                // a cluster's executors may run as other users: the folder is what keeps others out
                FileStream stream = new(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true);
                await using (stream.ConfigureAwait(false))
                {
                    if (!await writer.WriteAsync(rows, stream, most, onStatus, cancel).ConfigureAwait(false))
                    {
                        // drivers read all that is left where their readers are let go
                        await reading.CancelAsync().ConfigureAwait(false);
                    }
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(error, file, "written");
        }

        await Task.Run(() => work.Send(file), cancel).ConfigureAwait(false);
        return writer.ToSide(work.ToRead(file));
    }

    /// <returns>Whether these were all rows.</returns>
    private async Task<bool> WriteAsync(RowReader rows, FileStream stream, long most, Action<string>? onStatus, CancellationToken cancel)
    {
        Utf8JsonWriter json = new(_buffer, s_options);
        RowWalker walker = new(rows);
        long reported = Environment.TickCount64;
        RowStep step = RowStep.Columns;
        while (_rows < most && (step = await walker.NextAsync(cancel).ConfigureAwait(false)) != RowStep.End)
        {
            if (step == RowStep.Columns)
            {
                for (int i = _fields.Count; i < rows.Columns.Count; i++)
                {
                    _fields.Add(new Field(rows.Columns[i], Side.Name(i)));
                }

                continue;
            }

            _rows++;
            Write(rows, json);
            if (_buffer.WrittenCount >= FlushAt)
            {
                await FlushAsync(stream, cancel).ConfigureAwait(false);
                if (Environment.TickCount64 - reported > 300)
                {
                    reported = Environment.TickCount64;
                    onStatus?.Invoke(string.Create(CultureInfo.CurrentCulture, $"{_description}: {_rows:N0} rows handed over"));
                }
            }
        }

        await FlushAsync(stream, cancel).ConfigureAwait(false);
        return step == RowStep.End;
    }

    private async Task FlushAsync(FileStream stream, CancellationToken cancel)
    {
        await stream.WriteAsync(_buffer.WrittenMemory, cancel).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
    }

    private void Write(RowReader rows, Utf8JsonWriter json)
    {
        if (rows.RowProblem is { } problem)
        {
            throw problem;
        }

        json.Reset(_buffer);
        json.WriteStartObject();
        for (int i = 0; i < _fields.Count; i++)
        {
            // what is not there reads as null
            if (!rows.IsDBNull(i))
            {
                Write(rows, i, _fields[i], json);
            }
        }

        json.WriteEndObject();
        json.Flush();
        _buffer.Write("\n"u8);
    }

    private void Write(RowReader rows, int ordinal, Field field, Utf8JsonWriter json)
    {
        switch (field.Column.Type.Kind)
        {
            case PortableKind.Boolean:
                json.WriteBoolean(field.Name, rows.GetBoolean(ordinal));
                break;
            case PortableKind.Int16:
                json.WriteNumber(field.Name, rows.GetInt16(ordinal));
                break;
            case PortableKind.Int32:
                json.WriteNumber(field.Name, rows.GetInt32(ordinal));
                break;
            case PortableKind.Int64:
                json.WriteNumber(field.Name, rows.GetInt64(ordinal));
                break;
            case PortableKind.Decimal:
                decimal number = rows.GetDecimal(ordinal);
                field.Look(number);
                json.WriteString(field.Name, number.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                object value = rows.GetValue(ordinal);
                field.Found?.Add(value);
                json.WriteString(field.Name, TextOf(value, field));
                break;
        }
    }

    /// <summary>A value in the form that <see cref="SideColumn.FromText"/> reads.</summary>
    private string TextOf(object value, Field field)
    {
        switch (value)
        {
            case string text:
                return TextConversion.IsUnicode(text) ? text : throw Refused(field, "the text has half a surrogate pair in it, which is no character");
            case decimal number:
                field.Look(number);
                return number.ToString(CultureInfo.InvariantCulture);
            case DateTime time:
                RefuseFiner(time.Ticks, field);
                return time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
            case DateTimeOffset time:
                RefuseFiner(time.Ticks, field);
                return time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
            case JsonNode node:
                return node.ToJsonString();
            default:
                return CellFormatter.Text(value);
        }
    }

    private void RefuseFiner(long ticks, Field field)
    {
        if (ticks % TimeSpan.TicksPerMicrosecond != 0)
        {
            throw Refused(field, "the time is finer than a microsecond, and Spark keeps none finer. Round it before it is handed over");
        }
    }

    private DbConductorException Refused(Field field, string why) => new(
        DbErrorKind.InvalidData, string.Create(CultureInfo.InvariantCulture, $"Row {_rows}, column '{field.Column.Name}' of {_description} cannot be handed over to Spark: {why}."))
    { Row = _rows, Column = field.Column.Name };

    private Side ToSide(string path)
    {
        List<string> warnings = [];
        SideColumn[] columns = [.. _fields.Select(field => field.ToColumn(_rows, _decimalsAsText, warnings))];
        if (columns.Length == 0)
        {
            throw new DbConductorException(DbErrorKind.InvalidArgument, $"There are no rows and no columns in {_description}: nothing can be joined with it.");
        }

        // a column of our own type is read as it is, all others as text of which it is made
        bool[] plain = [.. _fields.Select(f => f.Column.Type.Kind is PortableKind.Boolean or PortableKind.Int16 or PortableKind.Int32 or PortableKind.Int64)];
        string schema = string.Join(", ", columns.Select((c, i) => $"{Side.Name(i)} {(plain[i] ? c.Spark : SideColumn.Text)}"));
        string[] made = [.. columns.Select((c, i) => plain[i] ? Side.Name(i) : $"{c.FromText(Side.Name(i))} AS {Side.Name(i)}")];
        return new(
            columns,

            // a text may be longer than the 20 million characters that its reader of JSON takes unless told
            spark => spark.Read().Schema(schema).Option("mode", "FAILFAST").Option("lineSep", "\n").Option("maxStringLen", int.MaxValue.ToString(CultureInfo.InvariantCulture)).Json(path).SelectExpr(made),
            $"{_description} handed over as a file") { Warnings = warnings };
    }

    /// <summary>A column while its rows are written.</summary>
    private sealed class Field(Column column, string name)
    {
        private int _integerDigits;
        private int _scale;
        private decimal _bound = 1;

        internal Column Column => column;

        internal JsonEncodedText Name { get; } = JsonEncodedText.Encode(name);

        /// <summary>What is found of a column whose values differ in type.</summary>
        internal ColumnTypeInference? Found { get; } = column.Type.Kind == PortableKind.Object ? new(inferFromText: false) : null;

        /// <summary>Notes the digits of a decimal.</summary>
        internal void Look(decimal number)
        {
            _scale = Math.Max(_scale, number.Scale);
            number = Math.Abs(number);
            while (number >= _bound)
            {
                _integerDigits++;
                if (_bound > decimal.MaxValue / 10)
                {
                    break;
                }

                _bound *= 10;
            }
        }

        internal SideColumn ToColumn(long rows, bool decimalsAsText, List<string> warnings)
        {
            PortableType type = Found is null ? column.Type : SchemaInference.TypeOf(Found, column, rows > 0, string.Create(CultureInfo.InvariantCulture, $"in all {rows:N0} rows"), warnings);

            // a whole number in a column of decimals was not looked at
            int integers = Found is not null && type.Kind == PortableKind.Decimal ? Math.Max(_integerDigits, 19) : _integerDigits;
            return new(column with { Type = type }, decimalsAsText && type.Kind == PortableKind.Decimal ? SideColumn.Text : SideColumn.TypeOf(type.Kind, integers, _scale));
        }
    }
}
