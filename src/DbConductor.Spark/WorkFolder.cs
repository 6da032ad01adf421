using Microsoft.Spark.Interop.Ipc;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>
/// The folder of one session in which rows that are handed over and results lie while they are needed. Only this user can enter it. Executors see it under the same path,
/// or, where it was given as an address of another file system, under that: then what lies here is sent there, and what they write there is fetched.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly string? _remote;
    private readonly JvmObjectReference? _files;

    private WorkFolder(string path, IJvmBridge bridge, SparkSession spark, string? remote = null, JvmObjectReference? files = null) =>
        (Path, Bridge, Spark, _remote, _files) = (path, bridge, spark, remote, files);

    /// <summary>The way to the driver that uses it.</summary>
    internal IJvmBridge Bridge { get; }

    /// <summary>The session whose it is.</summary>
    internal SparkSession Spark { get; }

    /// <summary>Its full path on this machine.</summary>
    internal string Path { get; }

    /// <summary>Where it is for executors, for people.</summary>
    internal string Place => _remote ?? Path;

    /// <summary>Makes it, and tells the driver to remove it at its end, which it comes to even where this process is killed.</summary>
    /// <param name="under">Where; null for the folder of temporary files.</param>
    /// <param name="bridge">The way to the driver.</param>
    /// <param name="spark">The session.</param>
    internal static WorkFolder Create(string? under, IJvmBridge bridge, SparkSession spark)
    {
        bool isRemote = under is not null && SparkSettings.IsAddress(under);
        string name = $"dbconductor-spark-{Guid.NewGuid():N}";
        DirectoryInfo folder = under is null || isRemote ? Directory.CreateTempSubdirectory("dbconductor-spark-") : CreatePrivate(System.IO.Path.Combine(under, name));
        try
        {
            RemoveAtEnd(folder.FullName, bridge, spark);
            if (!isRemote)
            {
                return new(folder.FullName, bridge, spark);
            }

            string remote = $"{under!.TrimEnd('/')}/{name}";
            (JvmObjectReference files, JvmObjectReference path) = Find(remote, bridge, spark);
            bridge.CallStaticJavaMethod("org.apache.hadoop.fs.FileSystem", "mkdirs", files, path, bridge.CallConstructor("org.apache.hadoop.fs.permission.FsPermission", "700"));
            files.Invoke("deleteOnExit", path);
            return new(folder.FullName, bridge, spark, remote, files);
        }
        catch
        {
            RemoveHere(folder.FullName);
            throw;
        }
    }

    /// <summary>Tells the driver to remove a folder of this machine at its end.</summary>
    internal static void RemoveAtEnd(string folder, IJvmBridge bridge, SparkSession spark)
    {
        (JvmObjectReference files, JvmObjectReference path) = Find(SparkFiles.Address(folder), bridge, spark);
        files.Invoke("deleteOnExit", path);
    }

    /// <summary>The file system of an address, and the path there.</summary>
    private static (JvmObjectReference Files, JvmObjectReference Path) Find(string address, IJvmBridge bridge, SparkSession spark)
    {
        JvmObjectReference path = bridge.CallConstructor("org.apache.hadoop.fs.Path", address);
        return ((JvmObjectReference)path.Invoke("getFileSystem", spark.SparkContext.Reference.Invoke("hadoopConfiguration")), path);
    }

    private static DirectoryInfo CreatePrivate(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    /// <summary>A folder of one call in it.</summary>
    internal string NewCall() => Directory.CreateDirectory(System.IO.Path.Combine(Path, Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>Whether nothing lies in the folder of a call, here and for executors.</summary>
    internal bool IsEmpty(string folder) => !Directory.EnumerateFileSystemEntries(folder).Any() && _files?.Invoke("exists", HadoopPath(Address(folder))) is not true;

    /// <summary>How Spark is told of what has a path in it.</summary>
    internal string Address(string path) => _remote is null ? SparkFiles.Address(path) : $"{_remote}/{System.IO.Path.GetRelativePath(Path, path).Replace('\\', '/')}";

    /// <summary>The same where files are read.</summary>
    internal string ToRead(string path) => SparkFiles.Literally(Address(path));

    /// <summary>Brings a file or folder of this machine to where executors see it.</summary>
    internal void Send(string path) => _files?.Invoke("copyFromLocalFile", true, HadoopPath(SparkFiles.Address(path)), HadoopPath(Address(path)));

    /// <summary>Brings a folder that Spark wrote to this machine, and lets what there is for executors of the same call go.</summary>
    internal void Fetch(string path)
    {
        if (_files is not null)
        {
            CopyHere(Address(path), path);
            RemoveThere(System.IO.Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Copies a file or folder of any file system that the session reaches to this machine.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="path">The path of what is new.</param>
    internal void CopyHere(string address, string path)
    {
        (JvmObjectReference files, JvmObjectReference source) = Find(address, Bridge, Spark);

        // without files of checksums beside them
        files.Invoke("copyToLocalFile", false, source, HadoopPath(SparkFiles.Address(path)), true);
    }

    /// <summary>Removes the folder of a call with all that is in it.</summary>
    internal void Remove(string folder)
    {
        try
        {
            RemoveThere(folder);
        }
        catch (Exception)
        {
            // the driver, which has gone, has removed it
        }

        RemoveHere(folder);
    }

    public void Dispose() => RemoveHere(Path);

    /// <summary>Removes a folder of this machine. A task that is being cancelled may still put a file into it: that is tried a few times.</summary>
    internal static void RemoveHere(string folder)
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

    private void RemoveThere(string folder) => _files?.Invoke("delete", HadoopPath(Address(folder)), true);

    private JvmObjectReference HadoopPath(string address) => Bridge.CallConstructor("org.apache.hadoop.fs.Path", address);
}
