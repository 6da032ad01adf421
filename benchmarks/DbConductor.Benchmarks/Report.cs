using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace DbConductor.Benchmarks;

/// <summary>Writes <c>latest.json</c> and <c>latest.md</c>, and prints the latter.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public static void Write(string directory, IReadOnlyList<Figure> measured)
    {
        Directory.CreateDirectory(directory);
        List<Figure> figures = Merge(Path.Combine(directory, "latest.json"), measured);
        File.WriteAllText(Path.Combine(directory, "latest.json"), JsonSerializer.Serialize(figures, Indented) + "\n");
        StringBuilder text = new();
        text.AppendLine("# Benchmarks").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}.")
            .AppendLine("Each ratio is ours over hand-written code on the raw driver, run in turn in one process on the same rows (medians of five rounds after a warm-up); above 1, ours is faster.")
            .AppendLine("job: TPC-H orders at scale factor 1 into a table with a primary key, by one cmdlet, against the usual command: psql's \\copy in text (also as the source of the others), sqlite3's .import, LOAD DATA LOCAL (medians of three rounds).").AppendLine()
            .AppendLine("| operation | adapter | rows | ours, rows/s | raw, rows/s | ratio | peak MB |").AppendLine("|---|---|---:|---:|---:|---:|---:|");
        foreach (Figure f in figures.Where(f => f.Ratio is not null))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {f.Operation} | {f.Adapter} | {f.Rows:N0} | {f.OursRowsPerSecond:N0} | {f.RawRowsPerSecond:N0} | {f.Ratio:F2} | {f.PeakMb:N0} |");
        }

        text.AppendLine();
        foreach (Figure f in figures.Where(f => f.LiveMb is not null))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- live heap after a collection, {f.Operation} into {f.Adapter}, at row {f.Rows:N0}: {f.LiveMb:F1} MB");
        }

        foreach (Figure f in figures.Where(f => f.Checksum is not null))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"- TPC-H {f.Adapter} and back: {f.Rows:N0} rows in {f.Milliseconds / 1000:F0} s, peak {f.PeakMb:N0} MB, count and checksum as before ({f.Checksum})");
        }

        foreach (Figure f in figures.Where(f => f.Milliseconds is not null && f.Checksum is null))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {f.Operation}: {f.Milliseconds:F0} ms over a bare pwsh");
        }

        File.WriteAllText(Path.Combine(directory, "latest.md"), text.ToString());
        Console.WriteLine(text);
    }

    // what was not measured this time stays as it was
    private static List<Figure> Merge(string file, IReadOnlyList<Figure> measured)
    {
        List<Figure> figures = File.Exists(file) ? JsonSerializer.Deserialize<List<Figure>>(File.ReadAllText(file))! : [];
        foreach (Figure figure in measured)
        {
            int at = figures.FindIndex(f => (f.Operation, f.Adapter, f.Rows, f.LiveMb is null) == (figure.Operation, figure.Adapter, figure.Rows, figure.LiveMb is null));
            if (at >= 0)
            {
                figures[at] = figure;
            }
            else
            {
                at = figures.FindLastIndex(f => f.Operation == figure.Operation);
                figures.Insert(at < 0 ? figures.Count : at + 1, figure);
            }
        }

        return figures;
    }
}
