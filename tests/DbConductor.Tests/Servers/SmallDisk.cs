using System.Diagnostics;
using Xunit;

namespace DbConductor.Tests.Servers;

/// <summary>A file system of a few megabytes in memory, which can be made read-only. Only Linux's root can have one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dbconductor-disk-");

    private SmallDisk()
    {
    }

    public string Path => _directory.FullName;

    /// <summary>Mounts one, or skips the test with the reason.</summary>
    public static SmallDisk Mount(int megabytes)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.UserName == "root", "only Linux's root can mount a small file system");
        SmallDisk disk = new();
        string? error = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk.Path);
        if (error is not null)
        {
            disk._directory.Delete();
            Skip.If(true, $"a small file system cannot be mounted here: {error}");
        }

        return disk;
    }

    public void MakeReadOnly() => Assert.Null(Run("mount", "-o", "remount,ro", Path));

    public void Dispose()
    {
        Run("umount", "--lazy", Path);
        _directory.Delete();
    }

    private static string? Run(string file, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error.Trim();
    }
}
