using System.Diagnostics;
using System.Globalization;

namespace DbConductor.Benchmarks;

/// <summary>Two ways of doing the same work, run in turn in one process, so that whatever else the machine does meets both.</summary>
internal static class Contest
{
    private const int Rounds = 5;

    public static async Task<Figure> RunAsync(string operation, string adapter, long rows, Action reset, Func<Task<long>> ours, Func<Task<long>> raw)
    {
        List<double> oursSeconds = [];
        List<double> rawSeconds = [];
        double peak = 0;
        for (int round = 0; round <= Rounds; round++)
        {
            double first = await TimeAsync(reset, raw, rows).ConfigureAwait(false);
            Memory.ResetPeak();
            double second = await TimeAsync(reset, ours, rows).ConfigureAwait(false);
            peak = Math.Max(peak, Memory.PeakMb());
            if (round > 0)
            {
                // the first round only warms up
                rawSeconds.Add(first);
                oursSeconds.Add(second);
            }
        }

        double oursMedian = Median(oursSeconds);
        double rawMedian = Median(rawSeconds);
        Figure figure = new()
        {
            Operation = operation,
            Adapter = adapter,
            Rows = rows,
            OursRowsPerSecond = Math.Round(rows / oursMedian),
            RawRowsPerSecond = Math.Round(rows / rawMedian),
            Ratio = Math.Round(rawMedian / oursMedian, 3),
            PeakMb = Math.Round(peak),
        };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{operation} {adapter}: {figure.Ratio} ({figure.OursRowsPerSecond:N0} against {figure.RawRowsPerSecond:N0} rows/s)"));
        return figure;
    }

    private static async Task<double> TimeAsync(Action reset, Func<Task<long>> work, long rows)
    {
        reset();
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        long done = await work().ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return done == rows ? seconds : throw new InvalidOperationException($"{done} rows instead of {rows}");
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
