using System.Globalization;

namespace DbConductor.Files;

/// <summary>
/// Looks at all rows of one or several files before they are written, to find the columns that hold them: all that any row has, with the types that hold every value.
/// </summary>
/// <param name="declared">Declared types, by column.</param>
/// <param name="skipsBadLines">Whether a line that cannot be read is passed over, since it will be rejected; else it is an error.</param>
public sealed class FileScan(IReadOnlyDictionary<string, PortableType> declared, bool skipsBadLines)
{
    private const int ProgressEvery = 4096;

    private readonly List<Column> _columns = [];
    private readonly List<ColumnTypeInference> _found = [];

    /// <summary>The number of rows.</summary>
    public long Rows { get; private set; }

    /// <summary>The columns' names, in order of appearance.</summary>
    public IReadOnlyList<Column> Names => _columns;

    /// <summary>Looks at the rows of a file, and disposes of the reader.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="fromText">Whether text that reads as a number, a date or a bool counts as one, as in a file that has nothing but text.</param>
    /// <param name="onProgress">Called now and then with the number of rows seen so far.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task AddAsync(RowReader rows, bool fromText, Action<long>? onProgress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        await using (rows.ConfigureAwait(false))
        {
            int[] at = [];
            RowWalker walker = new(rows);
            while (await walker.NextAsync(cancel).ConfigureAwait(false) is var step and not RowStep.End)
            {
                if (step == RowStep.Columns)
                {
                    at = [.. rows.Columns.Select(c => OrdinalOf(c, fromText))];
                    continue;
                }

                if (rows.RowProblem is { } problem)
                {
                    _ = skipsBadLines ? 0 : throw problem;
                }
                else
                {
                    Look(rows, at);
                }

                if (++Rows % ProgressEvery == 0)
                {
                    cancel.ThrowIfCancellationRequested();
                    onProgress?.Invoke(Rows);
                }
            }
        }
    }

    /// <summary>The columns with their types.</summary>
    /// <param name="warnings">Where it is said which columns are text only for want of anything better.</param>
    /// <exception cref="DbConductorException">
    /// <see cref="DbErrorKind.InvalidType"/>: a column has decimals and doubles. <see cref="DbErrorKind.ColumnNotFound"/>: a type is declared for a column that there is not.
    /// </exception>
    public IReadOnlyList<Column> Columns(ICollection<string> warnings)
    {
        List<string> said = [];
        Dictionary<int, PortableType> types = declared.ToDictionary(d => ColumnNames.Require(_columns, d.Key, "The file"), d => d.Value);
        Column[] columns = [.. _columns.Select((c, i) => c with
        {
            Type = types.TryGetValue(i, out PortableType given) ? given
                : SchemaInference.TypeOf(_found[i], c, Rows > 0, string.Create(CultureInfo.InvariantCulture, $"in all {Rows:N0} rows"), said),
        })];
        said.ForEach(warnings.Add);
        return columns;
    }

    private void Look(RowReader rows, int[] at)
    {
        for (int i = 0; i < at.Length; i++)
        {
            ColumnTypeInference found = _found[at[i]];
            if (found.IsSettled || rows.IsDBNull(i))
            {
                continue;
            }

            if (rows.Columns[i].Type.Kind == PortableKind.String)
            {
                found.AddText(rows.GetText(i));
            }
            else
            {
                found.Add(rows.GetValue(i));
            }
        }
    }

    private int OrdinalOf(Column column, bool fromText)
    {
        int known = ColumnNames.IndexOf(_columns, column.Name);
        if (known >= 0)
        {
            return known;
        }

        _columns.Add(new(column.Name, column.Type));
        _found.Add(new(fromText));
        return _columns.Count - 1;
    }
}
