using System.Buffers;

namespace DbConductor.Files;

/// <summary>Writes rows as UTF-8 in a file's format.</summary>
internal abstract class RowFormatter
{
    /// <summary>Told of the columns: first of all, and again whenever some were appended.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="written">How many rows came before.</param>
    /// <param name="output">Where a header goes.</param>
    internal abstract void Begin(RowReader rows, long written, ArrayBufferWriter<byte> output);

    /// <summary>Writes the row on which the reader stands.</summary>
    internal abstract void Write(RowReader rows, long row, ArrayBufferWriter<byte> output);

    /// <summary>A file has each name once, or nobody could tell its values apart.</summary>
    private protected static void RefuseRepeatedNames(IReadOnlyList<Column> columns)
    {
        if (columns.GroupBy(c => c.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidArgument, $"Two columns have the name '{twice.Key}', which a file takes once. Rename one, with 'as' in the query or with -Property.")
            { Column = twice.Key };
        }
    }

    private protected static DbConductorException Refused(RowReader rows, int ordinal, long row, string why) =>
        new ConversionProblem(DbErrorKind.InvalidData, why, "Repair the value, or leave the column out with -Property.").ToException(rows.Columns[ordinal].Name, row);
}
