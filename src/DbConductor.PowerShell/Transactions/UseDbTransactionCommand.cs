using System.Data;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace DbConductor.PowerShell;

/// <summary>
/// Runs a block as one transaction: leaving it commits, also by <c>return</c>; an error, <c>break</c>, <c>exit</c>, Ctrl-C and a downstream stop
/// roll back. The block runs in the caller's scope, with errors that stop. Inside another one it is a savepoint.
/// </summary>
[Cmdlet(VerbsOther.Use, "DbTransaction")]
[OutputType(typeof(object))]
public sealed class UseDbTransactionCommand : DbAdapterCmdlet
{
    /// <summary>What is done in the transaction.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <summary>How far the transaction is kept apart from others; else as the database does by itself. A nested block cannot choose.</summary>
    [Parameter]
    public IsolationLevel IsolationLevel { get; set; } = IsolationLevel.Unspecified;

    private protected override void End()
    {
        DbAdapterSession session = Session;
        SessionTransaction transaction = Enter(session);
        bool nested = transaction.IsNested;
        bool good = false;
        SessionTable.Current.EnterBlock(session);
        try
        {
            using (StopOnErrors.In(this, ScriptBlock))
            {
                // dot-sourced within a script that runs in the caller's scope, so that the block's variables are the caller's and its 'return' only leaves the block
                InvokeCommand.InvokeScript(". $args[0]", false, PipelineResultTypes.Output | PipelineResultTypes.Error, null, ScriptBlock);
            }

            if (!Stopping)
            {
                transaction.RequireNotDoomed();
                Await(nested ? transaction.ReleaseAsync : transaction.CommitAsync);
                good = true;
            }
        }
        finally
        {
            SessionTable.Current.LeaveBlock();
            Leave(session, transaction, nested, good);
        }
    }

    private SessionTransaction Enter(DbAdapterSession session)
    {
        if (session.Transaction is not { } open)
        {
            session.RequireNotFed();
            open = new SessionTransaction(session.Adapter.Info, Await(cancel => session.Adapter.BeginAsync(IsolationLevel, cancel)), byBlock: true);
            session.SetTransaction(open);
            return open;
        }

        if (!open.IsMine)
        {
            throw open.Refusal(session, "Connect a session of its own here with Connect-DbAdapter.");
        }

        if (IsolationLevel != IsolationLevel.Unspecified)
        {
            throw open.Refusal(session, "A nested block is part of it and cannot have an isolation level of its own: leave -IsolationLevel out.");
        }

        Await(open.NestAsync);
        return open;
    }

    private void Leave(DbAdapterSession session, SessionTransaction transaction, bool nested, bool good)
    {
        try
        {
            if (!good && session.Transaction == transaction)
            {
                WriteVerboseUnlessStopping($"Rolling back {(nested ? "to the savepoint of the nested block" : "the transaction")} on session '{session.Name}'.");
                AwaitToTheEnd(nested ? transaction.RollbackNestedAsync : transaction.Inner.RollbackAsync);
            }
        }
        catch (DbConductorException error)
        {
            // what led here matters more; a transaction that cannot be rolled back by word goes with its connection
            session.Observe(error);
        }
        finally
        {
            if (!nested && session.Transaction == transaction)
            {
                session.SetTransaction(null);
                AwaitToTheEnd(_ => transaction.Inner.DisposeAsync().AsTask());
            }
        }
    }

    private void WriteVerboseUnlessStopping(string text)
    {
        if (!Stopping)
        {
            WriteVerbose(text);
        }
    }
}
