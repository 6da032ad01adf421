using System.Globalization;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>Lets Spark write a frame as files that keep its types, and read them from then on.</summary>
internal static class ViewFiles
{
    /// <param name="work">Where they lie.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="folder">The folder of the files in it, which is made.</param>
    /// <returns>The frame that reads them, its columns by their names, and the number of rows.</returns>
    internal static (TypedFrame Stored, long Rows) Write(WorkFolder work, TypedFrame frame, string folder)
    {
        // a column of nulls alone, or of intervals, has no type in such files
        SideColumn[] columns = [.. frame.Columns.Select(c => c.Spark == SideColumn.Other ? c with { Spark = SideColumn.Text } : c)];
        string[] cells = [.. frame.Columns.Select((c, i) => $"{c.As(columns[i].Spark, Side.Name(i))} AS {Side.Name(i)}")];
        long rows = ResultFiles.Write(work, frame.ByPlace().SelectExpr(cells), "parquet", folder);
        DataFrame stored = work.Spark.Read().Parquet(work.ToRead(folder));
        return stored.Count() is var found && found == rows ? (LiveFrame.ByName(new(stored, columns)), rows) : throw new DbConductorException(
            DbErrorKind.Server, string.Create(CultureInfo.InvariantCulture, $"Spark wrote {rows} rows, and {found} could be read. No view was made; run it again."));
    }
}
