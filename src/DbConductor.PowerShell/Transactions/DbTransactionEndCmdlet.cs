namespace DbConductor.PowerShell;

/// <summary>A cmdlet that ends the transaction which Start-DbTransaction began.</summary>
public abstract class DbTransactionEndCmdlet : DbAdapterCmdlet
{
    private protected SessionTransaction RequireTransaction()
    {
        if (Session.Transaction is not { } open)
        {
            throw new DbConductorException(
                DbErrorKind.InvalidOperation, $"Session '{Session.Name}' has no transaction open. Start-DbTransaction begins one.") { Target = Session.Name };
        }

        if (!open.IsMine)
        {
            throw open.Refusal(Session, "Only that runspace can end it.");
        }

        return !open.IsEndedByBlock ? open : throw open.Refusal(
            Session, "Its Use-DbTransaction block ends it by itself: leaving the block commits, an error rolls back.");
    }

    /// <summary>Lets go of a transaction that has ended.</summary>
    private protected void Forget(SessionTransaction ended)
    {
        Session.SetTransaction(null);
        AwaitToTheEnd(_ => ended.Inner.DisposeAsync().AsTask());
    }
}
