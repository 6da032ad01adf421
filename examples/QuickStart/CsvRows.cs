using DbConductor;

namespace QuickStart;

/// <summary>Reads the example files, which have no quotes: every column is text, and stays text until it meets its column's declared type.</summary>
internal static class CsvRows
{
    public static RowReader Open(string file)
    {
        var lines = File.ReadLines(file);
        var columns = lines.First().Split(',').Select(name => new Column(name, new PortableType(PortableKind.String))).ToList();
        return new BufferedRows(columns, lines.Skip(1).Select(line => (object?[])line.Split(',')));
    }
}
