using Microsoft.Spark.Interop.Ipc;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>The folder of one session in which rows that are handed over and results lie while they are needed. Only this user can enter it.</summary>
internal sealed class WorkFolder : IDisposable
{
    private WorkFolder(string path) => Path = path;

    /// <summary>Its full path.</summary>
    internal string Path { get; }

    /// <summary>Makes it, and tells the driver to remove it at its end, which it comes to even where this process is killed.</summary>
    /// <param name="under">Where; null for the folder of temporary files.</param>
    /// <param name="bridge">The way to the driver.</param>
    /// <param name="spark">The session.</param>
    internal static WorkFolder Create(string? under, IJvmBridge bridge, SparkSession spark)
    {
        DirectoryInfo folder = under is null
            ? Directory.CreateTempSubdirectory("dbconductor-spark-")
            : CreatePrivate(System.IO.Path.Combine(under, $"dbconductor-spark-{Guid.NewGuid():N}"));
        RemoveAtEnd(folder.FullName, bridge, spark);
        return new(folder.FullName);
    }

    /// <summary>Tells the driver to remove a folder at its end.</summary>
    internal static void RemoveAtEnd(string folder, IJvmBridge bridge, SparkSession spark)
    {
        JvmObjectReference path = bridge.CallConstructor("org.apache.hadoop.fs.Path", SparkFiles.Address(folder));
        object configuration = spark.SparkContext.Reference.Invoke("hadoopConfiguration");
        ((JvmObjectReference)path.Invoke("getFileSystem", configuration)).Invoke("deleteOnExit", path);
    }

    private static DirectoryInfo CreatePrivate(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    /// <summary>A folder of one call in it.</summary>
    internal string NewCall() => Directory.CreateDirectory(System.IO.Path.Combine(Path, Guid.NewGuid().ToString("N"))).FullName;

    public void Dispose() => Remove(Path);

    /// <summary>Removes what lies beside a folder.</summary>
    internal static void RemoveOthers(string folder)
    {
        DirectoryInfo call = Directory.GetParent(folder)!;
        foreach (FileInfo file in call.EnumerateFiles())
        {
            file.Delete();
        }

        foreach (DirectoryInfo other in call.EnumerateDirectories().Where(other => other.Name != System.IO.Path.GetFileName(folder)))
        {
            Remove(other.FullName);
        }
    }

    /// <summary>Removes a folder with all that is in it. A task that is being cancelled may still put a file into it: that is tried a few times.</summary>
    internal static void Remove(string folder)
    {
        for (int i = 0; Directory.Exists(folder); i++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (i == 20)
                {
                    return;
                }

                Thread.Sleep(100);
            }
        }
    }
}
