using System.Diagnostics;
using System.Globalization;

namespace DbConductor.Benchmarks;

/// <summary>The most memory that the process held since a moment. On Linux the kernel's own mark is reset; elsewhere it is the process's peak.</summary>
public static class Memory
{
    public static void ResetPeak()
    {
        if (OperatingSystem.IsLinux())
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
    }

    public static double PeakMb()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0;
        }

        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
