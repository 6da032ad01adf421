using System.Diagnostics;
using System.Globalization;

namespace DbConductor.Benchmarks;

/// <summary>The most memory that a process held since a moment. On Linux the kernel's own mark is reset; elsewhere it is the process's peak.</summary>
public static class Memory
{
    public static void ResetPeak() => ResetPeak(Environment.ProcessId);

    public static void ResetPeak(int process)
    {
        if (OperatingSystem.IsLinux())
        {
            File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/clear_refs"), "5");
        }
    }

    public static double PeakMb() => PeakMb(Environment.ProcessId);

    public static double PeakMb(int process)
    {
        if (!OperatingSystem.IsLinux())
        {
            using Process other = Process.GetProcessById(process);
            return other.PeakWorkingSet64 / 1048576.0;
        }

        string line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status")).First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
