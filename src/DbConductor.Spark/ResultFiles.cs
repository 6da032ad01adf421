using Microsoft.Spark.Interop.Ipc;
using Microsoft.Spark.Sql;

namespace DbConductor.Spark;

/// <summary>Lets Spark write a frame as files, whose task commits keep a task that runs twice from leaving a row twice, and tells how many rows it wrote.</summary>
internal static class ResultFiles
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <param name="work">Where they lie.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="format">The files' format: <c>json</c> or <c>parquet</c>.</param>
    /// <param name="folder">The folder of the files in it, which is made.</param>
    /// <returns>
    /// The number of rows. Counted by the tasks that wrote them, once for each task that ended well: a count of the files would not know of one that an executor wrote
    /// where this machine does not see it.
    /// </returns>
    internal static long Write(WorkFolder work, DataFrame frame, string format, string folder)
    {
        JvmObjectReference seen = work.Bridge.CallConstructor("org.apache.spark.sql.Observation", Guid.NewGuid().ToString("N"));
        object count = work.Bridge.CallStaticJavaMethod("org.apache.spark.sql.functions", "expr", "count(1) AS rows");
        JvmObjectReference observed = (JvmObjectReference)frame.Reference.Invoke("observe", seen, count, Array.Empty<JvmObjectReference>());
        ((JvmObjectReference)((JvmObjectReference)observed.Invoke("write")).Invoke("option", "ignoreNullFields", false)).Invoke(format, work.Address(folder));
        return Rows(work.Bridge, seen) ?? work.Spark.Read().Format(format == "json" ? "text" : format).Load(work.ToRead(folder)).Count();
    }

    /// <summary>What was counted. Spark tells it by an event, which it drops where it has too many: asking would then wait for ever.</summary>
    private static long? Rows(IJvmBridge bridge, JvmObjectReference seen)
    {
        long? rows = null;
        Thread thread = new(() =>
        {
            try
            {
                rows = (long)((JvmObjectReference)seen.Invoke("getAsJava")).Invoke("get", "rows");
            }
            catch (Exception)
            {
                // the driver has gone, which the next call finds
            }
        })
        { IsBackground = true, Name = "DbConductor Spark rows" };
        thread.Start();
        if (thread.Join(s_patience))
        {
            _ = Bridge.Forget(bridge, thread);
        }

        return rows;
    }
}
