using System.Globalization;

namespace DbConductor.Spark;

/// <summary>
/// Finds out whether a cluster's executors read and write the work folder that this machine sees, before rows depend on it. One that joins later is not asked: what it
/// wrote elsewhere is missed when the result is counted.
/// </summary>
internal static class WorkFolderProbe
{
    /// <param name="folder">The folder.</param>
    /// <param name="jobs">The driver.</param>
    /// <param name="master">The master, for messages.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="DbConductorException"><see cref="DbErrorKind.NotFound"/>: they do not.</exception>
    internal static async Task RunAsync(WorkFolder folder, SparkJobs jobs, string master, CancellationToken cancel)
    {
        string call = folder.NewCall();
        try
        {
            // a file is a task: there are enough for every core that is there by now
            int files = Math.Max(2, jobs.Parallelism);
            string sent = Directory.CreateDirectory(Path.Combine(call, "sent")).FullName;
            for (int i = 0; i < files; i++)
            {
                await File.WriteAllTextAsync(Path.Combine(sent, string.Create(CultureInfo.InvariantCulture, $"{i}.json")), "{\"c0\":1}\n", cancel).ConfigureAwait(false);
            }

            string back = Path.Combine(call, "back");
            _ = await jobs.RunAsync(new SparkCall("look at the work folder"), () =>
            {
                folder.Send(sent);
                long written = ResultFiles.Write(folder, jobs.Spark.Read().Schema("c0 INT").Json(folder.ToRead(sent)), "json", back);
                folder.Fetch(back);
                return written;
            }, cancel).ConfigureAwait(false);
            int read = Directory.EnumerateFiles(back, "part-*.json").Sum(file => File.ReadLines(file).Count());
            if (read != files)
            {
                throw Refused(string.Create(CultureInfo.InvariantCulture, $"of {files} files that they wrote, {read} are here"), null);
            }
        }
        catch (DbConductorException error) when (error.Kind != DbErrorKind.Connection && error.Target as string != master)
        {
            throw Refused(error.Message, error);
        }
        finally
        {
            folder.Remove(call);
        }

        DbConductorException Refused(string why, Exception? inner) => new(
            DbErrorKind.NotFound,
            $"The executors of {master} do not use {folder.Place[..folder.Place.LastIndexOfAny(['/', '\\'])]} as this machine does ({why.TrimEnd('.')}). Give a folder on a shared mount as -WorkPath, or an address such as hdfs://host/folder.",
            inner)
        { Target = master };
    }
}
