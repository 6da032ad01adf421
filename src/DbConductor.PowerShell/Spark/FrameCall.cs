using System.Management.Automation;
using System.Runtime.ExceptionServices;
using DbConductor.Spark;

namespace DbConductor.PowerShell;

/// <summary>
/// Runs a method of a frame's handle as a cmdlet that is not exported: PowerShell stops cmdlets, but not methods, on Ctrl-C, and shows the progress of cmdlets alone.
/// </summary>
internal sealed class FrameCall : DbCmdlet
{
    private static readonly CmdletInfo s_self = new("Invoke-FrameCall", typeof(FrameCall));

    private string _name = "";

    /// <summary>The method.</summary>
    [Parameter]
    public Action<FrameCall>? Method { get; set; }

    /// <summary>Runs a method and gives what it returns. For a thread with a runspace.</summary>
    /// <param name="name">What it is, for people.</param>
    /// <param name="method">The method.</param>
    internal static T Run<T>(string name, Func<FrameCall, T> method)
    {
        T? made = default;
        ExceptionDispatchInfo? failure = null;
        ScriptBlock.Create("& $args[0] -Method $args[1]").Invoke(s_self, (Action<FrameCall>)Body);
        failure?.Throw();
        return made!;

        void Body(FrameCall call)
        {
            call._name = name;
            call.Log.Track(name);
            try
            {
                made = method(call);
            }
            catch (DbConductorException error) when (!call.Stopping)
            {
                // the error as it is, and not as one of a cmdlet that nobody has called
                failure = ExceptionDispatchInfo.Capture(error);
            }

            call.Log.Done();
        }
    }

    /// <summary>Waits for work in Spark, whose jobs have the call's name.</summary>
    internal T Wait<T>(Func<SparkCall, CancellationToken, Task<T>> work) => Await(cancel => work(new SparkCall(_name) { OnStatus = Log.Report }, cancel));

    /// <summary>The rows of a result as objects.</summary>
    internal object?[] Rows(SparkResult result)
    {
        try
        {
            List<object?> rows = [];
            Log.Run(() => rows.AddRange(RowObjects.Create(result.Rows, RowShape.Row).Read(Log.Wait, Cancel)));
            return [.. rows];
        }
        finally
        {
            AwaitToTheEnd(_ => result.Rows.DisposeAsync().AsTask());
        }
    }

    private protected override void End() => Method!(this);
}
